// A patient as one says it, without a name: `Woman, 68`. Sex is the code of the NHS Data Dictionary.

export function who(sex: string | null, age: number | null): string {
  const child = age !== null && age < 16;
  const noun = sex === "1" ? (child ? "Boy" : "Man") : sex === "2" ? (child ? "Girl" : "Woman") : "Sex not known";
  return `${noun}, ${age ?? "age not known"}`;
}
