import type { Schemas } from "@/api/client.ts";
import type { Action, ActionRow, Move, RecommendationRow } from "./data.ts";

type Tone = "grey" | "blue" | "amber" | "red" | "green";

export const recommendationTones: Record<RecommendationRow["state"], Tone> = {
  proposed: "amber",
  agreed: "blue",
  partly: "blue",
  rejected: "grey",
  closed: "green",
  withdrawn: "grey",
};

export const actionTones: Record<ActionRow["state"], Tone> = {
  open: "grey",
  in_progress: "blue",
  done: "amber",
  verified: "blue",
  closed: "green",
  cancelled: "grey",
};

export const priorityTones: Record<RecommendationRow["priority"], Tone> = { high: "red", medium: "amber", low: "grey" };

export const priorities = [
  { value: "high", label: "High" },
  { value: "medium", label: "Medium" },
  { value: "low", label: "Low" },
] as const;

export const recommendationStates = [
  { value: "proposed", label: "Awaiting a response" },
  { value: "agreed", label: "Agreed" },
  { value: "partly", label: "Partly agreed" },
  { value: "rejected", label: "Rejected" },
  { value: "closed", label: "Closed" },
  { value: "withdrawn", label: "Withdrawn" },
] as const;

/** The columns of the board, in the order in which an action goes through them. */
export const actionStates = [
  { value: "open", label: "Open" },
  { value: "in_progress", label: "In progress" },
  { value: "done", label: "Done, to verify" },
  { value: "verified", label: "Verified" },
  { value: "closed", label: "Closed" },
  { value: "cancelled", label: "Cancelled" },
] as const;

/** What each act is called, in the order in which they come; `why` asks for a reason. */
export const moves: readonly { move: Move; label: string; why: boolean }[] = [
  { move: "start", label: "Start", why: false },
  { move: "finish", label: "Say it is done", why: false },
  { move: "verify", label: "Verify", why: false },
  { move: "close", label: "Close", why: false },
  { move: "send_back", label: "Send back", why: true },
  { move: "cancel", label: "Cancel the action", why: true },
  { move: "reopen", label: "Open again", why: true },
];

const told: Record<string, string> = {
  note: "noted",
  start: "started",
  finish: "done",
  verify: "verified",
  send_back: "sent back",
  close: "closed",
  cancel: "cancelled",
  reopen: "opened again",
};

export function actWords(act: Action["notes"][number]["act"]): string {
  return told[act] ?? act;
}

/** How far off the due day is, in words; finished ones have no hurry. */
export function dueWords(action: Pick<ActionRow, "due_days" | "reminder">): string | null {
  if (action.reminder === "overdue") return `${-action.due_days} ${action.due_days === -1 ? "day" : "days"} overdue`;
  if (action.reminder !== "due_soon") return null;
  if (action.due_days === 0) return "due today";
  return `due in ${action.due_days} ${action.due_days === 1 ? "day" : "days"}`;
}

/** The findings that a recommendation rests on, kind by kind with the episodes that have one. */
export function restsOnWords(findings: readonly Schemas["RestsOnOut"][]): string[] {
  const kinds = new Map<string, Set<number>>();
  for (const { code_class, error, item_no } of findings) {
    const kind = `${code_class}, ${error.toLowerCase()}`;
    kinds.set(kind, (kinds.get(kind) ?? new Set()).add(item_no));
  }
  return [...kinds].map(([kind, episodes]) => {
    const numbers = [...episodes].sort((a, b) => a - b);
    return `${kind}: ${numbers.length === 1 ? "episode" : "episodes"} ${numbers.join(", ")}`;
  });
}
