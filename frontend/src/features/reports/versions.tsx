// The versions of a report: every save, and those kept whole under a name.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { intentions } from "@/api/client.ts";
import { None } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { whyNot } from "@/kit/confirm.tsx";
import { instant } from "@/kit/dates.ts";
import { Dialog } from "@/kit/dialog.tsx";
import { TextField } from "@/kit/field.tsx";
import { counted } from "@/kit/numbers.ts";
import { Banner, EmptyState, ErrorState, refusalOf, SkeletonRows } from "@/kit/states.tsx";
import { DataTable } from "@/kit/table.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { fileOf, keepVersion, type Report, type Version, versionQuery, versionsQuery } from "./data.ts";

export function Versions({ report }: { report: Report }) {
  const list = useQuery(versionsQuery(report.audit_id));
  const [keeping, setKeeping] = useState(false);
  const [reading, setReading] = useState<number | null>(null);
  return (
    <section className="cw-stack" aria-label="Versions">
      <p className="cw-quiet">
        Each save is a version. A version that is kept under a name holds the whole report, and can be made again just
        as it was.
      </p>
      <div>
        <Button refusal={whyNot(report.can.keep)} onClick={() => setKeeping(true)}>
          Keep the report as it stands
        </Button>
      </div>
      {list.isPending ? <SkeletonRows rows={3} /> : null}
      {list.isError ? <ErrorState error={list.error} onRetry={() => list.refetch()} /> : null}
      {list.data?.items.length === 0 ? (
        <EmptyState title="No version yet">Every block still says what its draft says.</EmptyState>
      ) : null}
      {list.data && list.data.items.length > 0 ? (
        <DataTable<Version>
          caption="Versions of this report, newest first"
          sticky={false}
          rows={list.data.items}
          keyOf={(row) => String(row.version)}
          columns={[
            { key: "version", heading: "Version", align: "right", rowHeading: true, cell: (row) => row.version },
            { key: "name", heading: "Kept as", width: "grow", cell: (row) => row.name ?? <None>a save</None> },
            { key: "edited", heading: "Edited", cell: (row) => counted(row.edited.length, "block") },
            {
              key: "by",
              heading: "By",
              cell: (row) => (
                <>
                  {row.by_name}, {instant(row.at)}
                </>
              ),
            },
            {
              key: "acts",
              heading: <span className="cw-hidden">Act</span>,
              cell: (row) =>
                row.name ? (
                  <a href={fileOf(report.audit_id, `report.pdf?version=${row.version}`)} download>
                    PDF<span className="cw-hidden"> of version {row.version}</span>
                  </a>
                ) : row.edited.length > 0 ? (
                  <Button
                    small
                    look="link"
                    aria-label={`Read version ${row.version}`}
                    onClick={() => setReading(row.version)}
                  >
                    Read
                  </Button>
                ) : null,
            },
          ]}
        />
      ) : null}
      {keeping ? <Keep report={report} onClose={() => setKeeping(false)} /> : null}
      {reading !== null ? <Read auditId={report.audit_id} version={reading} onClose={() => setReading(null)} /> : null}
    </section>
  );
}

function Keep({ report, onClose }: { report: Report; onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [key] = useState(intentions);
  const keep = useMutation({
    mutationFn: () => keepVersion(report.audit_id, { name: name.trim() }, key({ name: name.trim() })),
    onSuccess: (kept) => {
      void client.invalidateQueries({ queryKey: ["see_report", report.audit_id] });
      void client.invalidateQueries({ queryKey: ["list_report_versions", report.audit_id] });
      confirmDone(`Kept as version ${kept.version}`);
      onClose();
    },
  });
  return (
    <Dialog
      title="Keep the report"
      size="small"
      onClose={onClose}
      foot={
        <>
          <Button
            look="primary"
            busy={keep.isPending}
            refusal={name.trim().length < 3 ? "Give it a name first" : null}
            onClick={() => keep.mutate()}
          >
            Keep
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </>
      }
    >
      <div className="cw-stack">
        {keep.error ? (
          <Banner kind="error">
            <strong>{refusalOf(keep.error).title}.</strong> {refusalOf(keep.error).detail}
          </Banner>
        ) : null}
        <TextField
          label="Name of this version"
          hint="For example: as sent to the board on 3 March"
          value={name}
          maxLength={200}
          onChange={(event) => setName(event.target.value)}
        />
      </div>
    </Dialog>
  );
}

function Read({ auditId, version, onClose }: { auditId: string; version: number; onClose: () => void }) {
  const found = useQuery(versionQuery(auditId, version));
  return (
    <Dialog title={`Version ${version}`} size="large" onClose={onClose}>
      {found.isPending ? <SkeletonRows rows={4} /> : null}
      {found.isError ? <ErrorState error={found.error} /> : null}
      {found.data?.blocks.map((block) => (
        <section key={block.key} className="cw-stack">
          <h3>{block.title}</h3>
          <div className="rp-draft">{block.text}</div>
        </section>
      ))}
    </Dialog>
  );
}
