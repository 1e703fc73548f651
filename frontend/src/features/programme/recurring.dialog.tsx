import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useMay } from "@/api/me.ts";
import { Facts, None, Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { Confirm, whyNot } from "@/kit/confirm.tsx";
import { day, dayRange } from "@/kit/dates.ts";
import { Dialog } from "@/kit/dialog.tsx";
import { TextField } from "@/kit/field.tsx";
import { count, counted } from "@/kit/numbers.ts";
import { Banner, ErrorState, refusalOf, SkeletonRows } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import {
  nextRunQuery,
  type Programme,
  plansQuery,
  type Recurring,
  type Run,
  resumeDraw,
  runsQuery,
  stopDraw,
} from "./data.ts";
import { RunOutcome } from "./missed-runs.tsx";
import { useChanged } from "./use-changed.ts";
import { runStates, scheduleWords, wantedWords } from "./words.ts";

const runColumns: readonly Column<Run>[] = [
  { key: "due", heading: "Due", rowHeading: true, nowrap: true, cell: (run) => day(run.due_on) },
  {
    key: "state",
    heading: "Came of it",
    nowrap: true,
    cell: (run) => (
      <>
        <Tag tone={runStates[run.state].tone}>{runStates[run.state].label}</Tag>{" "}
        {run.state === "made" && run.late_days > 0 ? (
          <Tag tone="amber">{counted(run.late_days, "day")} late</Tag>
        ) : null}
      </>
    ),
  },
  { key: "outcome", heading: "Audit or reason", width: "grow", cell: (run) => <RunOutcome run={run} /> },
];

/** One recurring draw: what it draws, what the next run would find, and its history. */
export function RecurringDialog({
  draw,
  programme,
  onEdit,
  onClose,
}: {
  draw: Recurring;
  programme: Programme | undefined;
  onEdit: () => void;
  onClose: () => void;
}) {
  const changed = useChanged();
  const may = useMay();
  const runs = useQuery(runsQuery(draw.recurring_draw_id));
  const plans = useQuery({ ...plansQuery(programme?.programme_id ?? ""), enabled: Boolean(programme) });
  const plan = plans.data?.find((one) => one.planned_audit_id === draw.planned_audit_id);
  const [stopping, setStopping] = useState(false);
  const resume = useMutation({ mutationFn: () => resumeDraw(draw), onSuccess: () => changed("It recurs again") });
  if (stopping) return <Stop draw={draw} onClose={onClose} />;
  const { template } = draw;
  return (
    <Dialog
      title={draw.title}
      size="large"
      onClose={onClose}
      foot={
        <>
          {may("programme:edit") ? (
            <Button refusal={whyNot(draw.can.edit)} onClick={onEdit}>
              Change
            </Button>
          ) : null}
          {!may("programme:edit") ? null : draw.stopped_at ? (
            <Button busy={resume.isPending} refusal={whyNot(draw.can.resume)} onClick={() => resume.mutate()}>
              Let it recur again
            </Button>
          ) : (
            <Button refusal={whyNot(draw.can.stop)} onClick={() => setStopping(true)}>
              Stop
            </Button>
          )}
          <Button onClick={onClose}>Close</Button>
        </>
      }
    >
      <div className="cw-stack">
        {resume.isError ? (
          <Banner kind="error">
            <strong>{refusalOf(resume.error).title}.</strong> {refusalOf(resume.error).detail}
          </Banner>
        ) : null}
        {draw.stopped_at ? <Banner>Stopped: {draw.stopped_reason}</Banner> : null}
        <Facts
          items={[
            ["Draws", `${wantedWords(template)}, ${template.kind_label.toLowerCase()}, ${template.mode}`],
            ["When", `${scheduleWords(draw)}, ${dayRange(draw.starts_on, draw.ends_on) || "without an end"}`],
            [
              "Of",
              `${counted(template.months, "whole month")}, ${
                template.months_back === 1 ? "up to the month before" : `${template.months_back} months back`
              }`,
            ],
            [
              "Counts towards",
              plan ? (
                plan.title
              ) : (
                <None>{draw.planned_audit_id ? "a planned audit of another year" : "no planned audit"}</None>
              ),
            ],
            ["Audited by", template.auditors.map((one) => one.name).join(", ")],
            ["Coders", template.coders.map((one) => one.name).join(", ") || <None>all</None>],
            ["Specialties", template.specialties.map((one) => one.name ?? one.code).join(", ") || <None>all</None>],
          ]}
        />
        <NextRun draw={draw} />
        <section>
          <div className="cw-section__head">
            <h3>Runs</h3>
          </div>
          {runs.isPending ? <SkeletonRows rows={3} label="Loading the runs" /> : null}
          {runs.isError ? <ErrorState error={runs.error} onRetry={() => runs.refetch()} /> : null}
          {runs.data?.items.length === 0 ? <p className="cw-quiet">It has not been due yet.</p> : null}
          {runs.data && runs.data.items.length > 0 ? (
            <DataTable
              caption={`Runs of ${draw.title}`}
              columns={runColumns}
              rows={runs.data.items}
              keyOf={(run) => run.recurring_run_id}
              sticky={false}
            />
          ) : null}
        </section>
      </div>
    </Dialog>
  );
}

function NextRun({ draw }: { draw: Recurring }) {
  const next = useQuery(nextRunQuery(draw.recurring_draw_id));
  const found = next.data;
  return (
    <section>
      <div className="cw-section__head">
        <h3>Next run</h3>
      </div>
      {next.isPending ? <SkeletonRows rows={2} label="Looking at what the next run would find" /> : null}
      {next.isError ? <ErrorState error={next.error} onRetry={() => next.refetch()} /> : null}
      {found ? (
        <div className="cw-stack cw-stack--tight">
          {found.due_on ? (
            <p>
              <b>{day(found.due_on)}</b>, of {dayRange(found.period_from, found.period_to)}: as it is now,{" "}
              {counted(found.would_draw ?? 0, "episode")} of {count(found.frame)} would be drawn
              {found.strata.length > 0 ? `, of ${counted(found.strata.length, "coder")}` : ""}.
            </p>
          ) : null}
          {found.trouble ? <Banner kind="warn">{found.trouble}</Banner> : null}
          {found.later.length > 0 ? <p className="cw-quiet">Then {found.later.map(day).join(", ")}.</p> : null}
        </div>
      ) : null}
    </section>
  );
}

function Stop({ draw, onClose }: { draw: Recurring; onClose: () => void }) {
  const changed = useChanged();
  const [reason, setReason] = useState("");
  const stop = useMutation({
    mutationFn: () => stopDraw(draw, reason.trim()),
    onSuccess: () => {
      changed("Stopped");
      onClose();
    },
  });
  return (
    <Confirm
      title={`Stop ${draw.title}?`}
      act="Stop"
      busy={stop.isPending}
      error={stop.error}
      refusal={reason.trim().length < 3 ? "Say why" : null}
      onAct={() => stop.mutate()}
      onClose={onClose}
    >
      <p>It draws no more until somebody lets it recur again. Its audits, and what it missed, stay.</p>
      <TextField label="Why" value={reason} maxLength={300} onChange={(event) => setReason(event.target.value)} />
    </Confirm>
  );
}
