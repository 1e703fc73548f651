// What the checks said, tied to the lines that they were about, and what still stands between the codes and a submit.
// The severities and the messages are the server's; nothing is judged here.

import type { ListName } from "./codes.ts";
import type { Column, WireLine } from "./grid.ts";

export type Severity = "error" | "warn" | "info";

/** What each severity is called. */
export const KIND: Readonly<Record<Severity, string>> = { error: "error", warn: "warning", info: "note" };

/** Its sign, for whoever sees no colour. */
export const SIGN: Readonly<Record<Severity, string>> = { error: "!", warn: "?", info: "i" };

export interface FindingLine {
  readonly list: ListName;
  readonly index: number;
}

export interface Finding {
  readonly rule_id: string;
  readonly severity: Severity;
  readonly title: string;
  readonly message: string;
  readonly mend: string | null;
  readonly reference: string | null;
  readonly lines: readonly FindingLine[];
}

/** A finding on this page: its lines by their keys, which they keep when they move. */
export interface Placed {
  readonly id: string;
  readonly finding: Finding;
  readonly keys: readonly { readonly list: ListName; readonly key: number }[];
}

/** What is found of one severity. */
export interface Told {
  readonly severity: Severity;
  readonly titles: readonly string[];
}

export interface Mark {
  /** The worst of the line. */
  readonly severity: Severity;
  /** What is found of its code: errors, warnings and notes each by themselves. */
  readonly code: readonly Told[];
  /** What is found of its date, which is marked on the date. */
  readonly day: readonly Told[];
}

export type Marks = ReadonlyMap<number, Mark>;
export type Keys = Readonly<Record<ListName, readonly number[]>>;
export type Reasons = Readonly<Record<string, string>>;

/** The rules about a procedure's date: its date is what is to be mended, not its code. */
const OF_THE_DATE: ReadonlySet<string> = new Set(["P-17", "P-18", "P-19"]);

/** The cell that a finding leads to. */
export function columnOf({ rule_id }: Pick<Finding, "rule_id">, list: ListName): Column {
  return list === "procedures" && OF_THE_DATE.has(rule_id) ? "date" : "code";
}

const WEIGHT: Record<Severity, number> = { error: 0, warn: 1, info: 2 };

/** The findings with the lines that were asked about, errors first and else in the server's order. */
export function placeFindings(findings: readonly Finding[], asked: Keys): Placed[] {
  return findings
    .map((finding): Placed => {
      const keys = finding.lines.flatMap(({ list, index }) => {
        const key = asked[list][index];
        return key === undefined ? [] : [{ list, key }];
      });
      return { id: [finding.rule_id, ...keys.map(({ key }) => key)].join(":"), finding, keys };
    })
    .sort((a, b) => WEIGHT[a.finding.severity] - WEIGHT[b.finding.severity]);
}

export function marksOf(placed: readonly Placed[]): Marks {
  const marks = new Map<number, Mark>();
  for (const { finding, keys } of placed) {
    for (const { list, key } of keys) {
      // They come errors first, so the first one decides the colour of the line.
      const { severity, code, day } = marks.get(key) ?? { severity: finding.severity, code: [], day: [] };
      if (columnOf(finding, list) === "code") marks.set(key, { severity, code: tell(code, finding), day });
      else marks.set(key, { severity, code, day: tell(day, finding) });
    }
  }
  return marks;
}

function tell(told: readonly Told[], { severity, title }: Finding): Told[] {
  const same = told.find((one) => one.severity === severity);
  if (!same) return [...told, { severity, titles: [title] }];
  return told.map((one) => (one === same ? { severity, titles: [...one.titles, title] } : one));
}

/** What a reason belongs to, in words that survive a reload: the rule and the codes of its lines. */
export function reasonKey(placed: Placed, codeOf: (key: number) => string | null): string {
  return [placed.finding.rule_id, ...placed.keys.map(({ key }) => codeOf(key) ?? "?")].join(" ");
}

export function counts(placed: readonly Placed[]): Record<Severity, number> {
  const of = (severity: Severity) => placed.filter(({ finding }) => finding.severity === severity).length;
  return { error: of("error"), warn: of("warn"), info: of("info") };
}

/** "2 errors, 1 warning", for the polite live region; "No errors or warnings" when there are none. */
export function countWords({ error, warn }: Record<Severity, number>): string {
  const words = [error > 0 ? plural(error, "error") : "", warn > 0 ? plural(warn, "warning") : ""].filter(Boolean);
  return words.join(", ") || "No errors or warnings";
}

/** "1 error to mend, 2 warnings to answer": what is left to do, an error and a warning being different work. */
export function toDoWords(errors: number, unanswered: number): string {
  return [
    errors > 0 ? `${plural(errors, "error")} to mend` : "",
    unanswered > 0 ? `${plural(unanswered, "warning")} to answer` : "",
  ]
    .filter(Boolean)
    .join(", ");
}

/** "1 error to mend first": the least that stands between the codes and a submit, or null. */
export function standsBetween(facts: {
  unreadable: number;
  errors: number;
  unanswered: number;
  typing: string;
  /** A date that is open for typing and not entered yet. */
  typingDay: string;
  empty: boolean;
  refusal: string | null;
}): string | null {
  if (facts.refusal) return facts.refusal;
  if (facts.unreadable > 0)
    return `${plural(facts.unreadable, "line")} ${facts.unreadable === 1 ? "is" : "are"} not a code`;
  if (facts.typing !== "") return `“${facts.typing}” is not picked yet`;
  if (facts.typingDay !== "") return `The date “${facts.typingDay}” is not entered yet`;
  if (facts.empty) return "No diagnosis yet";
  if (facts.errors > 0) return `${plural(facts.errors, "error")} to mend first`;
  if (facts.unanswered > 0)
    return `${plural(facts.unanswered, "warning")} ${facts.unanswered === 1 ? "needs" : "need"} a reason`;
  return null;
}

/** The reasons as the server takes them: for the warnings that stand now, each with its lines. */
export function reasonsToSend(
  placed: readonly Placed[],
  reasons: Reasons,
  asked: Keys,
  codeOf: (key: number) => string | null,
): { rule_id: string; lines: FindingLine[]; reason: string }[] {
  return placed.flatMap((one) => {
    const reason = reasons[reasonKey(one, codeOf)]?.trim();
    if (one.finding.severity !== "warn" || !reason) return [];
    const lines = one.keys.map(({ list, key }) => ({ list, index: asked[list].indexOf(key) }));
    return [{ rule_id: one.finding.rule_id, lines, reason }];
  });
}

/** Two contents ask the same question of the checks. */
export function sameQuestion(
  a: { diagnoses: readonly WireLine[]; procedures: readonly WireLine[] },
  b: { diagnoses: readonly WireLine[]; procedures: readonly WireLine[] },
): boolean {
  return JSON.stringify([a.diagnoses, a.procedures]) === JSON.stringify([b.diagnoses, b.procedures]);
}

function plural(n: number, one: string): string {
  return `${n} ${one}${n === 1 ? "" : "s"}`;
}
