import { Button } from "@/kit/button.tsx";
import { Dialog } from "@/kit/dialog.tsx";
import { Compare } from "./compare.tsx";
import { type Conflict, factWords } from "./conflict.ts";
import { countDifferences, diffContent } from "./diff.ts";
import type { Content } from "./grid.ts";

/** Somebody saved first, or the PAS changed the episode. Nothing is chosen for the coder, and nothing typed is lost. */
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
  const { theirs } = conflict;
  const diff = theirs && diffContent(mine, theirs);
  const number = diff ? countDifferences(diff) : 0;
  return (
    <Dialog
      title="Changed since you opened it"
      size={diff ? "large" : "medium"}
      closable={false}
      onClose={onMine}
      foot={
        <>
          <Button look="primary" onClick={onMine}>
            Keep mine
          </Button>
          {theirs ? <Button onClick={onTheirs}>Take theirs</Button> : null}
        </>
      }
    >
      <p>
        {conflict.who}.{" "}
        {theirs
          ? `${number === 0 ? "The codes are the same." : `${number} ${number === 1 ? "line differs" : "lines differ"}.`} Keep mine goes on with your lines; take theirs puts theirs into the grid, and Ctrl+Z brings yours back.`
          : "Your lines are kept: look whether they still hold, then submit again."}
      </p>
      {conflict.facts.length > 0 ? (
        <ul>
          {conflict.facts.map((fact) => (
            <li key={fact.label}>{factWords(fact)}</li>
          ))}
        </ul>
      ) : null}
      {diff ? <Compare diff={diff} mine="Mine" theirs="Theirs" on={on} /> : null}
    </Dialog>
  );
}
