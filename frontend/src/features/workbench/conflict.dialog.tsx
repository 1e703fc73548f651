import { Button } from "@/kit/button.tsx";
import { Dialog } from "@/kit/dialog.tsx";
import { Compare } from "./compare.tsx";
import { countDifferences, diffContent } from "./diff.ts";
import type { Content } from "./grid.ts";

export type Conflict = {
  /** Who saved the other version, and when. */
  who: string;
  theirs: Content;
  version: number;
  of: "draft" | "codes";
};

/** Somebody saved first. Nothing is chosen for the coder, and nothing typed is lost either way. */
export function ConflictDialog({
  conflict,
  mine,
  on,
  onMine,
  onTheirs,
}: {
  conflict: Conflict;
  mine: Content;
  on: string;
  onMine: () => void;
  onTheirs: () => void;
}) {
  const diff = diffContent(mine, conflict.theirs);
  const number = countDifferences(diff);
  return (
    <Dialog
      title="Changed since you opened it"
      size="large"
      closable={false}
      onClose={onMine}
      foot={
        <>
          <Button look="primary" onClick={onMine}>
            Keep mine
          </Button>
          <Button onClick={onTheirs}>Take theirs</Button>
        </>
      }
    >
      <p>
        {conflict.who}.{" "}
        {number === 0 ? "The codes are the same." : `${number} ${number === 1 ? "line differs" : "lines differ"}.`} Keep
        mine goes on with your lines; take theirs puts theirs into the grid, and Ctrl+Z brings yours back.
      </p>
      <Compare diff={diff} mine="Mine" theirs="Theirs" on={on} />
    </Dialog>
  );
}
