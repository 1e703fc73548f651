// Opens an audit with what it is and why; the other steps follow in its set-up.
import "./audits.scss";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { PageHead } from "@/kit/bits.tsx";
import { useFormRefusal } from "@/kit/form.ts";
import { auditQuery } from "@/parts/audit.ts";
import { openAudit } from "./data.ts";
import { type What, WhatForm, whatFields } from "./what-form.tsx";

const route = getRouteApi("/signed-in/audits/new");

export default function NewAuditPage() {
  const search = route.useSearch();
  const go = useNavigate();
  const client = useQueryClient();
  const refusal = useFormRefusal(whatFields);
  const open = useMutation({
    mutationFn: (what: What) =>
      openAudit({
        ...what,
        planned_audit_id: search.planned ?? null,
        // Whoever died is what a mortality audit is about; the next step can say otherwise.
        ...(what.kind === "mortality" ? { population: { discharge_methods: ["4"] } } : null),
        ...(what.kind === "dspt" ? { threshold_key: "acute_80" } : null),
      }),
    onError: refusal.refuse,
    onSuccess: (audit) => {
      client.setQueryData(auditQuery(audit.audit_id).queryKey, audit);
      void client.invalidateQueries({ queryKey: ["list_audits"] });
      void go({
        to: "/audits/$auditId/set-up",
        params: { auditId: audit.audit_id },
        search: { step: "population" },
        replace: true,
      });
    },
  });
  return (
    <div className="cw-page">
      <PageHead title="Set up an audit" sub="Step 1 of 5: what and why" trail={<Link to="/audits">Audits</Link>} />
      <WhatForm
        follows={search.follows}
        refusal={refusal}
        busy={open.isPending}
        act="Save and go on"
        onSave={(what) => open.mutate(what)}
      />
    </div>
  );
}
