// Numbers as a reader wants them: thousands apart, a unit after a thin space, plurals right.

const whole = new Intl.NumberFormat("en-GB");
const plain = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 });
const onePlace = new Intl.NumberFormat("en-GB", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export function count(n: number | null | undefined): string {
  return n === null || n === undefined ? "" : whole.format(n);
}

/** `1 episode`, `2 episodes`; the plural may be told. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${whole.format(n)} ${n === 1 ? one : many}`;
}

/**
 * A measured share's per cent, without its sign: one place, rounded half up, or more where fewer would seem to reach a
 * line that it does not reach. Figures of the server are rounded in the same way.
 */
export function shareDigits(share: number, reach: readonly number[] = []): string {
  for (const places of [1, 2, 3]) {
    const said = (Math.floor(share * 100 * 10 ** places + 0.5 + 1e-9) / 10 ** places).toFixed(places);
    if (![...reach, 1].some((line) => share < line && Number(said) / 100 >= line)) return said;
  }
  return (share * 100).toFixed(4);
}

/** `94.0 %`, of what was measured; `94.96 %` where 95 % is asked for. */
export function measured(share: number | null, reach: readonly number[] = []): string {
  return share === null ? "not applicable" : `${shareDigits(share, reach)} %`;
}

/** `82.1 to 97.0`, the ends of an interval in per cent; nothing where there is none. */
export function interval(low: number | null, high: number | null): string {
  return low === null || high === null ? "" : `${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)}`;
}

/** `90 %`, `92.5 %`, of what was set and not measured. */
export function aimed(share: number): string {
  return `${plain.format(share * 100)} %`;
}

/** `3.2 MB`. */
export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  if (n < 1_000_000) return `${onePlace.format(n / 1000)} kB`;
  return `${onePlace.format(n / 1_000_000)} MB`;
}
