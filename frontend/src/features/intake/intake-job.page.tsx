// One file on its way in: how far it is, what became of its rows, and the rows that did not make it.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { Facts, PageHead } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { whyNot } from "@/kit/confirm.tsx";
import { duration, instant } from "@/kit/dates.ts";
import { bytes, count } from "@/kit/numbers.ts";
import { Banner, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { cancelJob, commitJob, isMoving, type Job, jobQuery, refreshAfterFile } from "./data.ts";
import { JobProgress, JobState } from "./job-bits.tsx";
import { RejectReasons } from "./reject-reasons.tsx";
import { Sample } from "./sample.tsx";
import "./intake.scss";

const route = getRouteApi("/signed-in/intake/jobs/$jobId");

export default function IntakeJobPage() {
  const { jobId } = route.useParams();
  const queryClient = useQueryClient();
  const found = useQuery(jobQuery(jobId));
  const job = found.data;
  const keep = (changed: Job) => queryClient.setQueryData(jobQuery(jobId).queryKey, changed);
  const commit = useMutation({ mutationFn: () => commitJob(jobId), onSuccess: keep });
  const cancel = useMutation({ mutationFn: () => cancelJob(jobId), onSuccess: keep });
  const failed = commit.error ?? cancel.error;
  return (
    <div className="cw-page">
      <PageHead
        title={job?.file_name ?? "File"}
        sub={job ? <JobState job={job} /> : undefined}
        trail={<Link to="/intake">Intake</Link>}
        actions={
          job ? (
            <>
              {isMoving(job) || job.state === "previewed" ? (
                <Button
                  refusal={whyNot(job.can.cancel ?? false)}
                  busy={cancel.isPending}
                  onClick={() => cancel.mutate()}
                >
                  {job.state === "previewed" ? "Do not take it in" : "Cancel"}
                </Button>
              ) : null}
              {job.state === "previewed" ? (
                <Button
                  look="primary"
                  refusal={whyNot(job.can.commit ?? false)}
                  busy={commit.isPending}
                  onClick={() => commit.mutate()}
                >
                  Take it in
                </Button>
              ) : null}
            </>
          ) : undefined
        }
      />
      {found.isPending ? <SkeletonRows /> : null}
      {found.isError ? <ErrorState error={found.error} onRetry={() => found.refetch()} /> : null}
      {failed ? <ErrorState error={failed} /> : null}
      {job ? <JobDetail job={job} /> : null}
    </div>
  );
}

function JobDetail({ job }: { job: Job }) {
  useRefreshWhenDone(job);
  return (
    <div className="cw-stack cw-stack--wide">
      {isMoving(job) ? <JobProgress job={job} /> : null}
      {job.state === "failed" ? (
        <Banner kind="error">
          <strong>The file could not be read to its end.</strong> {job.message}
        </Banner>
      ) : job.message ? (
        <Banner>{job.message}</Banner>
      ) : null}
      {job.state === "previewed" ? (
        <Banner>
          <strong>Nothing is taken in yet.</strong> This is what would become of the {count(job.rows_done)} rows.
        </Banner>
      ) : null}
      <Outcomes job={job} />
      <Facts
        items={[
          ["Sent", `${instant(job.created_at)}, by ${job.sent_by}`],
          ["Size", `${bytes(job.bytes)}, ${count(job.rows_total)} rows, ${job.format.toUpperCase()}`],
          job.started_at && job.finished_at
            ? [
                "Took",
                `${duration((Date.parse(job.finished_at) - Date.parse(job.started_at)) / 1000)}${
                  job.rows_per_second ? ` (${count(Math.round(job.rows_per_second))} rows a second)` : ""
                }`,
              ]
            : null,
          job.source_id ? ["Columns", `as mapped for ${job.source_id}`] : null,
          job.ignored_columns.length > 0 ? ["Columns not read", job.ignored_columns.join(", ")] : null,
        ]}
      />
      {job.rejected > 0 && !isMoving(job) ? <RejectReasons job={job} /> : null}
      {job.preview ? <Sample rows={job.sample.filter((row) => !("errors" in row))} /> : null}
    </div>
  );
}

function Outcomes({ job }: { job: Job }) {
  const figures = [
    ["Rows", job.rows_done, "accepted + unchanged + rejected"],
    ["Accepted", job.accepted, `${count(job.counts.created)} new, ${count(job.counts.updated)} changed`],
    [
      "Unchanged",
      job.unchanged,
      job.counts.stale_ignored
        ? `${count(job.counts.stale_ignored)} older than what is here`
        : "the same as what is here",
    ],
    [
      "Rejected",
      job.rejected,
      job.counts.quarantined ? `${count(job.counts.quarantined)} of them contradict something` : "cannot be read",
    ],
  ] as const;
  return (
    <div className="cw-figures">
      {figures.map(([label, number, note]) => (
        <div key={label} className="cw-figure">
          <div className="cw-figure__label">{label}</div>
          <div className="cw-figure__number">{count(number)}</div>
          <div className="cw-figure__note">{note}</div>
        </div>
      ))}
    </div>
  );
}

function useRefreshWhenDone(job: Job): void {
  const queryClient = useQueryClient();
  const was = useRef(job.state);
  useEffect(() => {
    if (was.current !== job.state && !isMoving(job)) {
      refreshAfterFile(queryClient);
    }
    was.current = job.state;
  }, [job, queryClient]);
}
