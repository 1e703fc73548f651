// Who may audit, what they hold, and until when.
import "./audits.scss";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "@/api/client.ts";
import { useMay, useMe } from "@/api/me.ts";
import { None, PageHead, Tag, type Tone } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { Confirm, whyNot } from "@/kit/confirm.tsx";
import { DateField } from "@/kit/date-field.tsx";
import { day } from "@/kit/dates.ts";
import { Select, TextField } from "@/kit/field.tsx";
import { useFormRefusal } from "@/kit/form.ts";
import { FormDialog } from "@/kit/form-dialog.tsx";
import { count, counted } from "@/kit/numbers.ts";
import { Banner, EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { type Auditor, auditorsQuery, qualify, withdrawQualification } from "./data.ts";

type Qualification = Schemas["QualificationOut"];

const kinds = [
  { value: "approved_auditor", label: "Approved clinical coding auditor" },
  { value: "acc", label: "Accredited clinical coder (ACC)" },
  { value: "auditor_in_training", label: "Auditor in training" },
] as const;

const standing: Record<Qualification["stands"], { label: string; tone: Tone }> = {
  in_force: { label: "in force", tone: "green" },
  expiring: { label: "ends soon", tone: "amber" },
  expired: { label: "ended", tone: "red" },
  withdrawn: { label: "withdrawn", tone: "grey" },
  to_come: { label: "not yet", tone: "grey" },
};

export default function AuditorsPage() {
  const may = useMay();
  const me = useMe();
  const auditors = useQuery(auditorsQuery);
  const [qualifying, setQualifying] = useState<Auditor | null>(null);
  const [withdrawing, setWithdrawing] = useState<{ auditor: Auditor; held: Qualification } | null>(null);
  const rows = auditors.data?.items ?? [];
  const ending = rows.filter((auditor) => auditor.expiring);
  const without = rows.filter((auditor) => auditor.active && !auditor.in_force);
  const columns: readonly Column<Auditor>[] = [
    { key: "name", heading: "Name", rowHeading: true, nowrap: true, cell: (auditor) => auditor.name },
    {
      key: "role",
      heading: "Role",
      nowrap: true,
      cell: (auditor) => (
        <>
          {auditor.role} {auditor.active ? null : <Tag>does not audit now</Tag>}
        </>
      ),
    },
    {
      key: "held",
      heading: "Qualifications",
      width: "grow",
      cell: (auditor) =>
        auditor.qualifications.length > 0 ? (
          <ul className="au-held">
            {auditor.qualifications.map((held) => (
              <li key={held.qualification_id}>
                {held.kind_label}
                {held.number ? `, ${held.number}` : ""},{" "}
                <span className="cw-nowrap">
                  {day(held.awarded_on)} to {held.expires_on ? day(held.expires_on) : "no end"}
                </span>{" "}
                <Tag tone={standing[held.stands].tone}>
                  {standing[held.stands].label}
                  {held.stands === "expiring" && held.days_left !== null
                    ? `, ${counted(held.days_left, "day")} left`
                    : ""}
                </Tag>{" "}
                {held.note ? <span className="cw-quiet">{held.note} </span> : null}
                {held.stands !== "withdrawn" && auditor.can.withdraw === true ? (
                  <Button
                    small
                    look="link"
                    aria-label={`Withdraw ${held.kind_label} of ${auditor.name}`}
                    onClick={() => setWithdrawing({ auditor, held })}
                  >
                    Withdraw
                  </Button>
                ) : null}
              </li>
            ))}
          </ul>
        ) : (
          <None>none recorded</None>
        ),
    },
    { key: "audits", heading: "Open audits", align: "right", nowrap: true, cell: (auditor) => count(auditor.audits) },
    ...(may("auditor:qualify")
      ? [
          {
            key: "act",
            heading: <span className="cw-hidden">Act</span>,
            nowrap: true,
            // Where nothing can be recorded the reason stands in the button's place.
            cell: (auditor: Auditor) =>
              auditor.can.qualify === true ? (
                <Button
                  small
                  aria-label={`Record a qualification of ${auditor.name}`}
                  onClick={() => setQualifying(auditor)}
                >
                  Record
                </Button>
              ) : (
                <None>
                  {auditor.person_id === me.person_id ? "recorded by another" : whyNot(auditor.can.qualify ?? false)}
                </None>
              ),
          },
        ]
      : []),
  ];
  return (
    <div className="cw-page">
      <PageHead
        title="Auditors"
        sub="Qualifications are checked on the day: when an auditor is named, and at the draw"
      />
      <div className="cw-stack">
        {ending.length > 0 ? (
          <Banner kind="warn">
            <strong>Ends soon:</strong> {ending.map((auditor) => auditor.name).join(", ")}. Record the renewal before
            the day.
          </Banner>
        ) : null}
        {without.length > 0 ? (
          <Banner>
            Without an approved auditor's qualification in force: {without.map((auditor) => auditor.name).join(", ")}.
          </Banner>
        ) : null}
        {auditors.isPending ? <SkeletonRows /> : null}
        {auditors.isError ? <ErrorState error={auditors.error} onRetry={() => auditors.refetch()} /> : null}
        {auditors.data && rows.length === 0 ? (
          <EmptyState title="Nobody audits here yet">
            <p>Give somebody the role of clinical coding auditor, then record their qualification here.</p>
          </EmptyState>
        ) : null}
        {rows.length > 0 ? (
          <DataTable
            caption="Who may audit"
            columns={columns}
            rows={rows}
            keyOf={(auditor) => auditor.person_id}
            toneOf={(auditor) => (auditor.active ? undefined : "quiet")}
          />
        ) : null}
      </div>
      {qualifying ? <Qualify auditor={qualifying} onClose={() => setQualifying(null)} /> : null}
      {withdrawing ? <Withdraw {...withdrawing} onClose={() => setWithdrawing(null)} /> : null}
    </div>
  );
}

function useKeep() {
  const client = useQueryClient();
  return (words: string) => {
    void client.invalidateQueries({ queryKey: ["list_auditors"] });
    void client.invalidateQueries({ queryKey: ["see_audit"] });
    confirmDone(words);
  };
}

const fields = ["kind", "number", "awarded_on", "expires_on", "note"] as const;

function Qualify({ auditor, onClose }: { auditor: Auditor; onClose: () => void }) {
  const keep = useKeep();
  const refusal = useFormRefusal(fields);
  const record = useMutation({
    mutationFn: (body: Schemas["QualificationNew"]) => qualify(auditor.person_id, body),
    onError: refusal.refuse,
    onSuccess: () => {
      keep(`Recorded for ${auditor.name}`);
      onClose();
    },
  });
  return (
    <FormDialog
      title={`Record a qualification of ${auditor.name}`}
      onClose={onClose}
      act="Record"
      busy={record.isPending}
      errors={refusal.summary}
      onSubmit={(data) => {
        const said = (name: string) => String(data.get(name) ?? "").trim();
        const [awarded, expires] = [said("awarded_on"), said("expires_on")];
        if (!awarded) return refusal.complain({ awarded_on: "Enter the day it was awarded" });
        if (expires && expires < awarded) return refusal.complain({ expires_on: "It ends before it was awarded" });
        refusal.clear();
        record.mutate({
          kind: said("kind") as Qualification["kind"],
          number: said("number") || null,
          awarded_on: awarded,
          expires_on: expires || null,
          note: said("note"),
        });
      }}
    >
      <Select id={refusal.idOf("kind")} name="kind" label="Qualification" width="medium" options={kinds} />
      <TextField
        id={refusal.idOf("number")}
        name="number"
        label="Number"
        hint="As it stands on the certificate"
        width="medium"
        maxLength={100}
        error={refusal.errorOf("number")}
      />
      <div className="au-pair">
        <DateField
          id={refusal.idOf("awarded_on")}
          name="awarded_on"
          label="Awarded"
          error={refusal.errorOf("awarded_on")}
        />
        <DateField
          id={refusal.idOf("expires_on")}
          name="expires_on"
          label="Ends"
          hint="Empty where it does not end"
          error={refusal.errorOf("expires_on")}
        />
      </div>
      <TextField id={refusal.idOf("note")} name="note" label="Note" maxLength={300} />
    </FormDialog>
  );
}

function Withdraw({ auditor, held, onClose }: { auditor: Auditor; held: Qualification; onClose: () => void }) {
  const keep = useKeep();
  const [reason, setReason] = useState("");
  const withdraw = useMutation({
    mutationFn: () => withdrawQualification(held, reason.trim()),
    onSuccess: () => {
      keep("Withdrawn");
      onClose();
    },
  });
  return (
    <Confirm
      title={`Withdraw a qualification of ${auditor.name}?`}
      act="Withdraw"
      busy={withdraw.isPending}
      error={withdraw.error}
      refusal={reason.trim().length < 3 ? "Say why" : null}
      onAct={() => withdraw.mutate()}
      onClose={onClose}
    >
      <p>
        {held.kind_label} counts no more from today. Audits in which {auditor.name} was named before keep what was in
        force then.
      </p>
      <TextField label="Why" value={reason} maxLength={300} onChange={(event) => setReason(event.target.value)} />
    </Confirm>
  );
}
