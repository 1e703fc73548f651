import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { rowsOf } from "@/api/pages.ts";
import { Pagination } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { instantNear } from "@/kit/dates.ts";
import { bytes, count } from "@/kit/numbers.ts";
import { EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import { isMoving, type Job, jobPages } from "./data.ts";
import { JobProgress, JobState } from "./job-bits.tsx";

const columns: readonly Column<Job>[] = [
  {
    key: "file",
    heading: "File",
    rowHeading: true,
    cell: (job) => (
      <>
        <Link to="/intake/jobs/$jobId" params={{ jobId: job.job_id }}>
          {job.file_name}
        </Link>
        <div className="cw-quiet">{bytes(job.bytes)}</div>
      </>
    ),
  },
  {
    key: "sent",
    heading: "Sent",
    nowrap: true,
    cell: (job) => (
      <>
        {instantNear(job.created_at)}
        <div className="cw-quiet">{job.sent_by}</div>
      </>
    ),
  },
  { key: "state", heading: "State", cell: (job) => <JobState job={job} /> },
  {
    key: "progress",
    heading: "Progress",
    width: "grow",
    cell: (job) =>
      isMoving(job) ? (
        <JobProgress job={job} />
      ) : (
        <span className="cw-quiet">{job.message ?? `${count(job.rows_done)} rows`}</span>
      ),
  },
  { key: "accepted", heading: "Accepted", align: "right", cell: (job) => count(job.accepted) },
  { key: "unchanged", heading: "Unchanged", align: "right", cell: (job) => count(job.unchanged) },
  { key: "rejected", heading: "Rejected", align: "right", cell: (job) => count(job.rejected) },
];

export function Jobs({ onSend }: { onSend: (() => void) | undefined }) {
  const jobs = useInfiniteQuery({
    ...jobPages,
    refetchInterval: ({ state }) => (rowsOf(state.data).some(isMoving) ? 2000 : false),
  });
  const rows = rowsOf(jobs.data);
  if (jobs.isPending) return <SkeletonRows />;
  if (jobs.isError) return <ErrorState error={jobs.error} onRetry={() => jobs.refetch()} />;
  if (rows.length === 0) {
    return (
      <EmptyState
        title="No file has been sent yet"
        action={onSend ? <Button onClick={onSend}>Send a file</Button> : undefined}
      >
        <p>
          Messages that the PAS posts are taken in at once and are not listed here. Files are for back-loads: CSV with
          CDS or HES column names, or NDJSON.
        </p>
      </EmptyState>
    );
  }
  return (
    <>
      <DataTable caption="Files, the newest first" columns={columns} rows={rows} keyOf={(job) => job.job_id} />
      <Pagination
        shown={rows.length}
        noun={rows.length === 1 ? "file" : "files"}
        hasMore={jobs.hasNextPage}
        busy={jobs.isFetchingNextPage}
        onMore={() => jobs.fetchNextPage()}
      />
    </>
  );
}
