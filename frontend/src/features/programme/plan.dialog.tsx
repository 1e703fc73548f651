import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Facts, None, Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { Confirm, whyNot } from "@/kit/confirm.tsx";
import { month } from "@/kit/dates.ts";
import { Dialog } from "@/kit/dialog.tsx";
import { TextField } from "@/kit/field.tsx";
import { count } from "@/kit/numbers.ts";
import { Banner, refusalOf } from "@/kit/states.tsx";
import { dropPlan, type Plan, restorePlan, startPlan } from "./data.ts";
import { useChanged } from "./use-changed.ts";
import { planStates } from "./words.ts";

const listed = (names: readonly string[]) => (names.length > 0 ? names.join(", ") : <None>nobody in particular</None>);

/** One planned audit: its facts, the audits begun from it, and what can be done with it. */
export function PlanDialog({ plan, onEdit, onClose }: { plan: Plan; onEdit: () => void; onClose: () => void }) {
  const changed = useChanged();
  const navigate = useNavigate();
  const [dropping, setDropping] = useState(false);
  const start = useMutation({
    mutationFn: () => startPlan(plan),
    onSuccess: ({ audit_id }) => {
      changed("Audit begun; set it up, then draw it");
      void navigate({ to: "/audits/$auditId/set-up", params: { auditId: audit_id } });
    },
  });
  const restore = useMutation({
    mutationFn: () => restorePlan(plan),
    onSuccess: () => {
      changed("Taken up again");
      onClose();
    },
  });
  if (dropping) return <Drop plan={plan} onClose={onClose} />;
  const error = start.error ?? restore.error;
  const state = planStates[plan.state];
  return (
    <Dialog
      title={plan.title}
      onClose={onClose}
      foot={
        <>
          <Button look="primary" busy={start.isPending} refusal={whyNot(plan.can.start)} onClick={() => start.mutate()}>
            Start the audit
          </Button>
          <Button refusal={whyNot(plan.can.edit)} onClick={onEdit}>
            Change
          </Button>
          {plan.state === "dropped" ? (
            <Button busy={restore.isPending} refusal={whyNot(plan.can.restore)} onClick={() => restore.mutate()}>
              Take up again
            </Button>
          ) : (
            <Button refusal={whyNot(plan.can.drop)} onClick={() => setDropping(true)}>
              Drop
            </Button>
          )}
          <Button onClick={onClose}>Close</Button>
        </>
      }
    >
      <div className="cw-stack">
        {error ? (
          <Banner kind="error">
            <strong>{refusalOf(error).title}.</strong> {refusalOf(error).detail}
          </Banner>
        ) : null}
        <Facts
          items={[
            [
              "Stands",
              <>
                <Tag tone={state.tone}>{state.label}</Tag> {plan.late ? <Tag tone="amber">late</Tag> : null}{" "}
                {plan.dropped_reason}
              </>,
            ],
            ["Kind", plan.kind_label],
            plan.commissioned_by ? ["Commissioned by", plan.commissioned_by] : null,
            ["Owner", plan.owner.name],
            [
              "Months",
              plan.month_from === plan.month_to
                ? month(plan.month_from)
                : `${month(plan.month_from)} to ${month(plan.month_to)}`,
            ],
            ["Episodes", `${count(plan.audited)} audited of ${count(plan.episodes)} wanted`],
            ["Specialties", listed(plan.specialties.map((one) => one.name ?? one.code))],
            ["Coders", listed(plan.coders.map((one) => one.name))],
            plan.note ? ["Objectives", plan.note] : null,
            [
              "Audits",
              plan.audits.length > 0 ? (
                <ul className="cw-list">
                  {plan.audits.map((audit) => (
                    <li key={audit.audit_id}>
                      <Link to="/audits/$auditId" params={{ auditId: audit.audit_id }}>
                        {audit.reference}
                      </Link>{" "}
                      {audit.state.replace("_", " ")}, {count(audit.audited)} of {count(audit.drawn)} audited
                    </li>
                  ))}
                </ul>
              ) : (
                <None>none begun</None>
              ),
            ],
          ]}
        />
      </div>
    </Dialog>
  );
}

function Drop({ plan, onClose }: { plan: Plan; onClose: () => void }) {
  const changed = useChanged();
  const [reason, setReason] = useState("");
  const drop = useMutation({
    mutationFn: () => dropPlan(plan, reason.trim()),
    onSuccess: () => {
      changed("Dropped from the programme");
      onClose();
    },
  });
  return (
    <Confirm
      title={`Drop ${plan.title}?`}
      act="Drop"
      busy={drop.isPending}
      error={drop.error}
      refusal={reason.trim().length < 3 ? "Say why" : null}
      onAct={() => drop.mutate()}
      onClose={onClose}
    >
      <p>It stays in the programme as dropped, with the reason; it can be taken up again.</p>
      <TextField label="Why" value={reason} maxLength={300} onChange={(event) => setReason(event.target.value)} />
    </Confirm>
  );
}
