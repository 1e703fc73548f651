// A pasted list of codes, from a letter, a Word list, a spreadsheet or a CDS line, as grid lines.
// Whatever cannot be read is kept as a visible error: nothing that was pasted disappears.

import { bareCode, type ListName, SYSTEM_OF, type System } from "./codes.ts";
import { readDay, readExcelDay } from "./days.ts";

export type PastedLine =
  | { readonly code: string; readonly on: string | null; readonly raw: string }
  | { readonly code: null; readonly on: string | null; readonly raw: string };

const MARKS = /^[\s"'“”‘’([{•·▪◦–—*-]+|[\s"'“”‘’)\]},;:|]+$/g;
const SEQUENCE = /^(?:\d{1,2}[.):]?|[#]\d{1,2}|DIAG_\d\d|OPERTN_\d\d)$/i;
const WRITTEN_DAY =
  /\b(\d{1,2})(?:st|nd|rd|th)?[ -](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[ ,-]+(\d{4}|\d{2})\b/gi;

/** Lines in the order in which they were pasted. `near` completes dates without a year. */
export function readPaste(text: string, list: ListName, near: string): PastedLine[] {
  const system = SYSTEM_OF[list];
  return text
    .replace(/\u00a0/g, " ")
    .split(/\r\n|[\r\n\v\f\u2028]/)
    .flatMap((row) => (row.trim() === "" ? [] : readRow(row, system, near)));
}

/** True when the text is more than one thing, so that typing it means a paste and not a search. */
export function isList(text: string, list: ListName, near: string): boolean {
  const lines = readPaste(text, list, near);
  return lines.length > 1 && lines.every((line) => line.code !== null);
}

function readRow(row: string, system: System, near: string): PastedLine[] {
  if (row.includes("\t")) {
    const cells = row
      .split("\t")
      .map(clean)
      .filter((cell) => cell !== "");
    if (cells.some((cell) => codeOf(cell, system) !== null)) return readCells(cells, system, near);
  }
  const tokens = row
    .replace(WRITTEN_DAY, (_, day: string, month: string, year: string) => `${day}-${month.slice(0, 3)}-${year}`)
    .split(/[\s,;|]+/)
    .map(clean)
    .filter((token) => token !== "");
  const prose = tokens.some((token) => /^[A-Za-z]{2,}[a-z'’-]*$/.test(token) && readDay(token, near) === null);
  return prose ? readProse(row, tokens, system, near) : readCells(tokens, system, near);
}

/** Cells or bare tokens: each code is a line, a date belongs to the code before it (or the first one after it). */
function readCells(cells: string[], system: System, near: string): PastedLine[] {
  const lines: PastedLine[] = [];
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
    }
  });
  return lines.length > 0 ? lines : cells.length > 0 ? [{ code: null, on: null, raw: cells.join(" ") }] : [];
}

/** "2. E11.9 Type 2 diabetes" or "Type 2 diabetes E11.9": one line a row, words are its title. */
function readProse(row: string, tokens: string[], system: System, near: string): PastedLine[] {
  const body = tokens.filter((token, at) => !(at === 0 && SEQUENCE.test(token)));
  const codes = body.filter((token) => codeOf(token, system) !== null);
  const first = body[0];
  const chosen = first !== undefined && codeOf(first, system) !== null ? first : codes.at(-1);
  const code = chosen === undefined ? null : codeOf(chosen, system);
  const on =
    system === "opcs4" ? (body.map((token) => fullDayOf(token, near)).find((day) => day !== null) ?? null) : null;
  return code === null ? [{ code: null, on, raw: row.trim().slice(0, 80) }] : [{ code, on, raw: chosen ?? "" }];
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
