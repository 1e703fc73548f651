// One audit: its facts, its auditors, how far it is, its episodes without their codes, and the proof of its draw.
import "./audits.scss";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "@/api/me.ts";
import { PageHead } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { Confirm, whyNot } from "@/kit/confirm.tsx";
import { day } from "@/kit/dates.ts";
import { TextField } from "@/kit/field.tsx";
import { count } from "@/kit/numbers.ts";
import { Banner, EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { type Audit, auditQuery, secondWords } from "@/parts/audit.ts";
import { AuditHead } from "@/parts/audit-head.tsx";
import { SendFindings } from "@/parts/send-findings.tsx";
import { AuditFacts } from "./audit-facts.tsx";
import { abandonAudit } from "./data.ts";
import { DrawProof } from "./draw-proof.tsx";
import { Items } from "./items.tsx";
import { Members } from "./members.tsx";
import { leftToDo, statesOf } from "./words.ts";

const route = getRouteApi("/signed-in/audits/$auditId");

export default function AuditPage() {
  const { auditId } = route.useParams();
  const found = useQuery(auditQuery(auditId));
  if (!found.data)
    return (
      <div className="cw-page">
        <PageHead title="Audit" />
        {found.isError ? <ErrorState error={found.error} onRetry={() => found.refetch()} /> : <SkeletonRows />}
      </div>
    );
  return <Overview audit={found.data} />;
}

function Overview({ audit }: { audit: Audit }) {
  const go = useNavigate();
  const may = useMay();
  const [abandoning, setAbandoning] = useState(false);
  const settingUp = audit.state === "setting_up";
  return (
    <div className="cw-page">
      <AuditHead
        audit={audit}
        here="overview"
        actions={
          may("audit:set_up") && audit.state !== "signed" && audit.state !== "abandoned" ? (
            <>
              {audit.can.abandon === true ? <Button onClick={() => setAbandoning(true)}>Abandon</Button> : null}
              {settingUp ? (
                <Button
                  look="primary"
                  onClick={() => go({ to: "/audits/$auditId/set-up", params: { auditId: audit.audit_id } })}
                >
                  Go on setting up
                </Button>
              ) : (
                <TakeNext audit={audit} />
              )}
            </>
          ) : undefined
        }
      />
      {audit.state === "abandoned" ? (
        <Banner kind="warn">
          <strong>Abandoned.</strong> {audit.state_reason}
        </Banner>
      ) : null}
      {audit.overdue ? <Banner kind="warn">It was due on {day(audit.due_on)}.</Banner> : null}
      <div className="cw-stack cw-stack--wide">
        <Standing audit={audit} />
        <div className="cw-columns">
          <section className="cw-stack" aria-labelledby="what-title">
            <h2 id="what-title">What and how</h2>
            <AuditFacts audit={audit} />
          </section>
          <section className="cw-stack" aria-labelledby="who-title">
            <h2 id="who-title">Auditors</h2>
            <Members audit={audit} />
          </section>
        </div>
        {settingUp ? null : (
          <>
            <section className="cw-stack" aria-labelledby="items-title">
              <h2 id="items-title">Episodes</h2>
              <Items audit={audit} />
            </section>
            {audit.draw_id ? <DrawProof audit={audit} /> : null}
          </>
        )}
      </div>
      {abandoning ? <Abandon audit={audit} onClose={() => setAbandoning(false)} /> : null}
    </div>
  );
}

/** What comes next: the worksheet gives the next episode, findings are sent from here, the sign-off has its own page. */
function TakeNext({ audit }: { audit: Audit }) {
  const go = useNavigate();
  if (audit.state === "abandoned" || audit.state === "signed") return null;
  const left = leftToDo(audit.progress);
  // Nothing is drawn and coded again in an external audit: its findings are answered where they came in.
  if (audit.kind === "external" && left === "audit")
    return (
      <Button look="primary" onClick={() => go({ to: "/audits/$auditId/import", params: { auditId: audit.audit_id } })}>
        Answer the findings
      </Button>
    );
  if (left === "send") return <SendFindings auditId={audit.audit_id} look="primary" />;
  if (left === "sign")
    return (
      <Button look="primary" onClick={() => go({ to: "/audits/$auditId/sign", params: { auditId: audit.audit_id } })}>
        Sign
      </Button>
    );
  return (
    <Button
      look="primary"
      refusal={whyNot(audit.can.work ?? false)}
      onClick={() =>
        go({
          to: "/audits/$auditId/worksheet/$itemId",
          params: { auditId: audit.audit_id, itemId: "next" },
        })
      }
    >
      Audit the next episode
    </Button>
  );
}

function Standing({ audit }: { audit: Audit }) {
  const may = useMay();
  const { progress } = audit;
  const external = audit.kind === "external";
  if (progress.items === 0)
    return audit.state === "setting_up" ? (
      <EmptyState title="Not drawn yet">
        <p>Finish the set-up, look at what a draw would take, and draw. Then it is audited.</p>
      </EmptyState>
    ) : null;
  return (
    <section aria-label="Progress">
      <ul className="au-states">
        <li>
          <progress
            aria-label={`${count(progress.done)} of ${count(progress.items)} ${external ? "answered" : "audited"}`}
            max={progress.items}
            value={progress.done}
          />
        </li>
        <li>
          <b>
            {count(progress.done)} of {count(progress.items)}
          </b>{" "}
          {secondWords(progress)} {external ? "answered" : "audited"}
        </li>
        {statesOf(audit.kind)
          .filter((state) => (progress.by_state[state.value] ?? 0) > 0)
          .map((state) => (
            <li key={state.value}>
              {state.label} <b>{count(progress.by_state[state.value] ?? 0)}</b>
            </li>
          ))}
        {/* What is decided waits for nobody else: it may be sent while others are still audited. */}
        {progress.to_send > 0 && leftToDo(progress) === "audit" && may("audit:work") && !external ? (
          <li>
            <SendFindings auditId={audit.audit_id} small />
          </li>
        ) : null}
      </ul>
    </section>
  );
}

function Abandon({ audit, onClose }: { audit: Audit; onClose: () => void }) {
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const abandon = useMutation({
    mutationFn: () => abandonAudit(audit, reason.trim()),
    onSuccess: (changed) => {
      client.setQueryData(auditQuery(audit.audit_id).queryKey, changed);
      void client.invalidateQueries({ queryKey: ["list_audits"] });
      confirmDone(`${audit.reference} is abandoned`);
      onClose();
    },
  });
  return (
    <Confirm
      title={`Abandon ${audit.reference}?`}
      act="Abandon"
      busy={abandon.isPending}
      error={abandon.error}
      refusal={reason.trim().length < 3 ? "Say why" : null}
      onAct={() => abandon.mutate()}
      onClose={onClose}
    >
      <p>
        “{audit.title}” stops and cannot be taken up again. What was audited stays to be read; its episodes may be drawn
        for other audits.
      </p>
      <TextField label="Why" value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
    </Confirm>
  );
}
