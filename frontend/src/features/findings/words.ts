import type { Tone } from "@/kit/bits.tsx";
import type { Finding } from "./data.ts";

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
