// What profiles hold, as the server keeps it; shares are decimal text there and per cent here.

export type CodeClass = "primary_diagnosis" | "secondary_diagnosis" | "primary_procedure" | "secondary_procedure";

export type OfficialKey = {
  code_class: CodeClass;
  error_type: string;
  attribution: string;
  key: string;
  words: string;
};

export type Methodology = {
  not_counted: string[];
  unsafe: "exclude" | "count_as_error";
  non_coder_counts: boolean;
  confidence: number;
  small_n: number;
  standard_needed: boolean;
  not_citations: string[];
  qualifications: string[];
  reply_working_days: number;
  answer_working_days: number;
  sensitive_words: string[];
  official_keys: OfficialKey[];
  key_words: Record<string, string>;
};

export type Level = { key: string; name: string; needed: Partial<Record<CodeClass, string>> };
export type Thresholds = { regime: string; episodes: number | null; levels: Level[] };

export type Citation = {
  ref: string;
  title: string;
  kind: "standard" | "classification" | "local_policy" | "query_resolution";
};
export type Citations = { citations: Citation[] };

export type Stage = {
  key: string;
  name: string;
  checked: string;
  to_leave: Partial<Record<CodeClass, string>>;
  over_episodes: number | null;
  /** The least codes of a class that its share is judged over; ten where it is not said. */
  over_codes?: number | null;
};
export type Progression = { stages: Stage[] };

export const classes: readonly { value: CodeClass; label: string }[] = [
  { value: "primary_diagnosis", label: "Primary diagnosis" },
  { value: "secondary_diagnosis", label: "Secondary diagnosis" },
  { value: "primary_procedure", label: "Primary procedure" },
  { value: "secondary_procedure", label: "Secondary procedure" },
];

export const errorTypes: readonly { value: string; label: string }[] = [
  { value: "wrong_char_3", label: "Wrong category" },
  { value: "wrong_char_4", label: "Wrong fourth character" },
  { value: "wrong_char_5", label: "Wrong fifth character" },
  { value: "omitted", label: "Omitted" },
  { value: "not_required", label: "Not required" },
  { value: "sequence", label: "Sequence" },
  { value: "pair_format", label: "Dagger and asterisk pair" },
  { value: "date", label: "Procedure date" },
  { value: "other", label: "Other" },
];

export const attributions = [
  { value: "coder", label: "Coder" },
  { value: "non_coder", label: "Not the coder" },
] as const;

export const qualifications = [
  { value: "approved_auditor", label: "Approved clinical coding auditor" },
  { value: "acc", label: "Accredited clinical coder (ACC)" },
  { value: "auditor_in_training", label: "Auditor in training" },
] as const;

export const citationKinds: readonly { value: Citation["kind"]; label: string }[] = [
  { value: "standard", label: "National standard" },
  { value: "classification", label: "Classification" },
  { value: "local_policy", label: "Local policy" },
  { value: "query_resolution", label: "Query resolution, not a standard" },
];

/** `95` from `0.95`; the digits are moved, not multiplied, so that nothing is rounded. */
export function perCent(share: string | undefined): string {
  if (share === undefined || share === "") return "";
  const [whole = "0", part = ""] = share.split(".");
  const digits = part.padEnd(2, "0");
  const rest = digits.slice(2).replace(/0+$/, "");
  return `${Number(whole + digits.slice(0, 2))}${rest ? `.${rest}` : ""}`;
}

/** `0.95` from `95`; what is no number between 0 and 100 comes back as typed, for the server to point at. */
export function shareOf(percent: string): string {
  const found = /^(\d{1,3})(?:\.(\d{1,4}))?$/.exec(percent.trim());
  if (!found || Number(percent) > 100) return percent.trim();
  const digits = (found[1] ?? "").padStart(3, "0");
  const part = `${digits.slice(1)}${found[2] ?? ""}`.replace(/0+$/, "");
  return part ? `${Number(digits[0])}.${part}` : String(Number(digits[0]));
}

export function labelOf(list: readonly { value: string; label: string }[], value: string): string {
  return list.find((one) => one.value === value)?.label ?? value;
}

/** Words or lines as typed, one a line. */
export function lines(typed: string): string[] {
  return typed
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}

/** A key for what has a name: `Standards met` is `standards_met`. */
export function keyOf(name: string): string {
  return (
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "_")
      .replaceAll(/^_+|_+$/g, "")
      .slice(0, 40) || "new"
  );
}
