import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "@/api/me.ts";
import { PageHead } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { useShortcut } from "@/kit/keyboard.ts";
import { count } from "@/kit/numbers.ts";
import { Banner, EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import { type Edition, editionsQuery } from "./data.ts";
import { LoadEdition } from "./load-edition.tsx";
import { EditionState, systemName, valid } from "./state.tsx";

const columns: readonly Column<Edition>[] = [
  {
    key: "title",
    heading: "Edition",
    rowHeading: true,
    nowrap: true,
    cell: (edition) => (
      <Link to="/editions/$editionId" params={{ editionId: edition.edition_id }}>
        {edition.title}
      </Link>
    ),
  },
  { key: "system", heading: "Classification", cell: (edition) => systemName(edition.system) },
  { key: "valid", heading: "For episodes that end", nowrap: true, cell: valid },
  { key: "state", heading: "State", cell: (edition) => <EditionState edition={edition} /> },
  { key: "codes", heading: "Codes", align: "right", cell: (edition) => count(edition.codes) },
  { key: "usable", heading: "Valid to code with", align: "right", cell: (edition) => count(edition.usable_codes) },
  { key: "source", heading: "From", width: "grow", cell: (edition) => edition.source },
];

export default function EditionsPage() {
  const may = useMay();
  const editions = useQuery(editionsQuery);
  const [loading, setLoading] = useState(false);
  const mayLoad = may("edition:load");
  const rows = editions.data?.items ?? [];
  const starter = rows.find((edition) => edition.in_force && edition.starter);
  useShortcut({
    keys: "Alt+A",
    label: "Load an edition",
    group: "Editions",
    enabled: mayLoad,
    onPress: () => setLoading(true),
  });
  return (
    <div className="cw-page">
      <PageHead
        title="Classification editions"
        sub="The end date of an episode decides which edition it is coded in"
        actions={
          mayLoad ? (
            <Button look="primary" keys="Alt+A" onClick={() => setLoading(true)}>
              Load an edition
            </Button>
          ) : undefined
        }
      />
      <div className="cw-stack">
        {starter ? (
          <Banner kind="warn">
            <strong>{starter.title}</strong> holds {count(starter.usable_codes)} common codes only, enough to try
            Codewell out. Load the {systemName(starter.system)} files of TRUD before coding real episodes.
          </Banner>
        ) : null}
        {editions.isPending ? <SkeletonRows rows={4} /> : null}
        {editions.isError ? <ErrorState error={editions.error} onRetry={() => editions.refetch()} /> : null}
        {editions.data && rows.length === 0 ? (
          <EmptyState title="No edition is loaded">
            <p>Nothing can be coded until ICD-10 and OPCS-4 are loaded and made ready.</p>
          </EmptyState>
        ) : null}
        {rows.length > 0 ? (
          <DataTable
            caption="Editions of both classifications"
            columns={columns}
            rows={rows}
            keyOf={(edition) => edition.edition_id}
            toneOf={(edition) =>
              edition.state === "discarded" || edition.state === "superseded" ? "quiet" : undefined
            }
          />
        ) : null}
      </div>
      {loading ? <LoadEdition onClose={() => setLoading(false)} /> : null}
    </div>
  );
}
