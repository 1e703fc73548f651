// The second check: the trainee's list beside the grid, and the ways to answer it.
import { useState } from "react";
import { Tag } from "@/kit/bits.tsx";
import { instant } from "@/kit/dates.ts";
import { TextArea } from "@/kit/field.tsx";
import { FormDialog } from "@/kit/form-dialog.tsx";
import { refusalOf, type SummaryError } from "@/kit/states.tsx";
import { dotted } from "@/parts/coding/codes.ts";
import { diffContent } from "@/parts/coding/diff.ts";
import { type Content, LISTS } from "@/parts/coding/grid.ts";
import type { Coding } from "@/parts/coding/wire.ts";
import { markWords } from "./compare.tsx";

/** The list as the trainee sent it, each line with what has become of it in the grid. */
export function TraineeList({ coding, now }: { coding: Coding; now: Content }) {
  const theirs: Content = {
    diagnoses: coding.diagnoses.map(({ code }) => ({ code })),
    procedures: coding.procedures.map(({ code, on }) => ({ code, on })),
  };
  const diff = diffContent(theirs, now);
  return (
    <section className="wb-trainee" aria-labelledby="wb-trainee">
      <h2 id="wb-trainee">{coding.person_name ?? "The trainee"}’s codes</h2>
      <p className="cw-quiet">Sent {instant(coding.at)}</p>
      {LISTS.map((list) => (
        <ol
          key={list}
          className="wb-codelines"
          aria-label={list === "diagnoses" ? "Diagnoses sent" : "Procedures sent"}
        >
          {diff[list].flatMap((pair) => {
            if (!pair.mine) return [];
            const line = coding[list][pair.mine.row];
            const mark = markWords(pair.mark);
            return [
              <li key={pair.mine.row}>
                <span className="cw-mono">{dotted(pair.mine.code)}</span> {line?.title}{" "}
                {pair.mark === "same" ? null : (
                  <Tag tone={mark.tone}>
                    {mark.words}
                    {pair.mark === "changed" && pair.theirs ? ` to ${dotted(pair.theirs.code)}` : ""}
                  </Tag>
                )}
              </li>,
            ];
          })}
        </ol>
      ))}
    </section>
  );
}

export function ReturnDialog({
  name,
  onClose,
  onReturn,
}: {
  name: string;
  onClose: () => void;
  onReturn: (reason: string) => Promise<void>;
}) {
  const [reason, setReason] = useState("");
  const [errors, setErrors] = useState<SummaryError[]>([]);
  const [busy, setBusy] = useState(false);
  const send = async () => {
    if (reason.trim().length < 3) {
      setErrors([{ text: "Say what should be looked at again", fieldId: "return-reason" }]);
      return;
    }
    setBusy(true);
    try {
      await onReturn(reason.trim());
    } catch (error) {
      setErrors([{ text: refusalOf(error).title }]);
      setBusy(false);
    }
  };
  return (
    <FormDialog
      title={`Return to ${name}`}
      onClose={onClose}
      act="Return with this reason"
      busy={busy}
      errors={errors}
      onSubmit={send}
    >
      <TextArea
        id="return-reason"
        label="What should be looked at again?"
        hint="The trainee reads this with the episode. Name the line and the standard."
        error={errors[0]?.fieldId ? errors[0].text : undefined}
        value={reason}
        maxLength={2000}
        onChange={(event) => setReason(event.target.value)}
        data-autofocus=""
      />
    </FormDialog>
  );
}
