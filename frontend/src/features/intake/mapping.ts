// A mapping as text, one column a line: `their column = our field`.
import type { Schemas } from "@/api/client.ts";

/** In the order of an episode's own fields: the server keeps columns in none. */
export function writeMapping(columns: Record<string, string>): string {
  return Object.entries(columns)
    .sort(([, a], [, b]) => place(a) - place(b) || a.localeCompare(b, "en-GB", { numeric: true }))
    .map(([theirs, ours]) => `${theirs} = ${ours}`)
    .join("\n");
}

/** `wrong` is the first line that is none, from 1. A column name may hold an equals sign; a field of ours never does. */
export function readMapping(text: string): { columns: Record<string, Target>; wrong: number | null } {
  const columns: Record<string, Target> = {};
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const at = line.lastIndexOf("=");
    const theirs = line.slice(0, at).trim();
    const ours = line.slice(at + 1).trim();
    if (at < 1 || !theirs || !ours) return { columns, wrong: index + 1 };
    // Whether there is such a field, the server says.
    columns[theirs] = ours as Target;
  }
  return { columns, wrong: null };
}

/** Every field that a column may be mapped to, as the contract lists them. */
export type Target = Schemas["SourceIn"]["columns"][string];
type Numbered = `${"dx" | "px" | "px_date"}_${number}`;

// In the order of an episode's own fields. The types hold it to the contract's list: none too many, none missing.
const order: Record<Exclude<Target, Numbered>, true> = {
  spell_number: true,
  episode_number: true,
  last_episode: true,
  provider: true,
  local_patient_id: true,
  nhs_number: true,
  nhs_number_status: true,
  birth_on: true,
  sex: true,
  admitted_on: true,
  admission_method: true,
  admission_source: true,
  patient_class: true,
  admin_category: true,
  intended_management: true,
  discharged_on: true,
  discharge_method: true,
  discharge_destination: true,
  started_on: true,
  ended_on: true,
  consultant_code: true,
  main_specialty_code: true,
  treatment_function_code: true,
  site_code: true,
  ward_code: true,
  neonatal_level_code: true,
  operation_status_code: true,
  coding_source: true,
  coded_at: true,
  coder_ref: true,
  source_at: true,
  message_id: true,
  feed_action: true,
};

/** What a column may be mapped to, besides the numbered codes. */
export const ourFields: readonly string[] = Object.keys(order);

function place(field: string): number {
  const at = ourFields.indexOf(field);
  return at < 0 ? ourFields.length : at;
}
