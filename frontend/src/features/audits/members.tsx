import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { None, Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { day } from "@/kit/dates.ts";
import { Checkbox, Fieldset, Select } from "@/kit/field.tsx";
import { useFormRefusal } from "@/kit/form.ts";
import { FormDialog } from "@/kit/form-dialog.tsx";
import { count } from "@/kit/numbers.ts";
import { ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { type Audit, auditQuery } from "@/parts/audit.ts";
import { type Auditor, auditorsQuery, nameAuditors } from "./data.ts";

type Member = Audit["members"][number];

const columns: readonly Column<Member>[] = [
  {
    key: "name",
    heading: "Name",
    rowHeading: true,
    cell: (member) => (
      <>
        {member.name} {member.part === "lead" ? <Tag tone="blue">lead</Tag> : null}
      </>
    ),
  },
  {
    key: "qualification",
    heading: "Qualification when named",
    cell: (member) =>
      member.qualification_kind ? (
        <>
          {member.qualification_number ?? "no number"}, until{" "}
          {member.qualification_expires_on ? day(member.qualification_expires_on) : "no end"}
          {member.in_force ? null : (
            <>
              {" "}
              <Tag tone="red">not in force today</Tag>
            </>
          )}
        </>
      ) : (
        <None>none asked for</None>
      ),
  },
  { key: "taken", heading: "Taken", align: "right", cell: (member) => count(member.taken) },
  { key: "done", heading: "Done", align: "right", cell: (member) => count(member.done) },
];

/** Before a draw nothing is taken, and nobody takes an external audit's episodes: any of its auditors answers. */
const counts = new Set(["taken", "done"]);

/** Who audits, and the way to change it where it can be changed. */
export function Members({ audit }: { audit: Audit }) {
  const [naming, setNaming] = useState(false);
  return (
    <>
      {audit.members.length > 0 ? (
        <DataTable
          caption="Auditors of this audit"
          columns={
            audit.kind === "external" || audit.state === "setting_up"
              ? columns.filter(({ key }) => !counts.has(key))
              : columns
          }
          rows={audit.members}
          keyOf={(member) => member.person_id}
          sticky={false}
        />
      ) : (
        <p>
          <None>Nobody is named yet.</None>
        </p>
      )}
      {audit.can.name_auditors === true ? (
        <div className="cw-row">
          <Button onClick={() => setNaming(true)}>
            {audit.members.length > 0 ? "Change the auditors" : "Name the auditors"}
          </Button>
        </div>
      ) : null}
      {naming ? <NameAuditors audit={audit} onClose={() => setNaming(false)} /> : null}
    </>
  );
}

function NameAuditors({ audit, onClose }: { audit: Audit; onClose: () => void }) {
  const client = useQueryClient();
  const auditors = useQuery(auditorsQuery);
  const refusal = useFormRefusal(["lead_id", "auditor_ids"]);
  const lead = audit.members.find((member) => member.part === "lead")?.person_id ?? "";
  const [leadId, setLead] = useState(lead);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(audit.members.map((member) => member.person_id)));
  const name = useMutation({
    mutationFn: () =>
      nameAuditors(audit, { lead_id: leadId, auditor_ids: [...chosen].filter((person) => person !== leadId) }),
    onError: refusal.refuse,
    onSuccess: (changed) => {
      client.setQueryData(auditQuery(audit.audit_id).queryKey, changed);
      void client.invalidateQueries({ queryKey: ["list_audits"] });
      confirmDone("The auditors are named");
      onClose();
    },
  });
  const here = (auditors.data?.items ?? []).filter((auditor) => auditor.active);
  return (
    <FormDialog
      title="Auditors of this audit"
      onClose={onClose}
      act="Save"
      busy={name.isPending}
      errors={refusal.summary}
      onSubmit={() => {
        if (!leadId) return refusal.complain({ lead_id: "Choose the lead auditor" });
        refusal.clear();
        name.mutate();
      }}
    >
      {auditors.isPending ? <SkeletonRows rows={3} /> : null}
      {auditors.isError ? <ErrorState error={auditors.error} onRetry={() => auditors.refetch()} /> : null}
      <Select
        id={refusal.idOf("lead_id")}
        label="Lead auditor"
        hint="Answers for the audit and signs it"
        empty="Choose"
        width="long"
        value={leadId}
        options={here.map((auditor) => ({ value: auditor.person_id, label: `${auditor.name}${standing(auditor)}` }))}
        error={refusal.errorOf("lead_id")}
        onChange={(event) => setLead(event.target.value)}
      />
      <Fieldset
        legend="Others who audit"
        hint="Nobody is given an episode that they coded or checked"
        error={refusal.errorOf("auditor_ids")}
      >
        <div className="cw-choices">
          {here
            .filter((auditor) => auditor.person_id !== leadId)
            .map((auditor) => (
              <Checkbox
                key={auditor.person_id}
                label={`${auditor.name}${standing(auditor)}`}
                checked={chosen.has(auditor.person_id)}
                onChange={(event) => {
                  const next = new Set(chosen);
                  if (event.target.checked) next.add(auditor.person_id);
                  else next.delete(auditor.person_id);
                  setChosen(next);
                }}
              />
            ))}
        </div>
      </Fieldset>
    </FormDialog>
  );
}

function standing(auditor: Auditor): string {
  if (!auditor.in_force) return " (no approved auditor's qualification in force)";
  return auditor.expiring ? " (qualification ends soon)" : "";
}
