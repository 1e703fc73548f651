import { Tag, type Tone } from "@/kit/bits.tsx";
import { duration } from "@/kit/dates.ts";
import { count } from "@/kit/numbers.ts";
import { Progress } from "@/kit/progress.tsx";
import { isMoving, type Job } from "./data.ts";

const states: Record<Job["state"], { label: string; tone: Tone }> = {
  waiting: { label: "waiting", tone: "grey" },
  running: { label: "running", tone: "blue" },
  previewed: { label: "preview", tone: "amber" },
  done: { label: "done", tone: "green" },
  failed: { label: "failed", tone: "red" },
  cancelled: { label: "cancelled", tone: "grey" },
};

export function JobState({ job }: { job: Job }) {
  const { label, tone } = states[job.state];
  return <Tag tone={tone}>{label}</Tag>;
}

/** What is done of it, how fast, and how much longer. */
export function JobProgress({ job }: { job: Job }) {
  const rate = job.rows_per_second ? `${count(Math.round(job.rows_per_second))} rows a second` : null;
  const left = job.seconds_left !== null && isMoving(job) ? `about ${duration(job.seconds_left)} left` : null;
  const words = [
    `${count(job.rows_done)}${job.rows_total ? ` of ${count(job.rows_total)}` : ""} rows`,
    rate,
    left,
    job.rejected ? `${count(job.rejected)} rejected` : null,
  ].filter(Boolean);
  return (
    <Progress
      label={`Progress of ${job.file_name}`}
      done={job.rows_done}
      total={job.rows_total || null}
      words={words.join(" · ")}
      spoken={`${job.file_name}: ${words.join(", ")}`}
      finished={!isMoving(job)}
    />
  );
}
