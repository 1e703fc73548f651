// Runs that did not happen, or not in time: an alert until somebody makes them or says why they are let be.
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "@/kit/button.tsx";
import { Confirm } from "@/kit/confirm.tsx";
import { day } from "@/kit/dates.ts";
import { TextField } from "@/kit/field.tsx";
import { counted } from "@/kit/numbers.ts";
import { Banner, ErrorState, refusalOf } from "@/kit/states.tsx";
import { acknowledgeRun, missedQuery, type Run, runByHand } from "./data.ts";
import { useChanged } from "./use-changed.ts";

/** The alert of the programme's page. */
export function MissedAlert({ onSee }: { onSee: () => void }) {
  const missed = useQuery(missedQuery);
  const rows = missed.data?.items ?? [];
  if (missed.isError) return <ErrorState error={missed.error} onRetry={() => missed.refetch()} />;
  if (rows.length === 0) return null;
  const first = rows[0];
  if (!first) return null;
  return (
    <Banner kind="error">
      <div className="pg-alert">
        <span>
          <strong>{counted(rows.length, "recurring draw")} missed.</strong> {first.title}, due {day(first.due_on)}
          {rows.length > 1 ? " and more" : ""}. {first.reason}
        </span>
        <span className="pg-acts">
          <RunNow run={first} />
          <Button small onClick={onSee}>
            See what was missed
          </Button>
        </span>
      </div>
    </Banner>
  );
}

/** Makes up a missed run; nothing where the reader may not, as the alert is theirs to read all the same. */
function RunNow({ run, onFail }: { run: Run; onFail?: (error: unknown) => void }) {
  const changed = useChanged();
  const make = useMutation({
    mutationFn: () => runByHand(run),
    onSuccess: () => changed("Drawn by hand"),
    ...(onFail ? { onError: onFail } : null),
  });
  if (run.can.run !== true) return null;
  return (
    <>
      {make.isError && !onFail ? (
        <span role="alert">
          <strong>{refusalOf(make.error).title}.</strong> {refusalOf(make.error).detail}
        </span>
      ) : null}
      <Button
        small
        busy={make.isPending}
        aria-label={`Run ${run.title} of ${day(run.due_on)} now`}
        onClick={() => make.mutate()}
      >
        Run it now
      </Button>
    </>
  );
}

/** Each missed run with its reason, and the two ways to settle it. */
export function MissedRuns() {
  const missed = useQuery(missedQuery);
  const rows = missed.data?.items ?? [];
  const [letting, setLetting] = useState<Run | null>(null);
  if (rows.length === 0) return null;
  return (
    <section aria-label="Missed runs">
      <div className="cw-section__head">
        <h2>Missed</h2>
        <span className="cw-quiet">Make each by hand, or say why it is let be.</span>
      </div>
      <ul className="cw-plain cw-stack cw-stack--tight">
        {rows.map((run) => (
          <li key={run.recurring_run_id}>
            <MissedRun run={run} onLetBe={() => setLetting(run)} />
          </li>
        ))}
      </ul>
      {letting ? <LetBe run={letting} onClose={() => setLetting(null)} /> : null}
    </section>
  );
}

function MissedRun({ run, onLetBe }: { run: Run; onLetBe: () => void }) {
  const [failed, setFailed] = useState<unknown>(null);
  return (
    <Banner kind={failed ? "error" : "warn"}>
      <div className="pg-alert">
        <span>
          <strong>
            {run.title}, due {day(run.due_on)}.
          </strong>{" "}
          {failed ? (
            <>
              {refusalOf(failed).title}. {refusalOf(failed).detail}
            </>
          ) : (
            run.reason
          )}
        </span>
        <span className="pg-acts">
          <RunNow run={run} onFail={setFailed} />
          {run.can.acknowledge === true ? (
            <Button small aria-label={`Let ${run.title} of ${day(run.due_on)} be`} onClick={onLetBe}>
              Let it be
            </Button>
          ) : null}
        </span>
      </div>
    </Banner>
  );
}

function LetBe({ run, onClose }: { run: Run; onClose: () => void }) {
  const changed = useChanged();
  const [reason, setReason] = useState("");
  const settle = useMutation({
    mutationFn: () => acknowledgeRun(run, reason.trim()),
    onSuccess: () => {
      changed("Let be");
      onClose();
    },
  });
  return (
    <Confirm
      title={`Let the run of ${day(run.due_on)} be?`}
      act="Let it be"
      danger={false}
      busy={settle.isPending}
      error={settle.error}
      refusal={reason.trim().length < 3 ? "Say why" : null}
      onAct={() => settle.mutate()}
      onClose={onClose}
    >
      <p>
        Nothing is drawn for {run.title} of that day, and it is no alert any more. Who said so, and why, stays in the
        history.
      </p>
      <TextField label="Why" value={reason} maxLength={300} onChange={(event) => setReason(event.target.value)} />
    </Confirm>
  );
}

/** The audit of a run, or why there is none. */
export function RunOutcome({ run }: { run: Run }) {
  if (run.audit_id) {
    return (
      <>
        <Link to="/audits/$auditId" params={{ auditId: run.audit_id }}>
          {run.audit_reference}
        </Link>
        {run.reason ? ` · ${run.reason}` : ""}
      </>
    );
  }
  return (
    <>
      {run.reason}
      {run.settled_reason ? ` · ${run.settled_by}: ${run.settled_reason}` : ""}
    </>
  );
}
