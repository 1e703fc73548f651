// What is asked of a grid from outside: what the server takes, what the checks see, what is not finished in it.

import type { ListName } from "./codes.ts";
import { type Grid, LISTS, type Line, type Lists, typedDay } from "./grid.ts";

/** What the server takes, with the keys of the lines that were sent, in the same order. */
export function toWire(lists: Lists): {
  diagnoses: { code: string }[];
  procedures: { code: string; on: string | null }[];
  keys: Record<ListName, number[]>;
} {
  const readable = (list: ListName) => lists[list].filter((line) => line.code !== null);
  return {
    diagnoses: readable("diagnoses").map((line) => ({ code: line.code ?? "" })),
    procedures: readable("procedures").map((line) => ({ code: line.code ?? "", on: line.on })),
    keys: {
      diagnoses: readable("diagnoses").map((line) => line.key),
      procedures: readable("procedures").map((line) => line.key),
    },
  };
}

/** The lines whose day was filled in and is not confirmed. */
export function proposedDays(lists: Lists): { row: number; line: Line }[] {
  return lists.procedures.flatMap((line, row) => (line.proposed ? [{ row, line }] : []));
}

/** What stands in a date that is open for typing, when it is another than the line has. */
export function typingDay(grid: Grid): string {
  const open = grid.editing;
  if (open?.kind !== "date") return "";
  const text = open.text.trim();
  return text === typedDay(grid.lists[open.list][open.row]?.on ?? null) ? "" : text;
}

/** The line whose date is open and could not be read. */
export function unreadDay({ editing, lists }: Grid): number | null {
  return editing?.unread ? (lists[editing.list][editing.row]?.key ?? null) : null;
}

/**
 * What the checks are asked: every line, also what is not a code, so that their line numbers are those of the page. The
 * line `undated` has a date that could not be read: what was found of the one before holds no more.
 */
export function toCheck(
  lists: Lists,
  undated: number | null = null,
): {
  diagnoses: { code: string }[];
  procedures: { code: string; on: string | null }[];
  keys: Record<ListName, number[]>;
} {
  const code = (line: Line) => (line.code ?? line.raw).slice(0, 40);
  return {
    diagnoses: lists.diagnoses.map((line) => ({ code: code(line) })),
    procedures: lists.procedures.map((line) => ({ code: code(line), on: line.key === undated ? null : line.on })),
    keys: { diagnoses: lists.diagnoses.map((line) => line.key), procedures: lists.procedures.map((line) => line.key) },
  };
}

/** The lines that hold text that is not a code: they must be mended before anything is submitted. */
export function unreadable(lists: Lists): { list: ListName; row: number; line: Line }[] {
  return LISTS.flatMap((list) => lists[list].flatMap((line, row) => (line.code === null ? [{ list, row, line }] : [])));
}
