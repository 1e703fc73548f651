// Numbers as a reader wants them: thousands apart, a unit after a thin space, plurals right.

const whole = new Intl.NumberFormat("en-GB");
const onePlace = new Intl.NumberFormat("en-GB", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export function count(n: number | null | undefined): string {
  return n === null || n === undefined ? "" : whole.format(n);
}

/** `1 episode`, `2 episodes`; the plural may be told. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${whole.format(n)} ${n === 1 ? one : many}`;
}

/** `12.4 %`. */
export function percent(part: number, of: number): string {
  return of > 0 ? `${onePlace.format((100 * part) / of)} %` : "";
}

/** `3.2 MB`. */
export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  if (n < 1_000_000) return `${onePlace.format(n / 1000)} kB`;
  return `${onePlace.format(n / 1_000_000)} MB`;
}
