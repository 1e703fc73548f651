import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useMay } from "@/api/me.ts";
import { Mono } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { instantNear } from "@/kit/dates.ts";
import { EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import { type Source, sourcesQuery } from "./data.ts";
import { SourceDialog } from "./source-dialog.tsx";

/** How the files of each sender are read, where their columns are not named as in CDS or HES. */
export function Sources() {
  const may = useMay();
  const sources = useQuery(sourcesQuery);
  const [editing, setEditing] = useState<Source | "new" | null>(null);
  const manages = may("intake:manage");
  const columns: Column<Source>[] = [
    {
      key: "name",
      heading: "Sender",
      rowHeading: true,
      cell: (source) =>
        manages ? (
          <Button look="link" onClick={() => setEditing(source)}>
            {source.name}
          </Button>
        ) : (
          source.name
        ),
    },
    { key: "id", heading: "Id", cell: (source) => <Mono>{source.source_id}</Mono> },
    { key: "columns", heading: "Columns mapped", align: "right", cell: (source) => Object.keys(source.columns).length },
    {
      key: "codes",
      heading: "Codes come from",
      cell: (source) => (source.coding_source === "pas" ? "the PAS" : "an encoder"),
    },
    { key: "at", heading: "Changed", align: "right", nowrap: true, cell: (source) => instantNear(source.updated_at) },
  ];
  return (
    <div className="cw-stack">
      {manages ? (
        <div>
          <Button onClick={() => setEditing("new")}>Add a mapping</Button>
        </div>
      ) : null}
      {sources.isPending ? <SkeletonRows rows={3} /> : null}
      {sources.isError ? <ErrorState error={sources.error} onRetry={() => sources.refetch()} /> : null}
      {sources.data?.items.length === 0 ? (
        <EmptyState title="No mapping is needed yet">
          <p>
            CDS and HES column names are understood as they are. A sender with names of its own needs a mapping here.
          </p>
        </EmptyState>
      ) : null}
      {sources.data && sources.data.items.length > 0 ? (
        <DataTable
          caption="Column mappings"
          columns={columns}
          rows={sources.data.items}
          keyOf={(source) => source.source_id}
        />
      ) : null}
      {editing ? <SourceDialog source={editing === "new" ? null : editing} onClose={() => setEditing(null)} /> : null}
    </div>
  );
}
