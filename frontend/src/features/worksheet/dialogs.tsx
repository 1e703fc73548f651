import { useState } from "react";
import { Button } from "@/kit/button.tsx";
import { Dialog } from "@/kit/dialog.tsx";
import { TextArea } from "@/kit/field.tsx";
import { Banner, refusalOf } from "@/kit/states.tsx";

/** Asks once for a reason, and does it. */
export function ReasonDialog({
  title,
  hint,
  label,
  act,
  danger,
  onAct,
  onClose,
}: {
  title: string;
  hint: string;
  label: string;
  act: string;
  danger?: boolean;
  onAct: (reason: string) => Promise<void>;
  onClose: () => void;
}) {
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | undefined>();
  const [problem, setProblem] = useState<unknown>(null);
  const send = async () => {
    if (reason.trim().length < 3) return setError("Say why, in a few words");
    setBusy(true);
    try {
      await onAct(reason.trim());
    } catch (refused) {
      setProblem(refused);
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={title}
      size="small"
      onClose={onClose}
      foot={
        <>
          <Button look={danger ? "danger" : "primary"} busy={busy} onClick={send}>
            {act}
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </>
      }
    >
      {problem ? <Banner kind="error">{refusalOf(problem).title}</Banner> : null}
      <TextArea
        label={label}
        hint={hint}
        error={error}
        value={reason}
        maxLength={500}
        data-autofocus
        onChange={(event) => setReason(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !event.ctrlKey) return;
          event.preventDefault();
          void send();
        }}
      />
    </Dialog>
  );
}
