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

/** Where a finding stands, to whoever looks: its own coder is not spoken of as somebody else. */
export function replyWords(reply: Finding["reply"], mine: boolean): { label: string; tone: Tone } {
  return reply === "waiting" && mine ? { ...replies.waiting, label: "waits for you" } : replies[reply];
}

/** The audits of a list, each once, that sent the coder something: those have a feedback sheet. */
export function sheetAudits(rows: readonly Pick<FindingRow, "audit" | "sent_at">[]): FindingRow["audit"][] {
  const sent = rows.filter(({ sent_at }) => sent_at !== null).map(({ audit }) => [audit.audit_id, audit] as const);
  return [...new Map(sent).values()];
}

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
