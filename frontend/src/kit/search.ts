// Reading a page's state from its address. Anything unknown in the address is left out, never an error.

export type RawSearch = Record<string, unknown>;

export function text(value: unknown): string | undefined {
  if (typeof value === "string" && value !== "") return value;
  if (typeof value === "number") return String(value);
  return undefined;
}

export function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((item) => item === value);
}

export function integer(value: unknown): number | undefined {
  const n = typeof value === "number" ? value : typeof value === "string" && value !== "" ? Number(value) : Number.NaN;
  return Number.isSafeInteger(n) ? n : undefined;
}

export function list(value: unknown): string[] | undefined {
  const all = Array.isArray(value) ? value : [value];
  const texts = all.flatMap((item) => text(item) ?? []);
  return texts.length > 0 ? texts : undefined;
}

/** Addresses stay plain: `?queue=to_code&month=2026-10&month=2026-11`. */
export function parseSearch(query: string): RawSearch {
  const found: Record<string, string | string[]> = {};
  for (const [key, value] of new URLSearchParams(query)) {
    const before = found[key];
    if (before === undefined) found[key] = value;
    else found[key] = Array.isArray(before) ? [...before, value] : [before, value];
  }
  return found;
}

export function stringifySearch(search: RawSearch): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== null && item !== "") params.append(key, String(item));
    }
  }
  const query = params.toString();
  return query ? `?${query}` : "";
}

/**
 * Makes every filter optional, so that a link without any is whole. A key that is not given stays, as undefined: the
 * router lays what was checked over what came in the address, and what is left out there would show through unchecked.
 */
export function given<T extends RawSearch>(search: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return search as { [K in keyof T]?: Exclude<T[K], undefined> };
}
