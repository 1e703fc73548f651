// The draft on the server: the codes as they stand, and what is half done packed beside them, so that a reload, another
// browser or a crash brings back the page as it was.

import type { Reasons } from "./findings.ts";
import { type Content, type Grid, type Leftover, LISTS } from "./grid.ts";
import { proposedDays, toWire, unreadable } from "./grid-ask.ts";

export interface DraftBody {
  diagnoses: { code: string }[];
  procedures: { code: string; on: string | null }[];
  /** What is half done, packed; the server keeps it as it is. */
  note: string;
  pending: string;
  based_on: number;
}

export interface Restored {
  readonly content: Content;
  readonly leftover: Leftover;
  readonly reasons: Reasons;
}

const NOTHING: Leftover = { adding: { diagnoses: "", procedures: "" }, unreadable: [] };

export function packDraft(grid: Grid, reasons: Reasons, basedOn: number): DraftBody {
  const { diagnoses, procedures } = toWire(grid.lists);
  const bad = unreadable(grid.lists).map(({ list, row, line }) => ({ list, row, raw: line.raw, on: line.on }));
  // Text in a line that is open for typing counts as well: it goes to its list's field when it comes back.
  const adding = { ...grid.adding };
  if (grid.editing && grid.editing.kind === "insert" && adding[grid.editing.list] === "")
    adding[grid.editing.list] = grid.editing.text;
  const proposed = proposedDays(grid.lists).map(({ row }) => row);
  const halfDone =
    bad.length > 0 ||
    proposed.length > 0 ||
    LISTS.some((list) => adding[list] !== "") ||
    Object.keys(reasons).length > 0;
  return {
    diagnoses,
    procedures,
    note: halfDone ? JSON.stringify({ adding, unreadable: bad, reasons, proposed }) : "",
    pending: "",
    based_on: basedOn,
  };
}

/** Whatever cannot be read of what was half done is left out; the codes themselves always come back. */
export function unpackDraft(draft: {
  diagnoses: Content["diagnoses"];
  procedures: Content["procedures"];
  note: string;
}): Restored {
  const content = {
    diagnoses: draft.diagnoses.map(({ code }) => ({ code })),
    procedures: draft.procedures.map(({ code, on }) => ({ code, on: on ?? null })),
  };
  const left = parsed(draft.note);
  const adding = record(left.adding);
  const reasons = record(left.reasons);
  return {
    content,
    leftover: {
      adding: { diagnoses: words(adding.diagnoses), procedures: words(adding.procedures) },
      unreadable: (Array.isArray(left.unreadable) ? left.unreadable : []).flatMap((one: unknown) => {
        const { list, row, raw, on } = record(one);
        if ((list !== "diagnoses" && list !== "procedures") || typeof row !== "number" || typeof raw !== "string")
          return [];
        return [{ list, row, raw, on: typeof on === "string" ? on : null }];
      }),
      proposed: (Array.isArray(left.proposed) ? left.proposed : []).filter((row: unknown) => typeof row === "number"),
    },
    reasons: Object.fromEntries(
      Object.entries(reasons).flatMap(([key, value]) => (typeof value === "string" ? [[key, value]] : [])),
    ),
  };
}

/** Starts from the codes as they stand, with the reasons that were given for them. */
export function freshStart(content: Content, given: readonly unknown[] = []): Restored {
  const reasons: Record<string, string> = {};
  for (const one of given) {
    const { rule_id, lines, reason } = record(one);
    if (typeof rule_id !== "string" || typeof reason !== "string" || !Array.isArray(lines)) continue;
    const codes = lines.map((line) => {
      const { list, index } = record(line);
      const from = list === "procedures" ? content.procedures : content.diagnoses;
      return (typeof index === "number" ? from[index]?.code : undefined) ?? "?";
    });
    reasons[[rule_id, ...codes].join(" ")] = reason;
  }
  return { content, leftover: NOTHING, reasons };
}

/** The codes of a draft as a refusal carries it: whatever is not there counts as none. */
export function draftContent(body: unknown): Content {
  const { diagnoses, procedures } = record(body);
  const lines = (value: unknown) =>
    (Array.isArray(value) ? value : []).flatMap((one: unknown) => {
      const { code, on } = record(one);
      return typeof code === "string" ? [{ code, on: typeof on === "string" ? on : null }] : [];
    });
  return { diagnoses: lines(diagnoses).map(({ code }) => ({ code })), procedures: lines(procedures) };
}

function parsed(note: string): Record<string, unknown> {
  if (note === "") return {};
  try {
    return record(JSON.parse(note));
  } catch {
    return {};
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function words(value: unknown): string {
  return typeof value === "string" ? value : "";
}
