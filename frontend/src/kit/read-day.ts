// Days as people type them: 12/11/2026, 12 Nov, 121126 or only 12, next to a day that is near.

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAY_MS = 86_400_000;

function iso(year: number, month: number, day: number): string | null {
  const fullYear = year < 100 ? 2000 + year : year;
  const date = new Date(Date.UTC(fullYear, month - 1, day));
  const real = date.getUTCFullYear() === fullYear && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return real && fullYear >= 1900 && fullYear <= 2200 ? date.toISOString().slice(0, 10) : null;
}

function monthNumber(word: string): number | null {
  const at = MONTHS.indexOf(word.slice(0, 3).toLowerCase());
  return at < 0 ? null : at + 1;
}

/** The day that was meant, as YYYY-MM-DD, or null. `near` fills in a month or year that was not typed. */
export function readDay(typed: string, near: string): string | null {
  const text = typed.trim();
  let found = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$/.exec(text);
  if (found) return iso(Number(found[1]), Number(found[2]), Number(found[3]));
  found = /^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{2}|\d{4})$/.exec(text);
  if (found) return iso(Number(found[3]), Number(found[2]), Number(found[1]));
  found = /^(\d{1,2})[/.\- ]?([A-Za-z]{3,9})[/.\- ]?(\d{2}|\d{4})?$/.exec(text);
  if (found) {
    const month = monthNumber(found[2] ?? "");
    if (month === null) return null;
    return found[3] ? iso(Number(found[3]), month, Number(found[1])) : nearest(near, month, Number(found[1]));
  }
  found = /^(\d{2})(\d{2})(\d{2}|\d{4})$/.exec(text);
  if (found) return iso(Number(found[3]), Number(found[2]), Number(found[1]));
  found = /^(\d{1,2})[/.\- ](\d{1,2})$/.exec(text);
  if (found) return nearest(near, Number(found[2]), Number(found[1]));
  found = /^(\d{1,2})$/.exec(text);
  if (found) return sameOrNeighbourMonth(near, Number(found[1]));
  return null;
}

function distance(a: string, b: string): number {
  return Math.abs(Date.parse(a) - Date.parse(b));
}

function closest(near: string, options: (string | null)[]): string | null {
  const real = options.filter((option): option is string => option !== null);
  return real.sort((a, b) => distance(a, near) - distance(b, near))[0] ?? null;
}

function nearest(near: string, month: number, day: number): string | null {
  const year = Number(near.slice(0, 4));
  return closest(near, [iso(year - 1, month, day), iso(year, month, day), iso(year + 1, month, day)]);
}

function sameOrNeighbourMonth(near: string, day: number): string | null {
  const year = Number(near.slice(0, 4));
  const month = Number(near.slice(5, 7));
  return closest(near, [
    month === 1 ? iso(year - 1, 12, day) : iso(year, month - 1, day),
    iso(year, month, day),
    month === 12 ? iso(year + 1, 1, day) : iso(year, month + 1, day),
  ]);
}

const AWAY: Readonly<Record<string, number>> = { yesterday: -1, today: 0, t: 0, tomorrow: 1 };

/**
 * As `readDay`, for a field: also `today` (or `t`), `tomorrow`, `yesterday` and `20261103`, and `+1` or `-1` for so many
 * days after or before the day that is near: today for a field on its own.
 */
export function readDayField(typed: string, today: string, near: string = today): string | null {
  const text = typed.trim().toLowerCase();
  const away = AWAY[text];
  if (away !== undefined) return daysOn(today, away);
  const by = /^([+-])(\d{1,3})$/.exec(text);
  if (by) return daysOn(near, Number(by[2]) * (by[1] === "-" ? -1 : 1));
  const run = /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  return readDay(text, near) ?? (run ? iso(Number(run[1]), Number(run[2]), Number(run[3])) : null);
}

function daysOn(from: string, by: number): string {
  return new Date(Date.parse(from) + by * DAY_MS).toISOString().slice(0, 10);
}

/** `03/11/2026`, from `2026-11-03`. */
export function writtenDay(on: string | null | undefined): string {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(on ?? "");
  return found ? `${found[3]}/${found[2]}/${found[1]}` : "";
}
