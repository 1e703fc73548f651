// Why rows of a file were not taken: reason by reason, each with its rows.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useMay } from "@/api/me.ts";
import { rowsOf } from "@/api/pages.ts";
import { Mono } from "@/kit/bits.tsx";
import { count, counted } from "@/kit/numbers.ts";
import { ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { faultPages, type Job, type Reason, reasonsQuery } from "./data.ts";
import { FaultTable } from "./fault-table.tsx";

export function RejectReasons({ job }: { job: Job }) {
  const may = useMay();
  const found = useQuery(reasonsQuery(job.job_id));
  const reasons = found.data?.items ?? [];
  const preview = job.state === "previewed";
  return (
    <section>
      <div className="cw-section__head">
        <h2>{preview ? "Rows that would be rejected" : "Rejected rows"}</h2>
        {reasons.length > 0 && may("intake:rejects") ? (
          <a className="cw-small" href={`/api/v1/intake/jobs/${encodeURIComponent(job.job_id)}/rejects`} download>
            Download all {count(job.rejected)} as they came, with the reasons (CSV)
          </a>
        ) : null}
      </div>
      {found.isPending ? <SkeletonRows rows={3} /> : null}
      {found.isError ? <ErrorState error={found.error} onRetry={() => found.refetch()} /> : null}
      {found.data && reasons.length === 0 ? (
        <p className="cw-quiet">
          {job.state === "failed"
            ? "The file was refused as a whole, so its rows are not kept."
            : "These rows are not kept. Send the file again to see what is wrong with each."}
        </p>
      ) : null}
      <div className="cw-stack">
        {reasons.map((reason, at) => (
          <Group
            key={reason.reason_id}
            job={job}
            reason={reason}
            // The commonest is what most come to see.
            open={at === 0}
          />
        ))}
      </div>
    </section>
  );
}

function Group({ job, reason, open: first }: { job: Job; reason: Reason; open: boolean }) {
  const [open, setOpen] = useState(first);
  return (
    <details className="cw-details" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <strong>{counted(reason.rows, "row")}</strong>: <Mono>{where(reason)}</Mono> {reason.reason}
        {reason.open < reason.rows && job.state !== "previewed" ? (
          <span className="cw-quiet"> ({count(reason.open)} still open)</span>
        ) : null}
      </summary>
      <div className="cw-details__body">
        <p>{reason.what_to_do}</p>
        {open ? <Rows job={job} reason={reason} /> : null}
      </div>
    </details>
  );
}

function Rows({ job, reason }: { job: Job; reason: Reason }) {
  const faults = useInfiniteQuery(faultPages({ job_id: job.job_id, reason_id: reason.reason_id }));
  if (faults.isPending) return <SkeletonRows rows={3} />;
  if (faults.isError) return <ErrorState error={faults.error} onRetry={() => faults.refetch()} />;
  return (
    <FaultTable
      faults={rowsOf(faults.data)}
      pages={faults}
      caption={`Rows with ${where(reason)}: ${reason.reason}`}
      // Nothing of a preview waits for anybody yet.
      settled={job.preview && job.state === "previewed"}
    />
  );
}

/** `DIAG_02, DIAG_03 and 4 more`: the sender's own columns where there are any. */
export function where({ columns, field }: Pick<Reason, "columns" | "field">): string {
  const shown = columns.slice(0, 3);
  const more = columns.length - shown.length;
  return shown.length > 0 ? `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}` : field || "the row";
}
