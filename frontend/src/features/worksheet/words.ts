// Positions, marks and types in an auditor's words.
import type { Tone } from "@/kit/bits.tsx";
import type { Position, Worksheet } from "./data.ts";

export const CLASS_WORDS: Record<Position["code_class"], string> = {
  primary_diagnosis: "Primary diagnosis",
  secondary_diagnosis: "Secondary diagnosis",
  primary_procedure: "Primary procedure",
  secondary_procedure: "Secondary procedure",
};

/** What became of the coder's code, in a word and a sign: colour never says it alone. */
export const MARKS: Record<Position["mark"], { words: string; sign: string; tone: Tone }> = {
  agreed: { words: "agreed", sign: "=", tone: "grey" },
  added: { words: "added", sign: "+", tone: "blue" },
  removed: { words: "removed", sign: "−", tone: "grey" },
  changed: { words: "changed", sign: "≠", tone: "amber" },
  moved: { words: "moved", sign: "↕", tone: "amber" },
  date: { words: "date", sign: "◷", tone: "amber" },
};

export const REASONS = [
  ["information_not_available", "Information not there when it was coded"],
  ["illegible", "Illegible"],
  ["conflicting", "Documents contradict each other"],
  ["incomplete", "Documentation incomplete"],
  ["clinician_instruction", "Clinician asked for it"],
  ["system_or_encoder", "System or encoder"],
  ["other", "Other"],
] as const;

const SUB: Record<string, string> = {
  external_cause: "external cause",
  morphology: "morphology",
  site_laterality: "site",
};

/** `Secondary procedure, omitted (site)`: a type at its position. */
export function findingWords(
  position: Position,
  type: string | null,
  words: Worksheet["method"]["type_words"],
): string {
  if (type === null) return "";
  const name = words[type] ?? type.replaceAll("_", " ");
  const sub = SUB[position.sub_class];
  return `${CLASS_WORDS[position.code_class]}, ${name.charAt(0).toLowerCase()}${name.slice(1)}${sub ? ` (${sub})` : ""}`;
}

/** What stands at a position as things are: the decision, or the proposal that waits for one. */
export function standing(position: Position, words: Worksheet["method"]["type_words"]): string {
  if (position.counted_elsewhere) return "Counted with the primary";
  switch (position.decision) {
    case "agreed":
      return "";
    case "rejected":
      return "No error";
    case "open":
      return findingWords(position, position.proposed_type, words);
    default:
      return findingWords(position, position.final_type, words);
  }
}

/** `Line 3: I10, omitted`: how a position is called where it is edited. */
export function nameOf(position: Position): string {
  const code = position.auditor ?? position.coder;
  const line = position.auditor ? `Line ${position.auditor.at + 1}` : `Coder’s line ${(position.coder?.at ?? 0) + 1}`;
  return `${line}: ${code?.dotted ?? ""} ${MARKS[position.mark].words}`;
}

const LACKS: Record<string, string> = {
  decision: "accept, change or reject",
  attribution: "whose error?",
  non_coder_reason: "why not the coder’s?",
  evidence_available: "was the evidence there?",
  standards: "which standard?",
};

export function lackWords(missing: readonly string[]): string {
  return missing[0] ? (LACKS[missing[0]] ?? missing[0]) : "";
}

/** `5 of 6 lines still to decide or complete`. */
export function leftWords(positions: readonly Position[]): string {
  const wanted = positions.filter((one) => one.decision !== "agreed").length;
  const left = positions.filter((one) => one.missing.length > 0).length;
  if (wanted === 0) return "The two lists agree.";
  if (left === 0) return "Every line is decided.";
  return `${left} of ${wanted} ${wanted === 1 ? "line" : "lines"} still to decide or complete.`;
}
