// How far away a deadline is, said once for the whole system: in working days, which coders plan by.
import type { Tone } from "./bits.tsx";
import { counted } from "./numbers.ts";

/** What is due, and how far away it is in both counts. */
export type Due = { due: string; due_days?: number | null; due_working_days?: number | null };

/** `6 working days (8 days)`, `1 working day`, `today`. */
export function workingDays(working: number, calendar: number): string {
  if (calendar === 0) return "today";
  const said = counted(working, "working day");
  return calendar === working ? said : `${said} (${counted(calendar, "day")})`;
}

/** A dense tag and its long form: `freeze 2 wd`, of which the tip is `Freeze in 2 working days (4 days)`. */
export function dueTag({ due, due_days, due_working_days }: Due): { words: string; tip: string; tone: Tone } {
  if (due === "past_freeze") return { words: "past freeze", tip: "Past its freeze date", tone: "red" };
  if (due === "unknown" || due_days == null || due_working_days == null)
    return { words: "no date", tip: "No flex or freeze date known", tone: "grey" };
  const away = workingDays(due_working_days, due_days);
  const name = due.charAt(0).toUpperCase() + due.slice(1);
  return {
    words: due_days === 0 ? `${due} today` : `${due} ${due_working_days} wd`,
    tip: due_days === 0 ? `${name} today` : `${name} in ${away}`,
    tone: due_working_days <= 3 ? "red" : due_working_days <= 7 ? "amber" : "grey",
  };
}
