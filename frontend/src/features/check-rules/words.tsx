import { Tag, type Tone } from "@/kit/bits.tsx";
import type { Family, Severity } from "./data.ts";

export const severities: readonly { value: Severity; label: string; hint: string }[] = [
  { value: "error", label: "Error", hint: "the episode cannot be submitted" },
  { value: "warn", label: "Warning", hint: "a reason must be given" },
  { value: "info", label: "Information", hint: "shown, and no more" },
];

const tones: Record<Severity, Tone> = { error: "red", warn: "amber", info: "blue" };

export function SeverityTag({ severity }: { severity: Severity }) {
  return (
    <Tag tone={tones[severity]}>
      {severities.find((each) => each.value === severity)?.label.toLowerCase() ?? severity}
    </Tag>
  );
}

export const families: readonly { value: Family; label: string }[] = [
  { value: "validity", label: "Validity" },
  { value: "dagger_asterisk", label: "Dagger and asterisk" },
  { value: "external_cause", label: "External cause" },
  { value: "symptoms", label: "Symptoms and signs" },
  { value: "not_first", label: "Never first" },
  { value: "neoplasms", label: "Neoplasms" },
  { value: "sex_age", label: "Sex and age" },
  { value: "maternity", label: "Maternity" },
  { value: "infection", label: "Infection" },
  { value: "clinical", label: "Clinical" },
  { value: "procedures", label: "Procedures" },
  { value: "administrative", label: "Administrative" },
];

export const familyLabel = (family: Family): string => families.find((each) => each.value === family)?.label ?? family;
