// A pasted list of codes, from a letter, a Word list, a spreadsheet or a CDS line, as grid lines.
// Whatever cannot be read is kept as a visible error, and whatever is left out is named: nothing pasted disappears.

import { readDay } from "@/kit/read-day.ts";
import { bareCode, type ListName, SYSTEM_OF, type System } from "./codes.ts";
import { readExcelDay } from "./days.ts";

export type PastedLine =
  | { readonly code: string; readonly on: string | null; readonly raw: string }
  | { readonly code: null; readonly on: string | null; readonly raw: string };

export interface Pasted {
  /** In the order in which they were pasted. */
  readonly lines: readonly PastedLine[];
  /** What stood beside the codes and was taken neither as a code nor as a code's title. */
  readonly left: readonly string[];
}

const MARKS = /^[\s"'“”‘’([{•·▪◦–—*-]+|[\s"'“”‘’)\]},;:|]+$/g;
const SEQUENCE = /^(?:\d{1,2}[.):]?|[#]\d{1,2}|DIAG_\d\d|OPERTN_\d\d)$/i;
const WRITTEN_DAY =
  /\b(\d{1,2})(?:st|nd|rd|th)?[ -](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[ ,-]+(\d{4}|\d{2})\b/gi;

/** Every code on every line, and what was left out. `near` completes dates without a year. */
export function readPaste(text: string, list: ListName, near: string): Pasted {
  const system = SYSTEM_OF[list];
  const rows = text
    .replace(/\u00a0/g, " ")
    .split(/\r\n|[\r\n\v\f\u2028]/)
    .flatMap((row) => (row.trim() === "" ? [] : [readRow(row, system, near)]));
  return together(rows);
}

/** True when the text is more than one thing, so that typing it means a paste and not a search. */
export function isList(text: string, list: ListName, near: string): boolean {
  const { lines, left } = readPaste(text, list, near);
  return lines.length > 1 && left.length === 0 && lines.every((line) => line.code !== null);
}

function together(parts: readonly Pasted[]): Pasted {
  return { lines: parts.flatMap((part) => part.lines), left: parts.flatMap((part) => part.left) };
}

function readRow(row: string, system: System, near: string): Pasted {
  if (row.includes("\t")) {
    const cells = row
      .split("\t")
      .map(clean)
      .filter((cell) => cell !== "");
    if (cells.some((cell) => codeOf(cell, system) !== null)) return readCells(cells, system, near);
  }
  const tokens = tokensOf(row);
  if (!isProse(tokens, near)) return readCells(tokens, system, near);
  const parts = row.split(/[,;|]/).filter((part) => clean(part) !== "");
  // "E11.9 Type 2 diabetes, stage 3" is one code and its title; "E11.9, Z92.1; I10" is a list of codes.
  const coded = parts.filter((part) => tokensOf(part).some((token) => codeOf(token, system) !== null));
  return coded.length > 1 ? readParts(parts, system, near) : readProse(row, system, near);
}

function tokensOf(row: string): string[] {
  return row
    .replace(WRITTEN_DAY, (_, day: string, month: string, year: string) => `${day}-${month.slice(0, 3)}-${year}`)
    .split(/[\s,;|]+/)
    .map(clean)
    .filter((token) => token !== "");
}

function isProse(tokens: readonly string[], near: string): boolean {
  return tokens.some((token) => /^[A-Za-z]{2,}[a-z'’-]*$/.test(token) && readDay(token, near) === null);
}

/** Cells or bare tokens: each code is a line, a date belongs to the code before it (or the first one after it). */
function readCells(cells: readonly string[], system: System, near: string): Pasted {
  const lines: PastedLine[] = [];
  const left: string[] = [];
  let early: string | null = null;
  cells.forEach((cell, at) => {
    const code = codeOf(cell, system);
    if (code !== null) {
      lines.push({ code, on: early, raw: cell });
      early = null;
      return;
    }
    const first = at === 0 && cells.length > 1;
    if (first && SEQUENCE.test(cell)) return;
    const day = dayOf(cell, near);
    if (day !== null) {
      const last = lines.at(-1);
      if (last && last.on === null) lines[lines.length - 1] = { ...last, on: day };
      else early = day;
    } else if (!SEQUENCE.test(cell) && !/\s/.test(cell) && /\d/.test(cell)) {
      // A wrong code ("E1l9", "I21.45.6") is shown for mending; a title beside a code is not.
      lines.push({ code: null, on: early, raw: cell });
      early = null;
    } else if (/\s/.test(cell) && tokensOf(cell).every((token) => codeOf(token, system) !== null)) {
      // Several codes in one cell of a spreadsheet.
      for (const token of tokensOf(cell)) lines.push({ code: codeOf(token, system) ?? "", on: early, raw: token });
      early = null;
    } else left.push(...tokensOf(cell).filter((token) => codeOf(token, system) !== null));
  });
  if (lines.length > 0) return { lines, left };
  return { lines: cells.length > 0 ? [{ code: null, on: null, raw: cells.join(" ") }] : [], left: [] };
}

/** "E11.9, Z92.1; junk": each part is a code of its own, and a part that is none stays as an error where it stood. */
function readParts(parts: readonly string[], system: System, near: string): Pasted {
  let titled = false;
  return together(
    parts.map((part) => {
      const tokens = tokensOf(part);
      const coded = tokens.some((token) => codeOf(token, system) !== null);
      // Words after a code that had words already go on with its title: "E11.9 Diabetes, stage 3, I10 Hypertension".
      if (!coded && titled && isProse(tokens, near)) return { lines: [], left: [part.trim()] };
      titled = coded && isProse(tokens, near);
      return titled || (!coded && isProse(tokens, near))
        ? readProse(part, system, near)
        : readCells(tokens, system, near);
    }),
  );
}

/**
 * "2. E11.9 Type 2 diabetes" or "Type 2 diabetes E11.9": one line a code, words are its title. Codes written one after
 * another, or with a point, are codes each; three characters amid words ("vitamin B12") may be no code, and are named.
 */
function readProse(row: string, system: System, near: string): Pasted {
  const tokens = tokensOf(row);
  const body = tokens.filter((token, at) => !(at === 0 && SEQUENCE.test(token)));
  const found = body.flatMap((token, at) => (codeOf(token, system) === null ? [] : [at]));
  const aside = new Set([...row.matchAll(/[([]([^)\]]*)[)\]]/g)].flatMap((match) => tokensOf(match[1] ?? "")));
  const chosen: number[] = [];
  for (const at of found) {
    const token = body[at] ?? "";
    const next = chosen.length > 0 && chosen.at(-1) === at - 1;
    if (at === 0 || next || (token.length > 3 && !aside.has(token))) chosen.push(at);
  }
  const only = found.at(-1);
  if (chosen.length === 0 && only !== undefined) chosen.push(only);
  if (chosen.length === 0) return { lines: [{ code: null, on: null, raw: row.trim().slice(0, 80) }], left: [] };
  const lines = chosen.map((at, nth): PastedLine => {
    // A procedure's day stands after its code, or, when the row has one code, anywhere.
    const words = chosen.length === 1 ? body : body.slice(at, chosen[nth + 1]);
    const on = words.map((token) => fullDayOf(token, near)).find((day) => day !== null) ?? null;
    return { code: codeOf(body[at] ?? "", system) ?? "", on: system === "opcs4" ? on : null, raw: body[at] ?? "" };
  });
  return { lines, left: found.filter((at) => !chosen.includes(at)).map((at) => body[at] ?? "") };
}

function clean(token: string): string {
  const trailing = /[†*+]$/.exec(token)?.[0] ?? "";
  return trailing && /\d[XDA]?[†*+]$/i.test(token) ? token.replace(/^[\s"'“([{•·–—*-]+/, "") : token.replace(MARKS, "");
}

function codeOf(token: string, system: System): string | null {
  // A word such as "TIA" or a lone letter is no code; a capital, two digits is.
  return /^[A-Za-z]\d\d/.test(token) ? bareCode(token, system) : null;
}

function fullDayOf(token: string, near: string): string | null {
  return token.length >= 6 ? readDay(token, near) : null;
}

function dayOf(token: string, near: string): string | null {
  return (
    fullDayOf(token, near) ?? readExcelDay(token) ?? (/^\d{1,2}[/]\d{1,2}$/.test(token) ? readDay(token, near) : null)
  );
}
