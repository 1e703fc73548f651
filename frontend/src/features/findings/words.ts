import type { Tone } from "@/kit/bits.tsx";
import type { Finding, FindingRow } from "./data.ts";

export const replies: Record<Finding["reply"], { label: string; tone: Tone }> = {
  none: { label: "not sent", tone: "grey" },
  waiting: { label: "waits for the coder", tone: "amber" },
  agreed: { label: "agreed", tone: "green" },
  disputed: { label: "disputed", tone: "red" },
  answered: { label: "answered", tone: "amber" },
  escalated: { label: "escalated", tone: "red" },
  ruled: { label: "ruled on", tone: "green" },
  withdrawn: { label: "withdrawn", tone: "green" },
  no_reply: { label: "no reply in time", tone: "grey" },
};

/** Where the focus goes after one finding is answered: the next that waits for the same person, round the list. */
export function nextOf(findings: readonly Finding[], no: number, waits: (finding: Finding) => boolean): number | null {
  const at = findings.findIndex((finding) => finding.no === no);
  const round = [...findings.slice(at + 1), ...findings.slice(0, Math.max(at, 0))];
  return round.find(waits)?.no ?? null;
}

/** The earliest last day of what waits for the coder, or, on the other side, for the auditor or whoever rules. */
export function dueOf(
  findings: readonly Pick<Finding, "turn" | "due_on" | "overdue">[],
  coders: boolean,
): { due_on: string; overdue: boolean } | null {
  const due = findings.flatMap(({ turn, due_on, overdue }) =>
    due_on && turn !== "nobody" && (turn === "coder") === coders ? [{ due_on, overdue }] : [],
  );
  return due.sort((one, other) => one.due_on.localeCompare(other.due_on))[0] ?? null;
}

/** Where the findings of an episode stand; each is counted once, so that the counts add up to all of them. */
export function standsOf(row: Pick<FindingRow, "findings" | "disputed" | "escalated" | "settled">): string {
  const waiting = row.findings - row.disputed - row.escalated - row.settled;
  return [
    waiting > 0 ? `${waiting} not replied to` : null,
    row.disputed > 0 ? `${row.disputed} disputed` : null,
    row.escalated > 0 ? `${row.escalated} escalated` : null,
    row.settled > 0 ? `${row.settled} settled` : null,
  ]
    .filter(Boolean)
    .join(", ");
}
