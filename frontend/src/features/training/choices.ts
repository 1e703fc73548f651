// What the filters choose from: coders, standards and specialties that there are something of.

export type Choice = { value: string; label: string };

/** The year up to a day, from the first of its month on. */
export function yearTo(today: string): { ended_from: string; ended_to: string } {
  return { ended_from: `${Number(today.slice(0, 4)) - 1}${today.slice(4, 7)}-01`, ended_to: today };
}

/** Each once, by name, without what has no key; what is chosen is always among them, so that it can be seen and taken back. */
export function choicesOf(known: readonly Choice[], chosen: string | undefined, unknown = chosen): Choice[] {
  const all = new Map(known.filter(({ value }) => value !== "").map((one) => [one.value, one] as const));
  if (chosen && !all.has(chosen)) all.set(chosen, { value: chosen, label: unknown ?? chosen });
  return [...all.values()].sort((one, other) => one.label.localeCompare(other.label, "en-GB", { numeric: true }));
}
