import { Button } from "@/kit/button.tsx";
import { instantNear } from "@/kit/dates.ts";
import type { SaveState } from "@/parts/coding/autosave.ts";

export function FootBar({
  saving,
  sent,
  between,
  note = null,
  busy,
  submitWords,
  submitKeys = "Ctrl+Enter",
  hold,
  release,
  giveBack,
  onSubmit,
  onRetry,
}: {
  saving: SaveState;
  /** What was submitted just before, so that it is seen without a pop-up over this bar. */
  sent: string | null;
  between: string | null;
  /** What is good to know before submitting, and stands in nobody's way. */
  note?: string | null;
  busy: boolean;
  submitWords: string;
  submitKeys?: string;
  hold: { refusal: string | null; onPress: () => void } | null;
  release: { refusal: string | null; onPress: () => void } | null;
  giveBack: { refusal: string | null; onPress: () => void } | null;
  onSubmit: () => void;
  onRetry: () => void;
}) {
  return (
    <div className="wb-foot">
      <span className="wb-foot__saved" data-saving={saving.kind}>
        {saveWords(saving, sent)}{" "}
        {saving.kind === "offline" || saving.kind === "refused" ? (
          <Button look="link" small onClick={onRetry}>
            Try now
          </Button>
        ) : null}
      </span>
      {hold ? (
        <Button keys="Alt+H" refusal={hold.refusal} onClick={hold.onPress}>
          Hold
        </Button>
      ) : null}
      {release ? (
        <Button keys="Alt+R" refusal={release.refusal} onClick={release.onPress}>
          Release
        </Button>
      ) : null}
      {giveBack ? (
        <Button keys="Alt+B" refusal={giveBack.refusal} onClick={giveBack.onPress}>
          Return to the trainee
        </Button>
      ) : null}
      <span className="wb-foot__between" id="wb-between">
        {between ?? note}
      </span>
      <Button look="primary" keys={submitKeys} busy={busy} refusal={between} onClick={onSubmit}>
        {submitWords}
      </Button>
    </div>
  );
}

function saveWords(saving: SaveState, sent: string | null): string {
  switch (saving.kind) {
    case "clean":
      return saving.savedAt ? `Saved ${instantNear(saving.savedAt)}` : (sent ?? "Nothing typed yet");
    case "waiting":
    case "saving":
      return "Saving";
    case "offline":
      return "Not saved: no connection. Kept here, and sent when it is back.";
    case "conflict":
      return "Not saved: changed elsewhere";
    case "refused":
      return "Not saved. Your codes are kept on this page.";
  }
}
