import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Checkbox, TextArea, TextField } from "@/kit/field.tsx";
import { useFormRefusal } from "@/kit/form.ts";
import { FormDialog } from "@/kit/form-dialog.tsx";
import { counted } from "@/kit/numbers.ts";
import { confirmDone } from "@/kit/toast.tsx";
import { loadTimetable } from "./data.ts";
import { readRows } from "./read-rows.ts";

const fields = ["source", "rows", "provisional"] as const;

export function LoadTimetable({ onClose }: { onClose: () => void }) {
  const queryClient = useQueryClient();
  const refusal = useFormRefusal<(typeof fields)[number]>(fields);
  const [pasted, setPasted] = useState("");
  const read = readRows(pasted);
  const load = useMutation({
    mutationFn: loadTimetable,
    onError: refusal.refuse,
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ["list_timetable"] });
      void queryClient.invalidateQueries({ queryKey: ["list_deadlines"] });
      void queryClient.invalidateQueries({ queryKey: ["list_work_items"] });
      confirmDone(`${counted(read.rows.length, "date")} loaded`);
      onClose();
    },
  });
  const submit = (data: FormData) => {
    const source = String(data.get("source") ?? "").trim();
    const bad = read.wrong[0];
    const missing = {
      ...(source ? null : { source: "Enter where the dates come from" }),
      ...(bad
        ? { rows: `Line ${bad.line}: ${bad.why}` }
        : read.rows.length === 0
          ? { rows: "Paste at least one date" }
          : null),
    };
    if (Object.keys(missing).length > 0) return refusal.complain(missing);
    refusal.clear();
    load.mutate({ source, provisional: data.get("provisional") === "on", rows: read.rows });
  };
  return (
    <FormDialog
      title="Load dates"
      onClose={onClose}
      act={`Load ${read.rows.length > 0 ? counted(read.rows.length, "date") : "dates"}`}
      busy={load.isPending}
      errors={refusal.summary}
      onSubmit={submit}
    >
      <p className="cw-quiet">They replace what stands for the same months and phases; others stay.</p>
      <TextField
        id={refusal.idOf("source")}
        name="source"
        label="Where they come from"
        hint="For example SUS+ submission timetable 2026/27 v1"
        maxLength={200}
        error={refusal.errorOf("source")}
      />
      <TextArea
        id={refusal.idOf("rows")}
        name="rows"
        rows={8}
        label="Dates"
        hint="One a line: month, phase, inclusion day, publication day. For example 2026-04, flex, 2026-05-20"
        value={pasted}
        onChange={(event) => setPasted(event.target.value)}
        error={refusal.errorOf("rows")}
      />
      <Checkbox name="provisional" label="These dates are provisional" />
    </FormDialog>
  );
}
