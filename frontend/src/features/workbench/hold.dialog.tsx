import { useState } from "react";
import { DateField } from "@/kit/date-field.tsx";
import { londonDay } from "@/kit/dates.ts";
import { Fieldset, TextField } from "@/kit/field.tsx";
import { FormDialog } from "@/kit/form-dialog.tsx";
import { refusalOf, type SummaryError } from "@/kit/states.tsx";
import type { WorkItem } from "@/parts/coding/wire.ts";
import { moveEpisode } from "./data.ts";

type HoldQueue = "waiting_for_information" | "outstanding_pathology";

const CHOICES: readonly { value: HoldQueue; label: string; reason: string }[] = [
  { value: "waiting_for_information", label: "Waiting for information", reason: "Discharge summary asked for" },
  { value: "outstanding_pathology", label: "Outstanding pathology", reason: "Histology awaited" },
];

/** Puts the episode aside with a reason and the day on which it comes back by itself. The draft stays. */
export function HoldDialog({
  item,
  awaitsPathology,
  onClose,
  onHeld,
}: {
  item: WorkItem;
  awaitsPathology: boolean;
  onClose: () => void;
  onHeld: (item: WorkItem) => void;
}) {
  const choices = CHOICES.filter((choice) => choice.value !== item.queue);
  const [queue, setQueue] = useState<HoldQueue | undefined>(
    (choices.find((choice) => awaitsPathology === (choice.value === "outstanding_pathology")) ?? choices[0])?.value,
  );
  const [reason, setReason] = useState("");
  const [wakeOn, setWakeOn] = useState("");
  const [errors, setErrors] = useState<SummaryError[]>([]);
  const [busy, setBusy] = useState(false);
  const errorOf = (id: string) => errors.find((error) => error.fieldId === id)?.text;
  const hold = async () => {
    if (!queue) return;
    if (reason.trim().length < 3) {
      setErrors([{ text: "Say what you are waiting for", fieldId: "hold-reason" }]);
      return;
    }
    setBusy(true);
    try {
      onHeld(
        await moveEpisode(item.episode_id, item.version, { queue, reason: reason.trim(), wake_on: wakeOn || null }),
      );
    } catch (error) {
      const refusal = refusalOf(error);
      setErrors([{ text: refusal.title, fieldId: /wake date/i.test(refusal.title) ? "hold-wake" : undefined }]);
      setBusy(false);
    }
  };
  return (
    <FormDialog
      title="Hold this episode"
      onClose={onClose}
      act="Hold the episode"
      busy={busy}
      errors={errors}
      onSubmit={hold}
    >
      <Fieldset legend="What is missing?">
        {choices.map((choice) => (
          <label key={choice.value} className="wb-radio">
            <input
              type="radio"
              name="queue"
              value={choice.value}
              checked={queue === choice.value}
              onChange={() => setQueue(choice.value)}
            />
            {choice.label}
          </label>
        ))}
      </Fieldset>
      <TextField
        id="hold-reason"
        label="Reason"
        hint={`Shown in the queue, such as “${CHOICES.find((choice) => choice.value === queue)?.reason}”. No names or numbers of patients.`}
        error={errorOf("hold-reason")}
        value={reason}
        maxLength={300}
        onChange={(event) => setReason(event.target.value)}
        data-autofocus=""
      />
      <DateField
        id="hold-wake"
        label="Wake it on (optional)"
        hint="It also wakes when a document arrives."
        error={errorOf("hold-wake")}
        min={londonDay(Date.now() + 86_400_000)}
        value={wakeOn}
        onDay={setWakeOn}
      />
    </FormDialog>
  );
}
