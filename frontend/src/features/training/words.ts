import type { Tone } from "@/kit/bits.tsx";
import { dayRange } from "@/kit/dates.ts";
import { count } from "@/kit/numbers.ts";
import type { Need, Trainee } from "./data.ts";

export const needStates: Record<Need["state"], { label: string; tone: Tone }> = {
  open: { label: "open", tone: "amber" },
  planned: { label: "planned", tone: "blue" },
  met: { label: "met", tone: "green" },
  withdrawn: { label: "withdrawn", tone: "grey" },
};

export const classes: readonly { value: Need["code_class"]; label: string }[] = [
  { value: "primary_diagnosis", label: "Primary diagnosis" },
  { value: "secondary_diagnosis", label: "Secondary diagnosis" },
  { value: "primary_procedure", label: "Primary procedure" },
  { value: "secondary_procedure", label: "Secondary procedure" },
];

/** `3 h 20 min`, `45 min`, `0 min`. */
export function hours(minutes: number): string {
  const [h, m] = [Math.floor(minutes / 60), minutes % 60];
  if (h === 0) return `${m} min`;
  return m === 0 ? `${count(h)} h` : `${count(h)} h ${m} min`;
}

export const decisions: Record<"move_on" | "stay" | "go_back", string> = {
  move_on: "Move on",
  stay: "Stay",
  go_back: "Go back",
};

/** `50 of 50 episodes: 20 from audits, 30 from second checks`. */
export function evidenceWords({ evidence }: Pick<Trainee, "evidence">): string {
  const of = evidence.wanted === null ? "" : ` of ${count(evidence.wanted)}`;
  const days = evidence.first_on ? `, ${dayRange(evidence.first_on, evidence.last_on)}` : "";
  return `${count(evidence.episodes)}${of} episodes: ${count(evidence.from_audits)} from audits, ${count(evidence.from_second_checks)} from second checks${days}`;
}
