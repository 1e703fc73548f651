// Step five: everything that was said, once more, before the draw.
import { useNavigate } from "@tanstack/react-router";
import { Button } from "@/kit/button.tsx";
import { count } from "@/kit/numbers.ts";
import type { Audit } from "@/parts/audit.ts";
import { AuditFacts } from "./audit-facts.tsx";
import { Members } from "./members.tsx";
import { Count } from "./population-step.tsx";
import { methods, strataNoun } from "./words.ts";

export function CheckStep({ audit }: { audit: Audit }) {
  const go = useNavigate();
  return (
    <div className="au-two">
      <div className="cw-stack cw-stack--wide">
        <section className="cw-stack" aria-labelledby="facts-title">
          <h2 id="facts-title">What and how</h2>
          <AuditFacts audit={audit} />
        </section>
        <section className="cw-stack" aria-labelledby="auditors-title">
          <h2 id="auditors-title">Auditors</h2>
          <Members audit={audit} />
        </section>
        <div className="cw-form__actions">
          <Button
            look="primary"
            onClick={() => go({ to: "/audits/$auditId/draw", params: { auditId: audit.audit_id } })}
          >
            See what a draw would take
          </Button>
        </div>
      </div>
      <Count audit={audit} waiting={false}>
        <h2>Sample</h2>
        <p>{drawWords(audit.sampling)}</p>
      </Count>
    </div>
  );
}

export function drawWords(s: Audit["sampling"]): string {
  const method = methods.find((one) => one.value === s.method)?.label ?? s.method;
  const by = s.by ? ` by ${(strataNoun[s.by] ?? s.by).toLowerCase()}` : "";
  if (s.method === "per_coder") return `${count(s.of_each)} of each coder`;
  if (s.method === "fixed") return `${method}${by}: ${s.sizes ? "set one by one" : `${count(s.of_each)} of each`}`;
  if (s.method === "proportional")
    return `${method}${by}: ${count(s.size)}${s.at_least ? `, at least ${s.at_least} of each` : ""}`;
  if (s.method === "risk_weighted") return `${method}: ${count(s.size)}, riskier episodes ${s.tilt} times as likely`;
  return `${method}: ${count(s.size)}`;
}
