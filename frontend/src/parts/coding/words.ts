// Sexes, ages and lists in a coder's words.

const GROWN: Record<string, string> = { "1": "Man", "2": "Woman", M: "Man", F: "Woman" };
const YOUNG: Record<string, string> = { "1": "Boy", "2": "Girl", M: "Boy", F: "Girl" };
const SHORT: Record<string, string> = { "1": "M", "2": "F", M: "M", F: "F" };

/** `Woman, 68`, `Girl, 4`, `Person, 30` when the sex is not known or not specified. */
export function person(sex: string | null | undefined, age: number | null | undefined): string {
  const known = sex ? ((age ?? 99) < 16 ? YOUNG : GROWN)[sex] : undefined;
  return `${known ?? "Person"}, ${age ?? "age not known"}`;
}

/** `F 41`, for dense tables. */
export function personShort(sex: string | null | undefined, age: number | null | undefined): string {
  return `${(sex && SHORT[sex]) ?? "–"} ${age ?? "?"}`;
}

/** `Line 3`, `Lines 1, 2 and 4`: rows counted from 1. */
export function lineNumbers(rows: readonly number[]): string {
  const numbers = rows.map((row) => row + 1);
  const head = numbers.slice(0, -1).join(", ");
  return head ? `Lines ${head} and ${numbers.at(-1)}` : `Line ${numbers[0]}`;
}

/** Who gave the reasons of a version: who checked it spoke last. */
export function givenBy(coding: {
  person_name: string | null;
  checked_by_name: string | null;
  coder_ref: string | null;
}): string {
  return coding.checked_by_name ?? coding.person_name ?? coding.coder_ref ?? "a person not named";
}

/** `Discharge summary`: a kind of document as people say it. */
export function kindWords(kind: string): string {
  const words = kind.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
