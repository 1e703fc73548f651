// The code grid as a state machine: lines of diagnoses and procedures, where the cursor is, what is being typed, and
// how to go back. No React and no server here: the page renders this, and the tests read like a coder's keystrokes.

import { dayBeside } from "@/kit/dates.ts";
import { dotted, type ListName, ONE } from "./codes.ts";
import type { PastedLine } from "./paste.ts";

export interface Line {
  /** Stays with the line when it moves, so that checks, titles and focus stay with it too. */
  readonly key: number;
  /** Bare code, or null for pasted text that could not be read: kept, shown as an error, never submitted. */
  readonly code: string | null;
  readonly raw: string;
  /** The day of a procedure; always null for a diagnosis. */
  readonly on: string | null;
  /** The day was filled in from the first of a stay of several, and nobody has said that it is the right one. */
  readonly proposed?: true;
}

export type Lists = Readonly<Record<ListName, readonly Line[]>>;
export type Column = "code" | "date";

export interface Place {
  /** Equal to the number of lines on the row where the next code is added. */
  readonly row: number;
  readonly col: Column;
}

/** A cell that is open for typing: a line's code or date, or a new line before `row`. */
export interface Editing {
  readonly list: ListName;
  readonly row: number;
  readonly kind: "code" | "date" | "insert";
  readonly text: string;
  /** A date that could not be read stands here: the one before counts no more, and none counts yet. */
  readonly unread?: true;
}

export interface Grid {
  readonly lists: Lists;
  readonly past: readonly Lists[];
  readonly future: readonly Lists[];
  readonly list: ListName;
  readonly at: Readonly<Record<ListName, Place>>;
  readonly editing: Editing | null;
  /** What stands in the field on each list's last row, not picked yet. */
  readonly adding: Readonly<Record<ListName, string>>;
  readonly start: string;
  readonly end: string;
  readonly lastDay: string | null;
  readonly nextKey: number;
  /** What of the last paste is no code: named until it is dismissed or undone. */
  readonly notTaken: { readonly list: ListName; readonly texts: readonly string[] } | null;
  /** For the polite live region; the number makes an equal sentence count as said again. */
  readonly said: { readonly text: string; readonly n: number };
}

export interface WireLine {
  readonly code: string;
  readonly on?: string | null;
}

export interface Content {
  readonly diagnoses: readonly WireLine[];
  readonly procedures: readonly WireLine[];
}

export type Arrow = "up" | "down" | "left" | "right" | "home" | "end" | "first" | "last";

export type Action =
  | { type: "go"; list: ListName; row: number; col?: Column }
  | { type: "arrow"; to: Arrow }
  | { type: "edit"; text?: string }
  | { type: "type"; list: ListName; text: string }
  | { type: "cancel" }
  | { type: "insert" }
  | { type: "pick"; list: ListName; code: string }
  | { type: "setDay"; on: string }
  | { type: "confirmDay" }
  | { type: "unreadDay" }
  | { type: "clearDay" }
  | { type: "delete" }
  | { type: "shift"; by: -1 | 1 }
  | { type: "primary" }
  | { type: "paste"; list: ListName; lines: readonly PastedLine[]; left?: readonly string[] }
  | { type: "noticed" }
  | { type: "copy"; list: ListName; lines: readonly WireLine[]; from: string }
  | { type: "replace"; content: Content; said: string; leftover?: Leftover }
  | { type: "undo" }
  | { type: "redo" };

export const LISTS: readonly ListName[] = ["diagnoses", "procedures"];
const KEPT_STEPS = 200;

/** What was left half done: text in the search fields, and pasted text that is not a code, with where it stood. */
export interface Leftover {
  readonly adding: Readonly<Record<ListName, string>>;
  readonly unreadable: readonly {
    readonly list: ListName;
    readonly row: number;
    readonly raw: string;
    readonly on: string | null;
  }[];
  /** The rows of procedures whose day was filled in and is not confirmed. */
  readonly proposed?: readonly number[];
}

/**
 * A grid filled from the server's codes, with nothing to undo and the cursor on the first empty diagnosis line. Within
 * one day, or without an `end`, the day of a procedure needs no confirming.
 */
export function openGrid(content: Content, start: string, leftover?: Leftover, end: string = start): Grid {
  let nextKey = 1;
  const fill = (list: ListName): Line[] =>
    content[list].map(({ code, on }) => ({
      key: nextKey++,
      code,
      raw: code,
      on: list === "procedures" ? (on ?? null) : null,
    }));
  const lists = { diagnoses: fill("diagnoses"), procedures: fill("procedures") };
  for (const { list, row, raw, on } of leftover?.unreadable ?? []) {
    lists[list].splice(row, 0, { key: nextKey++, code: null, raw, on: list === "procedures" ? on : null });
  }
  for (const row of leftover?.proposed ?? []) {
    const line = lists.procedures[row];
    if (line?.on) lists.procedures[row] = { ...line, proposed: true };
  }
  return {
    lists,
    past: [],
    future: [],
    list: "diagnoses",
    at: {
      diagnoses: { row: lists.diagnoses.length, col: "code" },
      procedures: { row: lists.procedures.length, col: "code" },
    },
    editing: null,
    adding: leftover?.adding ?? { diagnoses: "", procedures: "" },
    start,
    end,
    lastDay: lists.procedures.findLast((line) => !line.proposed)?.on ?? null,
    nextKey,
    notTaken: null,
    said: { text: "", n: 0 },
  };
}

export function reduce(grid: Grid, action: Action): Grid {
  switch (action.type) {
    case "go":
      return place({ ...grid, editing: null }, action.list, action.row, action.col ?? "code");
    case "arrow":
      return arrow(grid, action.to);
    case "edit":
      return edit(grid, action.text);
    case "type":
      return grid.editing?.list === action.list
        ? { ...grid, editing: { ...grid.editing, text: action.text } }
        : { ...grid, adding: { ...grid.adding, [action.list]: action.text } };
    case "cancel":
      return cancel(grid);
    case "insert":
      return {
        ...grid,
        editing: isAddRow(grid) ? null : { list: grid.list, row: here(grid).row, kind: "insert", text: "" },
      };
    case "pick":
      return pick(grid, action.list, action.code);
    case "setDay":
      return setDay(grid, action.on);
    case "confirmDay":
      return confirmDay(grid);
    case "unreadDay":
      return grid.editing?.kind === "date" ? { ...grid, editing: { ...grid.editing, unread: true } } : grid;
    case "clearDay":
      return clearDay(grid);
    case "delete":
      return remove(grid);
    case "shift":
      return shift(grid, action.by);
    case "primary":
      return primary(grid);
    case "paste":
      return paste(grid, action.list, action.lines, action.left ?? []);
    case "noticed":
      return { ...grid, notTaken: null };
    case "copy":
      return copy(grid, action.list, action.lines, action.from);
    case "replace":
      return replace(grid, action.content, action.said, action.leftover);
    case "undo":
      return undo(grid);
    case "redo":
      return redo(grid);
  }
}

/** Where the cursor is in its list. */
export function here(grid: Grid): Place {
  return grid.at[grid.list];
}

/** The line under the cursor; undefined on the row where the next code is added. */
export function lineHere(grid: Grid): Line | undefined {
  return grid.lists[grid.list][here(grid).row];
}

export function isAddRow(grid: Grid): boolean {
  return here(grid).row >= grid.lists[grid.list].length;
}

/** The day that a new procedure gets: the one typed last, else the episode's first. */
export function defaultDay(grid: Grid): string {
  return grid.lastDay ?? grid.start;
}

// --- moving about

function place(grid: Grid, list: ListName, row: number, col: Column): Grid {
  const lines = grid.lists[list].length;
  const inside = Math.max(0, Math.min(row, lines));
  // The last row has only its search field, and a diagnosis has no date.
  const column = list === "procedures" && inside < lines ? col : "code";
  return { ...grid, list, at: { ...grid.at, [list]: { row: inside, col: column } } };
}

function arrow(grid: Grid, to: Arrow): Grid {
  const { list } = grid;
  const { row, col } = here(grid);
  const last = grid.lists[list].length;
  switch (to) {
    case "up":
      if (row > 0) return place(grid, list, row - 1, col);
      return list === "procedures" ? place(grid, "diagnoses", grid.lists.diagnoses.length, "code") : grid;
    case "down":
      if (row < last) return place(grid, list, row + 1, col);
      return list === "diagnoses" ? place(grid, "procedures", 0, "code") : grid;
    case "left":
    case "home":
      return place(grid, list, row, "code");
    case "right":
    case "end":
      return place(grid, list, row, "date");
    case "first":
      return place(grid, list, 0, "code");
    case "last":
      return place(grid, list, last, "code");
  }
}

// --- typing

function edit(grid: Grid, text: string | undefined): Grid {
  const line = lineHere(grid);
  const { row, col } = here(grid);
  if (!line) return text === undefined ? grid : { ...grid, adding: { ...grid.adding, [grid.list]: text } };
  const kind = col === "date" ? "date" : "code";
  const before = kind === "date" ? typedDay(line.on) : line.code === null ? line.raw : dotted(line.code);
  return { ...grid, editing: { list: grid.list, row, kind, text: text ?? before } };
}

function cancel(grid: Grid): Grid {
  if (grid.editing) return { ...grid, editing: null };
  return { ...grid, adding: { ...grid.adding, [grid.list]: "" } };
}

function pick(grid: Grid, list: ListName, code: string): Grid {
  const lines = grid.lists[list];
  const open = grid.editing?.list === list && grid.editing.kind !== "date" ? grid.editing : null;
  const said = (row: number, line?: Line) =>
    `${dotted(code)}, ${ONE[list]} ${row + 1}${line?.proposed && line.on ? `, date ${dayBeside(line.on, grid.start)} proposed` : ""}`;
  if (open?.kind === "code") {
    const line = lines[open.row];
    if (!line) return { ...grid, editing: null };
    const changed =
      line.code === code ? grid : change(grid, list, with_(lines, open.row, { ...line, code, raw: code }));
    return say(place({ ...changed, editing: null }, list, open.row + 1, "code"), said(open.row));
  }
  const row = open ? open.row : lines.length;
  const line: Line = { key: grid.nextKey, code, raw: code, ...dayFor(grid, list) };
  const changed = change(grid, list, [...lines.slice(0, row), line, ...lines.slice(row)]);
  const cleared = open ? changed.adding : { ...changed.adding, [list]: "" };
  const next = { ...changed, nextKey: grid.nextKey + 1, editing: null, adding: cleared };
  return say(place(next, list, row + 1, "code"), said(row, line));
}

function setDay(grid: Grid, on: string): Grid {
  const { list } = grid;
  const { row } = here(grid);
  const line = grid.lists[list][row];
  if (list !== "procedures" || !line) return { ...grid, editing: null };
  const { proposed, ...own } = line;
  const changed = line.on === on && !proposed ? grid : change(grid, list, with_(grid.lists[list], row, { ...own, on }));
  const last = row + 1 >= grid.lists[list].length;
  // Enter goes to the next row: to its date, or to the empty line when this was the last.
  return place({ ...changed, editing: null, lastDay: on }, list, row + 1, last ? "code" : "date");
}

/** Says that the day which was filled in is the right one; new lines follow it. */
function confirmDay(grid: Grid): Grid {
  const line = lineHere(grid);
  if (grid.list !== "procedures" || !line?.proposed || line.on === null) return grid;
  return say(setDay(grid, line.on), `Date of ${name(line)} confirmed, ${dayBeside(line.on, grid.start)}`);
}

/** Takes a procedure's day away; the cursor stays, and what was there comes back with undo. */
function clearDay(grid: Grid): Grid {
  const { list } = grid;
  const { row } = here(grid);
  const line = grid.lists[list][row];
  if (list !== "procedures" || !line || line.on === null) return { ...grid, editing: null };
  const { proposed: _, ...own } = line;
  const changed = change(grid, list, with_(grid.lists[list], row, { ...own, on: null }));
  return say({ ...changed, editing: null }, `Date of ${name(line)} removed. Undo with Control Z.`);
}

/** A day as a coder types it: `12/11/2026`. */
export function typedDay(on: string | null): string {
  return on === null ? "" : on.split("-").reverse().join("/");
}

// --- order

function remove(grid: Grid): Grid {
  const { list } = grid;
  const { row, col } = here(grid);
  const line = lineHere(grid);
  if (!line) return grid;
  const changed = change(
    grid,
    list,
    grid.lists[list].filter((other) => other !== line),
  );
  return say(place({ ...changed, editing: null }, list, row, col), `${name(line)} deleted. Undo with Control Z.`);
}

function shift(grid: Grid, by: -1 | 1): Grid {
  const { list } = grid;
  const { row, col } = here(grid);
  const line = lineHere(grid);
  const target = row + by;
  if (!line || target < 0 || target >= grid.lists[list].length) return grid;
  return moveLine(grid, list, row, target, col, `${name(line)} is now ${ONE[list]} ${target + 1}`);
}

function primary(grid: Grid): Grid {
  const line = lineHere(grid);
  const { row, col } = here(grid);
  if (!line || row === 0) return grid;
  return moveLine(grid, grid.list, row, 0, col, `${name(line)} is now the primary ${ONE[grid.list]}`);
}

function moveLine(grid: Grid, list: ListName, from: number, to: number, col: Column, said: string): Grid {
  const lines = [...grid.lists[list]];
  const [line] = lines.splice(from, 1);
  if (!line) return grid;
  lines.splice(to, 0, line);
  return say(place({ ...change(grid, list, lines), editing: null }, list, to, col), said);
}

// --- many lines at once

function paste(grid: Grid, list: ListName, pasted: readonly PastedLine[], left: readonly string[]): Grid {
  if (pasted.length === 0) return grid;
  const lines = grid.lists[list];
  const open = grid.editing?.list === list ? grid.editing : null;
  const row = open ? open.row : grid.list === list ? here(grid).row : lines.length;
  let nextKey = grid.nextKey;
  let day: string | null = null;
  const fresh = pasted.map((line): Line => {
    day = line.on ?? day;
    const own = day !== null && list === "procedures" ? { on: day } : dayFor(grid, list);
    return { key: nextKey++, code: line.code, raw: line.raw, ...own };
  });
  const changed = change(grid, list, [...lines.slice(0, row), ...fresh, ...lines.slice(row)]);
  const bad = fresh.filter((line) => line.code === null).length;
  const typedDay = pasted.some((line) => line.on !== null) && list === "procedures" ? day : grid.lastDay;
  const texts = [...fresh.filter((line) => line.code === null).map((line) => line.raw), ...left];
  const notTaken = texts.length > 0 ? { list, texts } : null;
  const adding = { ...changed.adding, [list]: "" };
  const next = { ...changed, nextKey, editing: null, lastDay: typedDay, notTaken, adding };
  const outside = left.length > 0 ? ` Left out: ${left.join(", ")}.` : "";
  const said = `${fresh.length} ${fresh.length === 1 ? "line" : "lines"} pasted${bad > 0 ? `, ${bad} not readable` : ""}.${outside} Undo with Control Z.`;
  return say(place(next, list, row + fresh.length, "code"), said);
}

function copy(grid: Grid, list: ListName, wanted: readonly WireLine[], from: string): Grid {
  const have = new Set(grid.lists[list].map((line) => line.code));
  const missing = wanted.filter(({ code }) => !have.has(code) && have.add(code));
  if (missing.length === 0)
    return say(
      grid,
      wanted.length === 1 ? `${dotted(wanted[0]?.code ?? "")} is here already` : "All of them are here already",
    );
  let nextKey = grid.nextKey;
  const fresh = missing.map(({ code }): Line => ({ key: nextKey++, code, raw: code, ...dayFor(grid, list) }));
  const next = { ...change(grid, list, [...grid.lists[list], ...fresh]), nextKey, editing: null };
  return say(next, `${fresh.map(name).join(", ")} added from ${from}`);
}

function replace(grid: Grid, content: Content, said: string, leftover?: Leftover): Grid {
  const reopened = openGrid(content, grid.start, leftover, grid.end);
  const keyed = (list: ListName) => reopened.lists[list].map((line) => ({ ...line, key: line.key + grid.nextKey }));
  const lists = { diagnoses: keyed("diagnoses"), procedures: keyed("procedures") };
  const next: Grid = {
    ...grid,
    lists,
    past: remember(grid),
    future: [],
    editing: null,
    adding: leftover?.adding ?? grid.adding,
    nextKey: grid.nextKey + reopened.nextKey,
  };
  return say(place(next, "diagnoses", lists.diagnoses.length, "code"), said);
}

// --- going back

function change(grid: Grid, list: ListName, lines: readonly Line[]): Grid {
  return { ...grid, lists: { ...grid.lists, [list]: lines }, past: remember(grid), future: [] };
}

function remember(grid: Grid): readonly Lists[] {
  return [...grid.past, grid.lists].slice(-KEPT_STEPS);
}

function undo(grid: Grid): Grid {
  const before = grid.past.at(-1);
  if (!before) return say(grid, "Nothing to undo");
  const next = {
    ...grid,
    lists: before,
    past: grid.past.slice(0, -1),
    future: [grid.lists, ...grid.future],
    editing: null,
    notTaken: null,
  };
  return say(toFirstDifference(next, grid.lists), "Undone");
}

function redo(grid: Grid): Grid {
  const [after, ...rest] = grid.future;
  if (!after) return say(grid, "Nothing to redo");
  const next = { ...grid, lists: after, past: [...grid.past, grid.lists], future: rest, editing: null };
  return say(toFirstDifference(next, grid.lists), "Done again");
}

/** After going back, the cursor stands where something changed, so that the coder sees what it was. */
function toFirstDifference(grid: Grid, before: Lists): Grid {
  for (const list of LISTS) {
    const [now, was] = [grid.lists[list], before[list]];
    for (let row = 0; row < Math.max(now.length, was.length); row++) {
      if (now[row] !== was[row])
        return place(
          grid,
          list,
          row,
          now[row]?.key === was[row]?.key && now[row]?.on !== was[row]?.on ? "date" : "code",
        );
    }
  }
  return place(grid, grid.list, here(grid).row, here(grid).col);
}

// --- small things

function with_(lines: readonly Line[], row: number, line: Line): Line[] {
  return lines.map((other, at) => (at === row ? line : other));
}

/** The day of a new line. The first of a stay of several is only a proposal; one that was typed before is followed. */
function dayFor(grid: Grid, list: ListName): Pick<Line, "on" | "proposed"> {
  if (list !== "procedures") return { on: null };
  const guessed = grid.lastDay === null && grid.end !== grid.start;
  return { on: defaultDay(grid), ...(guessed ? { proposed: true } : {}) };
}

function name(line: Line): string {
  return line.code === null ? line.raw : dotted(line.code);
}

function say(grid: Grid, text: string): Grid {
  return { ...grid, said: { text, n: grid.said.n + 1 } };
}
