import type { Scope } from "./data.ts";

/** What a machine may be for. */
export const scopes: readonly { scope: Scope; label: string; hint: string }[] = [
  { scope: "intake", label: "Intake", hint: "the PAS: sends finished episodes and documents, reads its jobs" },
  { scope: "coding_read", label: "Coding feed", hint: "takes submitted codes back to the PAS or a warehouse" },
  { scope: "checks", label: "Checks", hint: "runs the coding checks on codes that it sends; keeps nothing" },
  { scope: "bi", label: "BI", hint: "reporting tools: figures and reference data, read-only" },
];

export const scopeLabel = (scope: Scope): string => scopes.find((each) => each.scope === scope)?.label ?? scope;
