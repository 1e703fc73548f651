const SHORT: Record<string, string> = { "1": "M", "2": "F", M: "M", F: "F" };

/** `F 41`: all that a list shows of a patient. */
export function personShort(sex: string | null | undefined, age: number | null | undefined): string {
  return `${(sex && SHORT[sex]) ?? "–"} ${age ?? "?"}`;
}
