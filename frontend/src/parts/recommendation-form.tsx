// Writing a recommendation: what, resting on which standard, whose, by when, and what will show that it was done.
import "./recommendation.scss";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { DateField } from "@/kit/date-field.tsx";
import { Select, TextArea, TextField } from "@/kit/field.tsx";
import { useFormRefusal } from "@/kit/form.ts";
import { FormDialog } from "@/kit/form-dialog.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { OwnerField, ownerOf, ownerValue } from "./owner-field.tsx";
import { editRecommendation, makeRecommendation, type Recommendation } from "./recommendations.ts";
import { type FindingRef, RestsOn } from "./rests-on.tsx";

const priorities = [
  { value: "high", label: "High" },
  { value: "medium", label: "Medium" },
  { value: "low", label: "Low" },
] as const;

export function RecommendationForm({
  auditId,
  was,
  onClose,
}: {
  auditId: string;
  /** The one to change; without it a new one is made. */
  was?: Recommendation;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const refusal = useFormRefusal(["text", "standard", "owner_id", "due_on", "evidence_wanted"]);
  const [text, setText] = useState(was?.text ?? "");
  const [standard, setStandard] = useState(was?.standard ?? "");
  const [priority, setPriority] = useState<string>(was?.priority ?? "medium");
  const [owner, setOwner] = useState(was ? ownerValue(was.owner) : "role:manager");
  const [due, setDue] = useState(was?.due_on ?? "");
  const [evidence, setEvidence] = useState(was?.evidence_wanted ?? "");
  const [restsOn, setRestsOn] = useState<FindingRef[]>(
    (was?.rests_on ?? []).map(({ item_id, no }) => ({ item_id, no })),
  );
  const save = useMutation({
    mutationFn: () => {
      const body = {
        text,
        standard,
        priority: priorities.find((one) => one.value === priority)?.value ?? "medium",
        due_on: due,
        evidence_wanted: evidence,
        rests_on: restsOn,
        ...ownerOf(owner),
      };
      return was ? editRecommendation(was, body) : makeRecommendation(auditId, body);
    },
    onError: refusal.refuse,
    onSuccess: (made) => {
      for (const key of [["list_recommendations"], ["see_recommendation", made.recommendation_id]])
        void client.invalidateQueries({ queryKey: key });
      confirmDone(was ? "The recommendation is changed" : `Recommendation ${made.no} is made`);
      onClose();
    },
  });
  return (
    <FormDialog
      title={was ? `Change recommendation ${was.no}` : "Recommend something"}
      size="large"
      onClose={onClose}
      act="Save"
      busy={save.isPending}
      errors={refusal.summary}
      formClass="rc-form"
      onSubmit={() => {
        const missing = {
          ...(text.trim().length < 10 ? { text: "Say what should be done" } : {}),
          ...(owner === "" ? { owner_id: "Choose the owner" } : {}),
          ...(due === "" ? { due_on: "Say by when" } : {}),
          ...(evidence.trim().length < 3 ? { evidence_wanted: "Say what will show that it was done" } : {}),
        };
        if (Object.keys(missing).length > 0) return refusal.complain(missing);
        refusal.clear();
        save.mutate();
      }}
    >
      <TextArea
        id={refusal.idOf("text")}
        label="What should be done"
        hint="Specific and measurable; no patient's or coder's name"
        rows={3}
        maxLength={4000}
        value={text}
        error={refusal.errorOf("text")}
        onChange={(event) => setText(event.target.value)}
      />
      <RestsOn auditId={auditId} chosen={restsOn} onChange={setRestsOn} />
      <div className="rc-pair">
        <TextField
          id={refusal.idOf("standard")}
          label="Standard it rests on (optional)"
          maxLength={100}
          value={standard}
          error={refusal.errorOf("standard")}
          onChange={(event) => setStandard(event.target.value)}
        />
        <Select
          label="Priority"
          value={priority}
          options={priorities}
          onChange={(event) => setPriority(event.target.value)}
        />
        <OwnerField
          id={refusal.idOf("owner_id")}
          value={owner}
          error={refusal.errorOf("owner_id")}
          onChange={setOwner}
        />
        <DateField
          id={refusal.idOf("due_on")}
          label="Due"
          value={due}
          error={refusal.errorOf("due_on")}
          onDay={setDue}
        />
      </div>
      <TextArea
        id={refusal.idOf("evidence_wanted")}
        label="Evidence wanted"
        hint="What will show that it was done"
        rows={2}
        maxLength={2000}
        value={evidence}
        error={refusal.errorOf("evidence_wanted")}
        onChange={(event) => setEvidence(event.target.value)}
      />
    </FormDialog>
  );
}
