import { Button } from "@/kit/button.tsx";
import { Dialog } from "@/kit/dialog.tsx";
import { countDifferences, diffContent } from "@/parts/coding/diff.ts";
import type { Content } from "@/parts/coding/grid.ts";
import { Compare } from "./compare.tsx";
import { type Conflict, factWords } from "./conflict.ts";

/** Somebody saved first, or the PAS changed the episode. Nothing is chosen for the coder, and nothing typed is lost. */
export function ConflictDialog({
  conflict,
  mine,
  on,
  onMine,
  onTheirs,
  onBoth,
}: {
  conflict: Conflict;
  mine: Content;
  on: string;
  onMine: () => void;
  onTheirs: () => void;
  onBoth: () => void;
}) {
  const { theirs } = conflict;
  // A draft is one person's own: the other side is not somebody else.
  const own = conflict.of === "draft";
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
            {own ? "Keep this window’s" : "Keep mine"}
          </Button>
          {theirs && number > 0 ? <Button onClick={onBoth}>Keep both</Button> : null}
          {theirs ? <Button onClick={onTheirs}>{own ? "Take your other window’s" : "Take theirs"}</Button> : null}
        </>
      }
    >
      <p>
        {conflict.who}.{" "}
        {theirs
          ? `${number === 0 ? "The codes are the same." : `${number} ${number === 1 ? "line differs" : "lines differ"}. Keep both takes ${own ? "your other window’s" : "their"} lines and adds those that only ${own ? "this window has" : "you have"}.`} Whatever you choose, Ctrl+Z brings back what stands here.`
          : "Your lines are kept: look whether they still hold, then submit again."}
      </p>
      {conflict.facts.length > 0 ? (
        <ul>
          {conflict.facts.map((fact) => (
            <li key={fact.label}>{factWords(fact)}</li>
          ))}
        </ul>
      ) : null}
      {diff ? (
        <Compare
          diff={diff}
          mine={own ? "This window" : "Mine"}
          theirs={own ? "Your other window" : "Theirs"}
          on={on}
        />
      ) : null}
    </Dialog>
  );
}
