// What stands between the codes and a submit, and the way to it: Ctrl+Enter is never a dead end.
import { type Dispatch, useState } from "react";
import type { ListName } from "./codes.ts";
import { columnOf, counts, type Placed, standsBetween } from "./findings.ts";
import type { Action, Column, Grid } from "./grid.ts";
import { proposedDays, typingDay, unreadable } from "./grid-ask.ts";

export function useStanding({
  bench,
  readOnly,
  refusal,
  changeReason,
  reasonField,
  say,
  focusGrid,
}: {
  /** The open grid, what was found of it, and which of that must be answered and is not. */
  bench: { grid: Grid; dispatch: Dispatch<Action>; placed: readonly Placed[]; unanswered: readonly Placed[] };
  readOnly: boolean;
  refusal: string | null;
  /** Why codes that were final change; null where nobody asks for it. */
  changeReason: string | null;
  /** Where that is typed, as a selector. */
  reasonField: string;
  say: (text: string) => void;
  focusGrid: () => void;
}) {
  const { grid, dispatch } = bench;
  const goTo = (list: ListName, row: number, col: Column = "code") => {
    dispatch({ type: "go", list, row, col });
    focusGrid();
  };

  const between = standsBetween({
    refusal,
    unreadable: unreadable(grid.lists).length,
    typing: (grid.editing && grid.editing.kind !== "date"
      ? grid.editing.text
      : grid.adding.diagnoses || grid.adding.procedures
    ).trim(),
    typingDay: typingDay(grid),
    empty: grid.lists.diagnoses.length === 0,
    errors: counts(bench.placed).error,
    unanswered: bench.unanswered.length,
  });
  const standing =
    between ?? (changeReason !== null && changeReason.trim().length < 3 ? "Say why the codes change" : null);

  /** Leads to what stands in the way. */
  const lead = () => {
    say(standing ?? "");
    // What is being typed stays where it is.
    if (grid.editing) return focusGrid();
    const bad = unreadable(grid.lists)[0];
    if (bad) return goTo(bad.list, bad.row);
    const error = bench.placed.find(({ finding }) => finding.severity === "error");
    const key = error?.keys[0];
    if (error && key)
      return goTo(
        key.list,
        grid.lists[key.list].findIndex((line) => line.key === key.key),
        columnOf(error.finding, key.list),
      );
    const field = bench.unanswered[0]
      ? `[data-reason="${CSS.escape(bench.unanswered[0].id)}"]`
      : changeReason !== null
        ? reasonField
        : null;
    if (field) document.querySelector<HTMLElement>(field)?.focus();
    else focusGrid();
  };

  // A day that was filled in is looked at once: confirmed with Enter, or left as it is by submitting again.
  const proposed = readOnly ? [] : proposedDays(grid.lists);
  const proposal = proposed.map(({ line }) => `${line.key} ${line.on}`).join();
  const [seen, setSeen] = useState("");
  const first = proposed[0];

  /** Leads to a day that nobody has confirmed, and says true; the next time it is left as it stands. */
  const asks = (): boolean => {
    if (!first || proposal === seen) return false;
    setSeen(proposal);
    say(`${proposedWords(proposed.length)}. Enter confirms it, submitting again leaves it.`);
    goTo("procedures", first.row, "date");
    return true;
  };
  const note =
    standing !== null || !first
      ? null
      : proposal === seen
        ? `${proposedWords(proposed.length)}: Enter confirms, Ctrl+Enter again leaves it`
        : proposedWords(proposed.length);
  return { standing, note, asks, lead, goTo };
}

/** How many days of procedures were filled in and nobody has confirmed. */
function proposedWords(n: number): string {
  return n === 1 ? "1 date is only proposed" : `${n} dates are only proposed`;
}
