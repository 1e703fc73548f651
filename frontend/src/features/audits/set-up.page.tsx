// An audit's set-up in five steps. What is changed is kept at once, so that the numbers beside it are always those of now.
import "./audits.scss";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { PageHead } from "@/kit/bits.tsx";
import { useFormRefusal } from "@/kit/form.ts";
import { Banner, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type Audit, auditQuery } from "@/parts/audit.ts";
import { AuditHead } from "@/parts/audit-head.tsx";
import { CheckStep } from "./check-step.tsx";
import { editAudit } from "./data.ts";
import { MethodStep } from "./method-step.tsx";
import { PopulationStep } from "./population-step.tsx";
import { SampleStep } from "./sample-step.tsx";
import { WhatForm, whatFields } from "./what-form.tsx";

const route = getRouteApi("/signed-in/audits/$auditId/set-up");

const steps = [
  { key: "what", label: "What and why" },
  { key: "population", label: "Population" },
  { key: "sample", label: "Sample" },
  { key: "method", label: "Method and auditors" },
  { key: "check", label: "Check" },
] as const;

export type StepKey = (typeof steps)[number]["key"];

export default function SetUpPage() {
  const { auditId } = route.useParams();
  const found = useQuery(auditQuery(auditId));
  if (!found.data)
    return (
      <div className="cw-page">
        <PageHead title="Set-up" />
        {found.isError ? <ErrorState error={found.error} onRetry={() => found.refetch()} /> : <SkeletonRows />}
      </div>
    );
  return <SetUp audit={found.data} />;
}

function SetUp({ audit }: { audit: Audit }) {
  const step = route.useSearch().step ?? "what";
  const navigate = route.useNavigate();
  const to = (key: StepKey) => navigate({ search: { step: key } });
  if (audit.state !== "setting_up")
    return (
      <div className="cw-page">
        <AuditHead audit={audit} here="set-up" />
        <Banner>
          The sample is drawn, so the set-up stands.{" "}
          <Link to="/audits/$auditId" params={{ auditId: audit.audit_id }}>
            See the audit
          </Link>
        </Banner>
      </div>
    );
  return (
    <div className="cw-page">
      <AuditHead audit={audit} here="set-up" />
      <ol className="au-steps" aria-label="Steps of the set-up">
        {steps.map((one) => (
          <li key={one.key}>
            <button type="button" aria-current={one.key === step ? "step" : undefined} onClick={() => to(one.key)}>
              {one.label}
            </button>
          </li>
        ))}
      </ol>
      <StepHead step={step} />
      {step === "what" ? <WhatStep audit={audit} onDone={() => to("population")} /> : null}
      {step === "population" ? <PopulationStep audit={audit} onDone={() => to("sample")} /> : null}
      {step === "sample" ? <SampleStep audit={audit} onDone={() => to("method")} /> : null}
      {step === "method" ? <MethodStep audit={audit} onDone={() => to("check")} /> : null}
      {step === "check" ? <CheckStep audit={audit} /> : null}
    </div>
  );
}

/** Names the step, and begins it at the top: with the focus on its name, so that what follows is read in order. */
function StepHead({ step }: { step: StepKey }) {
  const heading = useRef<HTMLHeadingElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each step begins anew.
  useEffect(() => {
    const main = document.getElementById("main");
    if (main) main.scrollTop = 0;
    heading.current?.focus({ preventScroll: true });
  }, [step]);
  return (
    <h2 ref={heading} tabIndex={-1} className="au-step">
      Step {steps.findIndex((one) => one.key === step) + 1} of {steps.length}:{" "}
      {steps.find((one) => one.key === step)?.label.toLowerCase()}
    </h2>
  );
}

function WhatStep({ audit, onDone }: { audit: Audit; onDone: () => void }) {
  const client = useQueryClient();
  const refusal = useFormRefusal(whatFields);
  const edit = useMutation({
    mutationFn: (body: Parameters<typeof editAudit>[1]) => editAudit(audit, body),
    onError: refusal.refuse,
    onSuccess: (changed) => {
      client.setQueryData(auditQuery(audit.audit_id).queryKey, changed);
      void client.invalidateQueries({ queryKey: ["list_audits"] });
      onDone();
    },
  });
  return (
    <WhatForm
      audit={audit}
      refusal={refusal}
      busy={edit.isPending}
      act="Save and go on"
      onSave={(what) => edit.mutate(what)}
    />
  );
}
