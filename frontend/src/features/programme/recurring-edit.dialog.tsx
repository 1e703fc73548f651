import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { DateField } from "@/kit/date-field.tsx";
import { londonDay } from "@/kit/dates.ts";
import { Select, TextField } from "@/kit/field.tsx";
import { useFormRefusal } from "@/kit/form.ts";
import { FormDialog } from "@/kit/form-dialog.tsx";
import { kinds } from "@/parts/audit.ts";
import { Choose } from "./choose.tsx";
import { editDraw, type Programme, plansQuery, type Recurring, type RecurringIn, scheduleDraw } from "./data.ts";
import { useChanged } from "./use-changed.ts";
import { useChoices } from "./use-people.ts";
import { linkable } from "./words.ts";

const fields = [
  "title",
  "kind",
  "episodes",
  "per",
  "every",
  "on_day",
  "starts_on",
  "ends_on",
  "auditor_ids",
  "coder_ids",
  "specialties",
  "planned_audit_id",
] as const;

/** A draw that recurs, new or changed. */
export function RecurringEdit({
  programme,
  draw,
  onClose,
}: {
  programme: Programme | undefined;
  draw?: Recurring;
  onClose: () => void;
}) {
  const changed = useChanged();
  const choices = useChoices(programme?.programme_id);
  const refusal = useFormRefusal(fields);
  const plans = useQuery({ ...plansQuery(programme?.programme_id ?? ""), enabled: Boolean(programme) });
  const [auditors, setAuditors] = useState(draw?.template.auditors.map((one) => one.person_id) ?? []);
  const [coders, setCoders] = useState(draw?.template.coders.map((one) => one.person_id) ?? []);
  const [specialties, setSpecialties] = useState(draw?.template.specialties.map((one) => one.code) ?? []);
  const save = useMutation({
    mutationFn: async (body: RecurringIn) => {
      if (draw) await editDraw(draw, body);
      else await scheduleDraw(body);
    },
    onError: refusal.refuse,
    onSuccess: () => {
      changed(draw ? "Recurring draw changed" : "Recurring draw added");
      onClose();
    },
  });
  return (
    <FormDialog
      title={draw ? `Change ${draw.title}` : "Add a recurring draw"}
      size="large"
      onClose={onClose}
      act={draw ? "Save" : "Add it"}
      busy={save.isPending}
      errors={refusal.summary}
      onSubmit={(data) => {
        const said = (name: string) => String(data.get(name) ?? "").trim();
        const [episodes, onDay] = [Number(said("episodes")), Number(said("on_day"))];
        if (said("title").length < 3) return refusal.complain({ title: "Give it a title" });
        if (!Number.isInteger(episodes) || episodes < 1)
          return refusal.complain({ episodes: "Enter how many episodes, such as 10" });
        if (!Number.isInteger(onDay) || onDay < 1 || onDay > 31)
          return refusal.complain({ on_day: "Enter a day of the month, from 1 to 31" });
        if (!said("starts_on")) return refusal.complain({ starts_on: "Enter the day it starts" });
        if (auditors.length === 0) return refusal.complain({ auditor_ids: "Choose who audits" });
        refusal.clear();
        save.mutate({
          title: said("title"),
          every: said("every") as Recurring["every"],
          on_day: onDay,
          starts_on: said("starts_on"),
          ends_on: said("ends_on") || null,
          planned_audit_id: said("planned_audit_id") || null,
          template: {
            kind: said("kind") as Recurring["template"]["kind"],
            episodes,
            per: said("per") as Recurring["template"]["per"],
            months: Number(said("months")),
            months_back: draw?.template.months_back ?? 1,
            coder_ids: coders,
            specialties,
            auditor_ids: auditors,
            mode: draw?.template.mode === "review" ? "review" : "blind",
            methodology_key: draw?.template.methodology_key ?? "neutral",
            threshold_key: draw?.template.threshold_key ?? null,
            due_days: draw?.template.due_days ?? 30,
          },
        });
      }}
    >
      <TextField
        id={refusal.idOf("title")}
        name="title"
        label="Title"
        maxLength={100}
        defaultValue={draw?.title ?? "Ten of each coder a month"}
        error={refusal.errorOf("title")}
      />
      <div className="pg-pair">
        <Select
          id={refusal.idOf("kind")}
          name="kind"
          label="Kind"
          options={kinds.filter((kind) => kind.value !== "external")}
          defaultValue={draw?.template.kind ?? "coder"}
        />
        <Select
          id={refusal.idOf("per")}
          name="per"
          label="Sample"
          options={[
            { value: "coder", label: "so many of each coder" },
            { value: "audit", label: "so many in all" },
          ]}
          defaultValue={draw?.template.per ?? "coder"}
        />
        <TextField
          id={refusal.idOf("episodes")}
          name="episodes"
          label="Episodes"
          width="short"
          inputMode="numeric"
          defaultValue={String(draw?.template.episodes ?? 10)}
          error={refusal.errorOf("episodes")}
        />
        <Select
          name="months"
          label="Of the last"
          options={[1, 2, 3, 6, 12].map((n) => ({
            value: String(n),
            label: n === 1 ? "whole month" : `${n} whole months`,
          }))}
          defaultValue={String(draw?.template.months ?? 1)}
        />
        <Select
          id={refusal.idOf("every")}
          name="every"
          label="How often"
          options={[
            { value: "monthly", label: "every month" },
            { value: "quarterly", label: "every third month" },
          ]}
          defaultValue={draw?.every ?? "monthly"}
        />
        <TextField
          id={refusal.idOf("on_day")}
          name="on_day"
          label="On day"
          hint="In a shorter month, its last day"
          width="short"
          inputMode="numeric"
          defaultValue={String(draw?.on_day ?? 5)}
          error={refusal.errorOf("on_day")}
        />
        <DateField
          id={refusal.idOf("starts_on")}
          name="starts_on"
          label="From"
          value={draw?.starts_on ?? londonDay(Date.now())}
          error={refusal.errorOf("starts_on")}
        />
        <DateField
          id={refusal.idOf("ends_on")}
          name="ends_on"
          label="To"
          hint="Empty: without an end"
          value={draw?.ends_on ?? ""}
          error={refusal.errorOf("ends_on")}
        />
      </div>
      <Select
        id={refusal.idOf("planned_audit_id")}
        name="planned_audit_id"
        label="Counts towards"
        hint="The planned audit whose episodes these are"
        empty="No planned audit"
        width="long"
        // The choice is drawn again once the plans are known, so that what was chosen is shown.
        key={plans.isSuccess ? "known" : "waiting"}
        defaultValue={draw?.planned_audit_id ?? ""}
        options={linkable(plans.data ?? [], draw?.planned_audit_id ?? null)}
        error={refusal.errorOf("planned_audit_id")}
      />
      <Choose
        legend="Audited by"
        hint="The first of them leads. Whoever holds no qualification on the day is left out; without anybody the run is missed."
        options={choices.auditors}
        chosen={auditors}
        error={refusal.errorOf("auditor_ids")}
        onChange={setAuditors}
      />
      <div className="pg-lists">
        <Choose
          legend="Coders, none for all"
          options={choices.coders}
          chosen={coders}
          error={refusal.errorOf("coder_ids")}
          onChange={setCoders}
        />
        <Choose
          legend="Specialties, none for all"
          options={choices.specialties}
          chosen={specialties}
          error={refusal.errorOf("specialties")}
          onChange={setSpecialties}
        />
      </div>
    </FormDialog>
  );
}
