// Words of audits that several of its pages say.
import type { Audit } from "@/parts/audit.ts";
import type { AuditKind, Item, Sampling } from "./data.ts";

export const kinds: readonly { value: AuditKind; label: string; why: string }[] = [
  { value: "dspt", label: "DSPT annual", why: "The yearly audit of 200 episodes for the toolkit" },
  { value: "specialty", label: "Specialty", why: "One specialty or treatment function" },
  { value: "coder", label: "Individual coder", why: "One coder's episodes" },
  { value: "team", label: "Team", why: "Several coders together" },
  { value: "hrg", label: "HRG or code", why: "Episodes with certain codes" },
  { value: "mortality", label: "Mortality", why: "Patients who died in hospital" },
  { value: "trainee", label: "Trainee progression", why: "Evidence for a trainee's next stage" },
  { value: "ad_hoc", label: "Ad hoc", why: "Anything else that needs a look" },
  { value: "follow_up", label: "Follow-up", why: "Whether an earlier audit's actions have helped" },
  { value: "external", label: "External", why: "Commissioned by the ICB or nationally; findings come by file" },
];

export const methods: readonly { value: Sampling["method"]; label: string; why: string }[] = [
  { value: "simple", label: "Simple random", why: "Every episode has the same chance" },
  { value: "proportional", label: "Stratified, in proportion", why: "Each stratum by its share, none below a minimum" },
  { value: "fixed", label: "Stratified, fixed", why: "So many of each stratum" },
  { value: "per_coder", label: "Per coder", why: "So many of each coder" },
  { value: "risk_weighted", label: "Risk-weighted", why: "Riskier episodes more often, every one with a chance" },
];

export const strata: readonly { value: NonNullable<Sampling["by"]>; label: string }[] = [
  { value: "specialty", label: "Specialty" },
  { value: "coder", label: "Coder" },
  { value: "month", label: "Month" },
  { value: "patient_class", label: "Patient class" },
];

export const strataNoun: Record<string, string> = {
  specialty: "Specialty",
  coder: "Coder",
  month: "Month",
  patient_class: "Patient class",
  risk: "Risk",
};

export const itemStates: readonly { value: Item["state"]; label: string }[] = [
  { value: "drawn", label: "To do" },
  { value: "coding", label: "Being coded" },
  { value: "comparing", label: "Comparing" },
  { value: "decided", label: "Decided" },
  { value: "with_coder", label: "With the coder" },
  { value: "settled", label: "Settled" },
  { value: "unsafe", label: "Unsafe to audit" },
  { value: "replaced", label: "Replaced" },
];

/** The states of an audit's episodes in its words: nobody compares lists in an external one, its findings are answered. */
export function statesOf(kind: AuditKind): typeof itemStates {
  if (kind !== "external") return itemStates;
  return itemStates
    .filter(({ value }) => value === "comparing" || value === "settled")
    .map((one) => (one.value === "comparing" ? { ...one, label: "To answer" } : one));
}

/** `12.5 %`, `0.02 %`: a chance as a share, with as many places as it takes to be more than nought. */
export function chance(probability: number | null): string {
  if (probability === null) return "";
  const share = probability * 100;
  return `${share.toLocaleString("en-GB", { maximumSignificantDigits: share < 1 ? 2 : 3 })} %`;
}

/** Codes as typed, `I21.4, J18`, for the server; half-typed ones are left for it to refuse. */
export function prefixes(typed: string): string[] {
  return typed
    .toUpperCase()
    .split(/[\s,;]+/)
    .filter(Boolean);
}

/** What comes next in a running audit: episodes to audit, else decided ones whose findings are to be sent, else signing. */
export function leftToDo({
  items,
  done,
  second,
  second_done,
  by_state,
}: Pick<Audit["progress"], "items" | "done" | "second" | "second_done" | "by_state">) {
  if (items === 0 || done < items || second_done < second) return "audit";
  return (by_state.decided ?? 0) > 0 ? "send" : "sign";
}
