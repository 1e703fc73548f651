// Two versions of the codes side by side, line by line, with what differs in words and not in colour alone.
import { Fragment, useState } from "react";
import { Tag, type Tone } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { dayShort } from "@/kit/dates.ts";
import { dotted, type ListName, SYSTEM_OF } from "@/parts/coding/codes.ts";
import { useCodeTitle } from "@/parts/coding/data.ts";
import { type ContentDiff, type Mark, type Pair, stretches } from "@/parts/coding/diff.ts";
import { LISTS } from "@/parts/coding/grid.ts";

const HEADINGS: Record<ListName, string> = { diagnoses: "Diagnoses", procedures: "Procedures" };

/** What each mark is called, from the point of view of the right-hand side. */
const WORDS: Record<Mark, { words: string; tone: Tone }> = {
  same: { words: "same", tone: "grey" },
  added: { words: "added", tone: "green" },
  removed: { words: "removed", tone: "red" },
  changed: { words: "changed", tone: "amber" },
  moved: { words: "moved", tone: "blue" },
  date: { words: "other date", tone: "amber" },
};

export function Compare({ diff, mine, theirs, on }: { diff: ContentDiff; mine: string; theirs: string; on: string }) {
  return (
    <div className="wb-compare">
      {LISTS.map((list) =>
        diff[list].length === 0 ? null : (
          <table key={list} className="cw-table">
            <caption className="cw-table__caption">{HEADINGS[list]}</caption>
            <thead>
              <tr>
                <th scope="col">{mine}</th>
                <th scope="col">{theirs}</th>
                <th scope="col">Difference</th>
              </tr>
            </thead>
            <tbody>
              {stretches(diff[list]).map((part) => (
                <Fragment key={`${part.pairs[0]?.mine?.row}-${part.pairs[0]?.theirs?.row}`}>
                  {part.same && part.pairs.length > 1 ? (
                    <Folded pairs={part.pairs} list={list} on={on} />
                  ) : (
                    <Rows pairs={part.pairs} list={list} on={on} />
                  )}
                </Fragment>
              ))}
            </tbody>
          </table>
        ),
      )}
    </div>
  );
}

/** Lines that are the same stand in one row, so that the one that differs is seen. */
function Folded(props: { pairs: readonly Pair[]; list: ListName; on: string }) {
  const [shown, setShown] = useState(false);
  if (shown) return <Rows {...props} />;
  return (
    <tr>
      <td colSpan={3}>
        <span className="cw-quiet">{props.pairs.length} lines are the same.</span>{" "}
        <Button look="link" small onClick={() => setShown(true)}>
          Show them
        </Button>
      </td>
    </tr>
  );
}

function Rows({ pairs, list, on }: { pairs: readonly Pair[]; list: ListName; on: string }) {
  return pairs.map((pair) => (
    <tr key={`${pair.mine?.row}-${pair.theirs?.row}`}>
      <td>
        <Side side={pair.mine} list={list} on={on} />
      </td>
      <td>
        <Side side={pair.theirs} list={list} on={on} />
      </td>
      <td>
        <Tag tone={WORDS[pair.mark].tone}>{WORDS[pair.mark].words}</Tag>
      </td>
    </tr>
  ));
}

function Side({ side, list, on }: { side: Pair["mine"]; list: ListName; on: string }) {
  const title = useCodeTitle(SYSTEM_OF[list], side?.code ?? null, on);
  if (!side) return <span className="cw-quiet">not there</span>;
  return (
    <>
      {side.row + 1} <span className="cw-mono">{dotted(side.code)}</span> {title.text}
      {side.on ? <span className="cw-quiet"> {dayShort(side.on)}</span> : null}
    </>
  );
}

export function markWords(mark: Mark): { words: string; tone: Tone } {
  return WORDS[mark];
}
