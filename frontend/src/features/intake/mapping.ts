// A mapping as text, one column a line: `their column = our field`.

/** In the order of an episode's own fields: the server keeps columns in none. */
export function writeMapping(columns: Record<string, string>): string {
  return Object.entries(columns)
    .sort(([, a], [, b]) => place(a) - place(b) || a.localeCompare(b, "en-GB", { numeric: true }))
    .map(([theirs, ours]) => `${theirs} = ${ours}`)
    .join("\n");
}

/** `wrong` is the first line that is none, from 1. A column name may hold an equals sign; a field of ours never does. */
export function readMapping(text: string): { columns: Record<string, string>; wrong: number | null } {
  const columns: Record<string, string> = {};
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const at = line.lastIndexOf("=");
    const theirs = line.slice(0, at).trim();
    const ours = line.slice(at + 1).trim();
    if (at < 1 || !theirs || !ours) return { columns, wrong: index + 1 };
    columns[theirs] = ours;
  }
  return { columns, wrong: null };
}

/** What a column may be mapped to, besides the numbered codes; a journey holds this against the server. */
export const ourFields: readonly string[] = [
  "spell_number",
  "episode_number",
  "last_episode",
  "provider",
  "local_patient_id",
  "nhs_number",
  "nhs_number_status",
  "birth_on",
  "sex",
  "admitted_on",
  "admission_method",
  "admission_source",
  "patient_class",
  "admin_category",
  "intended_management",
  "discharged_on",
  "discharge_method",
  "discharge_destination",
  "started_on",
  "ended_on",
  "consultant_code",
  "main_specialty_code",
  "treatment_function_code",
  "site_code",
  "ward_code",
  "neonatal_level_code",
  "operation_status_code",
  "coding_source",
  "coded_at",
  "coder_ref",
  "source_at",
  "message_id",
  "feed_action",
];

function place(field: string): number {
  const at = ourFields.indexOf(field);
  return at < 0 ? ourFields.length : at;
}
