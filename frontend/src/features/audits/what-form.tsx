// Step one of a set-up: what is audited, and why. The same form opens an audit and changes one.
import { useInfiniteQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Schemas } from "@/api/client.ts";
import { rowsOf } from "@/api/pages.ts";
import { Button } from "@/kit/button.tsx";
import { DateField } from "@/kit/date-field.tsx";
import { Select, TextArea, TextField } from "@/kit/field.tsx";
import type { FormRefusal } from "@/kit/form.ts";
import { ErrorSummary } from "@/kit/states.tsx";
import { type Audit, kinds } from "@/parts/audit.ts";
import { type AuditKind, auditPages } from "./data.ts";

export const whatFields = [
  "kind",
  "title",
  "commissioned_by",
  "follows_audit_id",
  "period_from",
  "period_to",
  "due_on",
  "aims",
  "objectives",
  "scope",
  "background",
] as const;
export type WhatField = (typeof whatFields)[number];

export type What = Pick<
  Schemas["AuditNew"],
  "kind" | "title" | "period_from" | "period_to" | "aims" | "objectives" | "scope" | "background" | "commissioned_by"
> & { due_on: string | null; follows_audit_id: string | null };

const beginnings = {
  aims: "To find how accurately inpatient episodes were coded against the national standards in force.",
  objectives:
    "To measure accuracy for primary and secondary diagnoses and procedures.\nTo find which errors recur, and whether coding or documentation gives rise to them.\nTo recommend what would improve them.",
  scope: "Finished consultant episodes of admitted patients that ended in the period.",
};

export function WhatForm({
  audit,
  follows,
  refusal,
  busy,
  act,
  onSave,
}: {
  audit?: Audit;
  follows?: string | undefined;
  refusal: FormRefusal<WhatField>;
  busy: boolean;
  act: string;
  onSave: (what: What) => void;
}) {
  const [kind, setKind] = useState<AuditKind | "">(audit?.kind ?? (follows ? "follow_up" : ""));
  const chosen = kinds.find((one) => one.value === kind);
  const earlier = useInfiniteQuery({ ...auditPages({}), enabled: kind === "follow_up" });

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const said = (name: string) => String(data.get(name) ?? "").trim();
    const missing = {
      ...(kind ? null : { kind: "Choose the type" }),
      ...(said("title").length >= 3 ? null : { title: "Enter a title" }),
      ...(said("period_from") ? null : { period_from: "Enter the first day" }),
      ...(said("period_to") ? null : { period_to: "Enter the last day" }),
      ...(said("period_from") && said("period_to") && said("period_to") < said("period_from")
        ? { period_to: "The last day comes before the first" }
        : null),
      ...(kind === "external" && !said("commissioned_by")
        ? { commissioned_by: "Say who commissioned it: the ICB, or national" }
        : null),
    };
    if (Object.keys(missing).length > 0 || !kind) return refusal.complain(missing);
    refusal.clear();
    onSave({
      kind,
      title: said("title"),
      commissioned_by: said("commissioned_by"),
      follows_audit_id: said("follows_audit_id") || null,
      period_from: said("period_from"),
      period_to: said("period_to"),
      due_on: said("due_on") || null,
      aims: said("aims"),
      objectives: said("objectives"),
      scope: said("scope"),
      background: said("background"),
    });
  };

  const drawn = audit !== undefined && audit.state !== "setting_up";
  return (
    <form className="cw-form au-wide" onSubmit={submit} noValidate>
      <ErrorSummary errors={refusal.summary} />
      <div className="au-halves">
        <div>
          <Select
            id={refusal.idOf("kind")}
            name="kind"
            label="Type"
            hint={chosen?.why}
            empty="Choose"
            width="medium"
            value={kind}
            options={kinds}
            error={refusal.errorOf("kind")}
            disabled={drawn}
            onChange={(event) => setKind(event.target.value as AuditKind)}
          />
          <TextField
            id={refusal.idOf("title")}
            name="title"
            label="Title"
            hint="As it stands on the report"
            width="long"
            maxLength={200}
            defaultValue={audit?.title}
            error={refusal.errorOf("title")}
          />
          {kind === "follow_up" ? (
            <Select
              id={refusal.idOf("follows_audit_id")}
              name="follows_audit_id"
              label="Follows"
              empty="No audit here"
              width="long"
              key={earlier.isSuccess ? "known" : "waiting"}
              defaultValue={audit?.follows_audit_id ?? follows ?? ""}
              options={rowsOf(earlier.data)
                .filter((one) => one.audit_id !== audit?.audit_id)
                .map((one) => ({ value: one.audit_id, label: `${one.reference} ${one.title}` }))}
              error={refusal.errorOf("follows_audit_id")}
            />
          ) : null}
          <TextField
            id={refusal.idOf("commissioned_by")}
            name="commissioned_by"
            label="Commissioned by"
            hint={kind === "external" ? "The ICB, or national" : "Where somebody asked for it"}
            width="medium"
            maxLength={200}
            defaultValue={audit?.commissioned_by}
            error={refusal.errorOf("commissioned_by")}
          />
          <div className="au-pair">
            <DateField
              id={refusal.idOf("period_from")}
              name="period_from"
              label="Episodes that ended from"
              value={audit?.period_from}
              error={refusal.errorOf("period_from")}
            />
            <DateField
              id={refusal.idOf("period_to")}
              name="period_to"
              label="to"
              value={audit?.period_to}
              error={refusal.errorOf("period_to")}
            />
            <DateField
              id={refusal.idOf("due_on")}
              name="due_on"
              label="Report due"
              value={audit?.due_on ?? ""}
              error={refusal.errorOf("due_on")}
            />
          </div>
        </div>
        <div>
          {(
            [
              ["aims", "Aims"],
              ["objectives", "Objectives"],
              ["scope", "Scope"],
              ["background", "Background"],
            ] as const
          ).map(([name, label]) => (
            <TextArea
              key={name}
              id={refusal.idOf(name)}
              name={name}
              label={label}
              rows={name === "objectives" ? 6 : 2}
              maxLength={20000}
              defaultValue={audit ? audit[name] : name === "background" ? "" : beginnings[name]}
              error={refusal.errorOf(name)}
            />
          ))}
        </div>
      </div>
      <div className="cw-form__actions">
        <Button look="primary" type="submit" busy={busy}>
          {act}
        </Button>
      </div>
    </form>
  );
}
