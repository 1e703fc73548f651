import { useMutation } from "@tanstack/react-query";
import { DateField } from "@/kit/date-field.tsx";
import { londonDay } from "@/kit/dates.ts";
import { TextArea, TextField } from "@/kit/field.tsx";
import { useFormRefusal } from "@/kit/form.ts";
import { FormDialog } from "@/kit/form-dialog.tsx";
import { beginProgramme, editProgramme, type Programme } from "./data.ts";
import { yearOf } from "./months.ts";
import { useChanged } from "./use-changed.ts";

const fields = ["financial_year", "name", "objectives", "agreed_on"] as const;

/** A year's programme, begun or changed. */
export function ProgrammeEdit({ programme, onClose }: { programme?: Programme; onClose: () => void }) {
  const changed = useChanged();
  const refusal = useFormRefusal(fields);
  const save = useMutation({
    mutationFn: async (body: Parameters<typeof beginProgramme>[0]) => {
      if (programme) await editProgramme(programme, body);
      else await beginProgramme(body);
    },
    onError: refusal.refuse,
    onSuccess: () => {
      changed(programme ? "Programme changed" : "Programme begun");
      onClose();
    },
  });
  return (
    <FormDialog
      title={programme ? `Change the programme of ${programme.financial_year}` : "Begin a year’s programme"}
      onClose={onClose}
      act={programme ? "Save" : "Begin it"}
      busy={save.isPending}
      errors={refusal.summary}
      onSubmit={(data) => {
        const said = (name: string) => String(data.get(name) ?? "").trim();
        if (!/^\d{4}\/\d{2}$/.test(said("financial_year")))
          return refusal.complain({ financial_year: "Write the year as 2026/27" });
        if (said("name").length < 3) return refusal.complain({ name: "Give it a name" });
        refusal.clear();
        save.mutate({
          financial_year: said("financial_year"),
          name: said("name"),
          objectives: said("objectives"),
          owner_id: null,
          agreed_on: said("agreed_on") || null,
        });
      }}
    >
      <TextField
        id={refusal.idOf("financial_year")}
        name="financial_year"
        label="Financial year"
        hint="April to March, as 2026/27"
        width="short"
        defaultValue={programme?.financial_year ?? yearOf(londonDay(Date.now()))}
        error={refusal.errorOf("financial_year")}
      />
      <TextField
        id={refusal.idOf("name")}
        name="name"
        label="Name"
        maxLength={100}
        defaultValue={programme?.name ?? "Clinical coding audit programme"}
        error={refusal.errorOf("name")}
      />
      <TextArea
        id={refusal.idOf("objectives")}
        name="objectives"
        label="Objectives"
        rows={4}
        maxLength={4000}
        defaultValue={programme?.objectives}
      />
      <DateField
        id={refusal.idOf("agreed_on")}
        name="agreed_on"
        label="Agreed on"
        hint="Empty until it is agreed"
        value={programme?.agreed_on ?? ""}
        error={refusal.errorOf("agreed_on")}
      />
    </FormDialog>
  );
}
