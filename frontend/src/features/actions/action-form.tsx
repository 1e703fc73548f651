// One action: what, whose, by when, and when to remind.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { DateField } from "@/kit/date-field.tsx";
import { TextArea, TextField } from "@/kit/field.tsx";
import { useFormRefusal } from "@/kit/form.ts";
import { FormDialog } from "@/kit/form-dialog.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { OwnerField, ownerOf, ownerValue } from "@/parts/owner-field.tsx";
import type { Recommendation } from "@/parts/recommendations.ts";
import { type ActionRow, editAction, makeAction } from "./data.ts";

/** Days as typed, such as "14, 7, 1"; null when it is something else. */
export function daysOf(typed: string): number[] | null {
  const parts = typed.split(/[\s,;]+/).filter(Boolean);
  const days = parts.map(Number);
  return days.length <= 5 && days.every((n) => Number.isInteger(n) && n >= 0 && n <= 365) ? days : null;
}

export function ActionForm({
  of,
  was,
  onClose,
}: ({ of: Recommendation; was?: never } | { of?: never; was: ActionRow }) & { onClose: () => void }) {
  const client = useQueryClient();
  const refusal = useFormRefusal(["text", "owner_id", "due_on", "remind_days"]);
  const [text, setText] = useState(was?.text ?? "");
  const [owner, setOwner] = useState(was ? ownerValue(was.owner) : of ? ownerValue(of.owner) : "");
  const [due, setDue] = useState(was?.due_on ?? of?.due_on ?? "");
  const [remind, setRemind] = useState((was?.remind_days ?? [14, 7, 1]).join(", "));
  const save = useMutation({
    mutationFn: () => {
      const body = { text, due_on: due, remind_days: daysOf(remind) ?? [], ...ownerOf(owner) };
      return was ? editAction(was, body) : makeAction(of, body);
    },
    onError: refusal.refuse,
    onSuccess: (made) => {
      for (const key of [
        ["see_recommendation", made.recommendation_id],
        ["list_actions"],
        ["list_recommendations"],
        ["list_my_actions"],
      ])
        void client.invalidateQueries({ queryKey: key });
      confirmDone(was ? "The action is changed" : "The action is added");
      onClose();
    },
  });
  return (
    <FormDialog
      title={was ? "Change the action" : "Add an action"}
      onClose={onClose}
      act="Save"
      busy={save.isPending}
      errors={refusal.summary}
      onSubmit={() => {
        const wrong = {
          ...(text.trim().length < 3 ? { text: "Say what is to be done" } : {}),
          ...(owner === "" ? { owner_id: "Choose the owner" } : {}),
          ...(due === "" ? { due_on: "Say by when" } : {}),
          ...(daysOf(remind) === null ? { remind_days: "Write up to five numbers of days, such as 14, 7, 1" } : {}),
        };
        if (Object.keys(wrong).length > 0) return refusal.complain(wrong);
        refusal.clear();
        save.mutate();
      }}
    >
      <TextArea
        id={refusal.idOf("text")}
        label="What is to be done"
        rows={3}
        maxLength={2000}
        value={text}
        error={refusal.errorOf("text")}
        onChange={(event) => setText(event.target.value)}
      />
      <OwnerField id={refusal.idOf("owner_id")} value={owner} error={refusal.errorOf("owner_id")} onChange={setOwner} />
      <DateField id={refusal.idOf("due_on")} label="Due" value={due} error={refusal.errorOf("due_on")} onDay={setDue} />
      <TextField
        id={refusal.idOf("remind_days")}
        label="Remind so many days before"
        hint="On the owner's home page, such as 14, 7, 1"
        value={remind}
        error={refusal.errorOf("remind_days")}
        onChange={(event) => setRemind(event.target.value)}
      />
    </FormDialog>
  );
}
