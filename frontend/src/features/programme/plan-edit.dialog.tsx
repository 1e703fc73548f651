import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Select, TextArea, TextField } from "@/kit/field.tsx";
import { useFormRefusal } from "@/kit/form.ts";
import { FormDialog } from "@/kit/form-dialog.tsx";
import { kinds } from "@/parts/audit.ts";
import { Choose } from "./choose.tsx";
import { editPlan, type Plan, type PlanIn, type Programme, planAudit } from "./data.ts";
import { monthsOf, thisMonth } from "./months.ts";
import { useChanged } from "./use-changed.ts";
import { useChoices } from "./use-people.ts";

const fields = [
  "kind",
  "title",
  "month_from",
  "month_to",
  "episodes",
  "owner_id",
  "commissioned_by",
  "specialties",
  "coder_ids",
  "note",
] as const;

/** A planned audit, new or changed. */
export function PlanEdit({ programme, plan, onClose }: { programme: Programme; plan?: Plan; onClose: () => void }) {
  const changed = useChanged();
  const choices = useChoices(programme.programme_id);
  const refusal = useFormRefusal(fields);
  const months = monthsOf(programme.financial_year).map((month) => ({ value: month.key, label: month.long }));
  const now = months.some((month) => month.value === thisMonth()) ? thisMonth() : months[0]?.value;
  const [kind, setKind] = useState<Plan["kind"]>(plan?.kind ?? "specialty");
  const [coders, setCoders] = useState(plan?.coders.map((one) => one.person_id) ?? []);
  const [specialties, setSpecialties] = useState(plan?.specialties.map((one) => one.code) ?? []);
  const [episodes, setEpisodes] = useState(String(plan?.episodes ?? 50));
  const save = useMutation({
    mutationFn: async (body: PlanIn) => {
      if (plan) await editPlan(plan, body);
      else await planAudit(programme.programme_id, body);
    },
    onError: refusal.refuse,
    onSuccess: () => {
      changed(plan ? "Plan changed" : "Audit planned");
      onClose();
    },
  });
  return (
    <FormDialog
      title={plan ? `Change ${plan.title}` : `Plan an audit in ${programme.financial_year}`}
      size="large"
      onClose={onClose}
      act={plan ? "Save" : "Plan it"}
      busy={save.isPending}
      errors={refusal.summary}
      onSubmit={(data) => {
        const said = (name: string) => String(data.get(name) ?? "").trim();
        const wanted = Number(said("episodes"));
        if (said("title").length < 3) return refusal.complain({ title: "Give it a title" });
        if (!Number.isInteger(wanted) || wanted < 1)
          return refusal.complain({ episodes: "Enter how many episodes, such as 50" });
        if (said("month_to") < said("month_from"))
          return refusal.complain({ month_to: "The last month is before the first" });
        if (kind === "external" && !said("commissioned_by"))
          return refusal.complain({ commissioned_by: "Say who commissioned it: the ICB, or national" });
        refusal.clear();
        save.mutate({
          kind,
          title: said("title"),
          month_from: said("month_from"),
          month_to: said("month_to"),
          episodes: wanted,
          owner_id: said("owner_id") || null,
          commissioned_by: said("commissioned_by"),
          specialties,
          coder_ids: coders,
          note: said("note"),
        });
      }}
    >
      <div className="pg-pair">
        <Select
          id={refusal.idOf("kind")}
          label="Kind"
          options={kinds}
          value={kind}
          onChange={(event) => {
            const chosen = event.target.value as Plan["kind"];
            setKind(chosen);
            if (chosen === "dspt" && !plan) setEpisodes("200");
          }}
        />
        <TextField
          id={refusal.idOf("title")}
          name="title"
          label="Title"
          data-autofocus
          maxLength={100}
          defaultValue={plan?.title}
          error={refusal.errorOf("title")}
        />
        <Select
          id={refusal.idOf("month_from")}
          name="month_from"
          label="From"
          options={months}
          defaultValue={plan?.month_from ?? now}
          error={refusal.errorOf("month_from")}
        />
        <Select
          id={refusal.idOf("month_to")}
          name="month_to"
          label="To"
          options={months}
          defaultValue={plan?.month_to ?? now}
          error={refusal.errorOf("month_to")}
        />
        <TextField
          id={refusal.idOf("episodes")}
          name="episodes"
          label="Episodes"
          inputMode="numeric"
          width="short"
          value={episodes}
          onChange={(event) => setEpisodes(event.target.value)}
          error={refusal.errorOf("episodes")}
        />
        <Select
          id={refusal.idOf("owner_id")}
          name="owner_id"
          label="Owner"
          empty="You"
          options={choices.auditors}
          // The choices come after the form; without this the owner would be lost to "You".
          key={choices.auditors.length}
          defaultValue={plan?.owner.person_id ?? ""}
          error={refusal.errorOf("owner_id")}
        />
      </div>
      {kind === "external" ? (
        <TextField
          id={refusal.idOf("commissioned_by")}
          name="commissioned_by"
          label="Commissioned by"
          hint="The integrated care board, or national"
          maxLength={100}
          defaultValue={plan?.commissioned_by}
          error={refusal.errorOf("commissioned_by")}
        />
      ) : null}
      <div className="pg-lists">
        <Choose
          legend="Specialties meant"
          options={choices.specialties}
          chosen={specialties}
          error={refusal.errorOf("specialties")}
          onChange={setSpecialties}
        />
        <Choose
          legend="Coders meant"
          options={choices.coders}
          chosen={coders}
          error={refusal.errorOf("coder_ids")}
          onChange={setCoders}
        />
      </div>
      <TextArea
        id={refusal.idOf("note")}
        name="note"
        label="Objectives"
        rows={2}
        maxLength={2000}
        defaultValue={plan?.note}
      />
    </FormDialog>
  );
}
