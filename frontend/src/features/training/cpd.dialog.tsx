import { useMutation, useQueryClient } from "@tanstack/react-query";
import { DateField } from "@/kit/date-field.tsx";
import { londonDay } from "@/kit/dates.ts";
import { Select, TextArea, TextField } from "@/kit/field.tsx";
import { useFormRefusal } from "@/kit/form.ts";
import { FormDialog } from "@/kit/form-dialog.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { addCpd, type Cpd, editCpd } from "./data.ts";

const kinds: readonly { value: Cpd["kind"]; label: string }[] = [
  { value: "course", label: "Course or workshop" },
  { value: "forum", label: "Forum or meeting" },
  { value: "reading", label: "Reading" },
  { value: "coding", label: "Coding" },
  { value: "teaching", label: "Teaching" },
];

const fields = ["kind", "title", "done_on", "minutes", "note"] as const;

/** Something done besides auditing, entered or changed. */
export function CpdDialog({ entry, onClose }: { entry?: Cpd; onClose: () => void }) {
  const client = useQueryClient();
  const refusal = useFormRefusal(fields);
  const save = useMutation({
    mutationFn: (body: Parameters<typeof addCpd>[0]) => (entry ? editCpd(entry, body) : addCpd(body)),
    onError: refusal.refuse,
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["see_my_logbook"] });
      confirmDone(entry ? "Entry changed" : "Entered");
      onClose();
    },
  });
  return (
    <FormDialog
      title={entry ? `Change ${entry.title}` : "Enter CPD"}
      onClose={onClose}
      act={entry ? "Save" : "Enter it"}
      busy={save.isPending}
      errors={refusal.summary}
      onSubmit={(data) => {
        const said = (name: string) => String(data.get(name) ?? "").trim();
        const hours = Number(said("hours").replace(",", "."));
        if (said("title").length < 3) return refusal.complain({ title: "Say what it was" });
        if (!said("done_on")) return refusal.complain({ done_on: "Enter the day" });
        const minutes = Math.round(hours * 60);
        if (!(minutes >= 1)) return refusal.complain({ minutes: "Enter the hours, such as 1.5" });
        refusal.clear();
        save.mutate({
          kind: said("kind") as Cpd["kind"],
          title: said("title"),
          done_on: said("done_on"),
          minutes,
          note: said("note"),
        });
      }}
    >
      <TextField
        id={refusal.idOf("title")}
        name="title"
        label="What"
        data-autofocus
        maxLength={100}
        defaultValue={entry?.title}
        error={refusal.errorOf("title")}
      />
      <div className="tr-pair">
        <Select
          id={refusal.idOf("kind")}
          name="kind"
          label="Kind"
          options={kinds}
          defaultValue={entry?.kind ?? "course"}
        />
        <TextField
          id={refusal.idOf("minutes")}
          name="hours"
          label="Hours"
          hint="Such as 1.5"
          width="short"
          inputMode="decimal"
          defaultValue={entry ? String(Math.round((entry.minutes / 60) * 100) / 100) : ""}
          error={refusal.errorOf("minutes")}
        />
      </div>
      <DateField
        id={refusal.idOf("done_on")}
        name="done_on"
        label="Day"
        value={entry?.done_on ?? londonDay(Date.now())}
        error={refusal.errorOf("done_on")}
      />
      <TextArea id={refusal.idOf("note")} name="note" label="Note" maxLength={2000} defaultValue={entry?.note} />
    </FormDialog>
  );
}
