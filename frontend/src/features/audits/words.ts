// Words of audits that several of its pages say.
import type { Audit } from "@/parts/audit.ts";
import type { AuditKind, Item, Sampling } from "./data.ts";

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
  return `${share.toLocaleString("en-GB", { minimumSignificantDigits: 2, maximumSignificantDigits: share < 1 ? 2 : 3 })} %`;
}

/** Codes as typed, `I21.4, J18`, for the server; half-typed ones are left for it to refuse. */
export function prefixes(typed: string): string[] {
  return typed
    .toUpperCase()
    .split(/[\s,;]+/)
    .filter(Boolean);
}

/** What comes next in a running audit: episodes to audit, else decided ones to be sent (second audits too), else signing. */
export function leftToDo({
  items,
  done,
  second,
  second_done,
  to_send,
}: Pick<Audit["progress"], "items" | "done" | "second" | "second_done" | "to_send">) {
  if (items === 0 || done < items || second_done < second) return "audit";
  return to_send > 0 ? "send" : "sign";
}
