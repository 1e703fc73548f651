// A destructive act asks once, names the thing, and says what will happen.
import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Banner, refusalOf } from "./states.tsx";

export function Confirm({
  title,
  children,
  act,
  busy,
  error,
  danger = true,
  refusal,
  onAct,
  onClose,
}: {
  title: string;
  children: ReactNode;
  /** The verb on the button. */
  act: string;
  busy: boolean;
  error: unknown;
  danger?: boolean;
  /** Why the act waits, such as a number that is not typed yet. */
  refusal?: string | null;
  onAct: () => void;
  onClose: () => void;
}) {
  return (
    <Dialog
      title={title}
      size="small"
      onClose={onClose}
      foot={
        <>
          <Button look={danger ? "danger" : "primary"} busy={busy} refusal={refusal} onClick={onAct}>
            {act}
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </>
      }
    >
      <div className="cw-stack">
        {error ? (
          <Banner kind="error">
            <strong>{refusalOf(error).title}.</strong> {refusalOf(error).detail}
          </Banner>
        ) : null}
        <div className="cw-prose">{children}</div>
      </div>
    </Dialog>
  );
}

/** The server's "may I": true, or the sentence that says why not. */
export function whyNot(can: boolean | string): string | null {
  if (can === true) return null;
  return can === false ? "This cannot be done now" : can;
}
