// What each key makes of a position. Pure: a position and an action in, the whole decision out, as the server takes it.
import type { Citation, Decision, Position } from "./data.ts";

export type Act =
  | { type: "accept" }
  | { type: "reject" }
  | { type: "back" }
  | { type: "change"; to: NonNullable<Position["final_type"]> }
  | { type: "whose"; to: "coder" | "non_coder" }
  | { type: "reason"; to: NonNullable<Position["non_coder_reason"]> }
  | { type: "there"; to: boolean }
  | { type: "cite"; ref: string }
  | { type: "uncite"; ref: string }
  | { type: "say"; what: Partial<Pick<Decision, "comment" | "evidence" | "evidence_page">> }
  | { type: "where"; kind: Position["evidence_kind"]; on: string | null };

/** A position as it stands, as a decision that would leave it so. */
export function asDecision(position: Position): Decision {
  const { no, attribution, non_coder_reason, evidence_available, evidence_kind, evidence_on } = position;
  const decision = position.decision === "agreed" ? "open" : position.decision;
  return {
    no,
    decision,
    error_type: decision === "changed" ? position.final_type : null,
    attribution: attribution === "undetermined" ? null : attribution,
    non_coder_reason,
    evidence_available,
    evidence_kind,
    evidence_on,
    evidence_page: position.evidence_page,
    evidence: position.evidence,
    standards: [...position.standards],
    comment: position.comment,
  };
}

/** What a key makes of a position, or null where it means nothing there. */
export function act(position: Position, action: Act): Decision | null {
  const was = asDecision(position);
  // Saying whose an error is, why, or against which standard accepts what is proposed: one key less for each.
  const error: Decision =
    was.decision === "open" && position.proposed_type !== null ? { ...was, decision: "accepted" } : was;
  const isError = error.decision === "accepted" || error.decision === "changed";
  switch (action.type) {
    case "accept":
      return position.proposed_type === null || position.counted_elsewhere
        ? null
        : { ...was, decision: "accepted", error_type: null };
    case "reject":
      return position.proposed_type === null || position.counted_elsewhere
        ? null
        : { ...was, decision: "rejected", error_type: null };
    case "back":
      return { ...was, decision: "open", error_type: null };
    case "change":
      if (!position.types.includes(action.to)) return null;
      return action.to === position.proposed_type
        ? { ...was, decision: "accepted", error_type: null }
        : { ...was, decision: "changed", error_type: action.to };
    case "whose":
      if (!isError) return null;
      return action.to === was.attribution
        ? error
        : { ...error, attribution: action.to, non_coder_reason: null, evidence_available: null };
    case "reason":
      return isError
        ? {
            ...error,
            attribution: "non_coder",
            non_coder_reason: action.to,
            evidence_available: was.evidence_available,
          }
        : null;
    case "there":
      return isError ? { ...error, evidence_available: action.to } : null;
    case "cite":
      return isError && action.ref.trim() !== "" && !(was.standards ?? []).includes(action.ref.trim())
        ? { ...error, standards: [...(was.standards ?? []), action.ref.trim()] }
        : null;
    case "uncite":
      return { ...was, standards: (was.standards ?? []).filter((one) => one !== action.ref) };
    case "say":
      return { ...was, ...action.what };
    case "where":
      return { ...was, evidence_kind: action.kind, evidence_on: action.on };
  }
}

/** Whether a decision is whole by itself: a difference let stand, and an error that does not count, say no more. */
export function whole(position: Position, decision: Decision, notCounted: readonly string[]): boolean {
  const { final_type: final, attribution } = foreseen(position, decision);
  if (decision.decision === "rejected") return true;
  return final !== null && notCounted.includes(final) && attribution !== "non_coder";
}

/** What the page shows until the server has answered. */
export function foreseen(position: Position, decision: Decision): Position {
  const final =
    decision.decision === "accepted"
      ? position.proposed_type
      : decision.decision === "changed"
        ? (decision.error_type ?? null)
        : null;
  return {
    ...position,
    decision: decision.decision === "open" && position.proposed_type === null ? "agreed" : decision.decision,
    final_type: final,
    attribution: decision.attribution ?? "undetermined",
    non_coder_reason: decision.non_coder_reason ?? null,
    evidence_available: decision.evidence_available ?? null,
    evidence_kind: decision.evidence_kind ?? null,
    evidence_on: decision.evidence_on ?? null,
    evidence_page: decision.evidence_page ?? null,
    evidence: decision.evidence ?? "",
    standards: decision.standards ?? [],
    comment: decision.comment ?? "",
  };
}

/** The next row whose worksheet part lacks something, after `at` and round again; `at` itself when none does. */
export function nextOpen(positions: readonly Position[], at: number): number {
  for (let step = 1; step <= positions.length; step++) {
    const row = (at + step) % positions.length;
    if ((positions[row]?.missing.length ?? 0) > 0) return row;
  }
  return at;
}

/** Standards to offer for what is typed, best first; query resolutions are never offered. */
export function offered(citations: readonly Citation[], typed: string, recent: readonly string[]): Citation[] {
  const words = typed.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (one: Citation) => {
    const text = `${one.ref} ${one.title}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const rank = (one: Citation) => {
    const used = recent.indexOf(one.ref);
    return used < 0 ? recent.length : used;
  };
  return citations
    .filter((one) => one.kind !== "query_resolution" && fits(one))
    .map((one, place) => ({ one, place }))
    .sort((a, b) => rank(a.one) - rank(b.one) || a.place - b.place)
    .map(({ one }) => one)
    .slice(0, 8);
}
