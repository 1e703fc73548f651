// How a coder writes a code, and how it is kept: no dot, no CDS filler, capitals.

export type System = "icd10" | "opcs4";
export type ListName = "diagnoses" | "procedures";

export const ONE: Record<ListName, string> = { diagnoses: "diagnosis", procedures: "procedure" };
export const SYSTEM_OF: Record<ListName, System> = { diagnoses: "icd10", procedures: "opcs4" };

// A CDS extract pads undivided ICD-10 codes with X (I10X) and marks dagger and asterisk with D or A (E103D, H360A);
// people mark them with † and *. Capital O and small l for a digit are typing slips and are not guessed at.
const ICD10 = /^([A-Z]\d{2})\.?(\d?)(\d?)X{0,2}-?[DA†*+]?$/;
const OPCS4 = /^([A-HJ-Z]\d{2})\.?(\d?)$/;

/** The bare code in what was typed, or null when it cannot be one in this classification. */
export function bareCode(typed: string, system: System): string | null {
  const found = (system === "icd10" ? ICD10 : OPCS4).exec(typed.trim().toUpperCase());
  if (!found) return null;
  return found.slice(1).join("");
}

/** Long enough that Enter may accept it before the search has answered: a 4-character code, or 3 with the filler. */
export function looksWhole(typed: string, system: System): boolean {
  const bare = bareCode(typed, system);
  if (bare === null) return false;
  return bare.length >= 4 || (system === "icd10" && /X$/i.test(typed.trim()));
}

/** As people read it: I21.4. */
export function dotted(code: string): string {
  return code.length > 3 ? `${code.slice(0, 3)}.${code.slice(3)}` : code;
}
