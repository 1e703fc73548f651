// What can be done to several episodes at once. Each says what will happen, and each can be undone.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { intentions } from "@/api/client.ts";
import { DateField } from "@/kit/date-field.tsx";
import { londonDay } from "@/kit/dates.ts";
import { Select, TextField } from "@/kit/field.tsx";
import { FormDialog } from "@/kit/form-dialog.tsx";
import { counted } from "@/kit/numbers.ts";
import { ErrorState, refusalOf, SkeletonRows, type SummaryError } from "@/kit/states.tsx";
import { assigneesQuery, assignMany, type MovedMany, moveMany, type WorkItem } from "./data.ts";
import { HOLDS, moveChoices } from "./moves.ts";

export function MoveDialog({
  items,
  hold,
  onClose,
  onDone,
}: {
  items: readonly WorkItem[];
  hold: boolean;
  onClose: () => void;
  onDone: (result: MovedMany, words: string) => void;
}) {
  const choices = moveChoices(items, hold);
  const [queue, setQueue] = useState(choices[0]?.value ?? "waiting_for_information");
  const [keyOf] = useState(intentions);
  const [reason, setReason] = useState("");
  const [wakeOn, setWakeOn] = useState("");
  const [errors, setErrors] = useState<SummaryError[]>([]);
  const [busy, setBusy] = useState(false);
  const errorOf = (id: string) => errors.find((error) => error.fieldId === id)?.text;
  const waits = HOLDS.includes(queue);
  const move = async () => {
    const missing: SummaryError[] = [];
    if (reason.trim().length < 3) missing.push({ text: "Give a reason", fieldId: "move-reason" });
    if (hold && wakeOn === "") missing.push({ text: "Choose the day to look again", fieldId: "move-wake" });
    setErrors(missing);
    if (missing.length > 0) return;
    setBusy(true);
    try {
      const name = choices.find((one) => one.value === queue)?.name.toLowerCase() ?? queue;
      const body = {
        episode_ids: items.map((item) => item.episode_id),
        queue,
        reason: reason.trim(),
        wake_on: waits && wakeOn ? wakeOn : null,
      };
      onDone(await moveMany(body, keyOf(body)), `to ${name}`);
    } catch (error) {
      const { title, detail } = refusalOf(error);
      setErrors([
        {
          text: /wake/i.test(title) ? title : `${title}. ${detail ?? ""}`,
          fieldId: /wake/i.test(title) ? "move-wake" : undefined,
        },
      ]);
      setBusy(false);
    }
  };
  return (
    <FormDialog
      title={`${hold ? "Hold" : "Move"} ${counted(items.length, "episode")}`}
      onClose={onClose}
      act={hold ? "Hold them" : "Move them"}
      busy={busy}
      errors={errors}
      onSubmit={move}
    >
      <Select
        label="Queue"
        width="medium"
        options={choices}
        value={queue}
        onChange={(event) => setQueue(event.target.value as typeof queue)}
      />
      <TextField
        id="move-reason"
        label="Reason"
        hint="Shown with each episode. No names or numbers of patients."
        error={errorOf("move-reason")}
        value={reason}
        maxLength={300}
        onChange={(event) => setReason(event.target.value)}
      />
      {waits ? (
        <DateField
          id="move-wake"
          label={hold ? "Look again on" : "Look again on (optional)"}
          hint="They come back by themselves on that day, or when a document arrives."
          error={errorOf("move-wake")}
          min={londonDay(Date.now() + 86_400_000)}
          value={wakeOn}
          onDay={setWakeOn}
        />
      ) : null}
      <p className="cw-quiet">Episodes that cannot go there stay where they are, and are named. You can undo this.</p>
    </FormDialog>
  );
}

export function AssignDialog({
  items,
  onClose,
  onDone,
}: {
  items: readonly WorkItem[];
  onClose: () => void;
  onDone: (result: MovedMany, words: string) => void;
}) {
  const people = useQuery(assigneesQuery);
  const [personId, setPersonId] = useState("");
  const [keyOf] = useState(intentions);
  const [errors, setErrors] = useState<SummaryError[]>([]);
  const [busy, setBusy] = useState(false);
  const assign = async () => {
    setBusy(true);
    try {
      const name = people.data?.items.find((one: { person_id: string }) => one.person_id === personId)?.name;
      const body = { episode_ids: items.map((item) => item.episode_id), person_id: personId || null };
      onDone(await assignMany(body, keyOf(body)), name ? `to ${name}` : "to nobody");
    } catch (error) {
      setErrors([{ text: refusalOf(error).title }]);
      setBusy(false);
    }
  };
  return (
    <FormDialog
      title={`Assign ${counted(items.length, "episode")}`}
      onClose={onClose}
      act="Assign them"
      busy={busy}
      refusal={people.data ? null : "The people are not loaded yet"}
      errors={errors}
      onSubmit={assign}
    >
      {people.isPending ? <SkeletonRows rows={1} label="Loading the people" /> : null}
      {people.isError ? <ErrorState error={people.error} onRetry={() => people.refetch()} /> : null}
      {people.data ? (
        <Select
          label="To"
          width="long"
          empty="Nobody: take the assignment away"
          options={people.data.items.map(
            (one: { person_id: string; name: string; role: string; assigned: number }) => ({
              value: one.person_id,
              label: `${one.name}, ${one.role} (${one.assigned} assigned)`,
            }),
          )}
          value={personId}
          onChange={(event) => setPersonId(event.target.value)}
        />
      ) : null}
    </FormDialog>
  );
}
