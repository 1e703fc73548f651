// The twelve months of a financial year, and which of them a plan takes.
import { londonDay, monthName } from "@/kit/dates.ts";

export type Month = { key: string; short: string; long: string };

/** April to March, from `2026/27`. */
export function monthsOf(year: string): Month[] {
  const start = Number(year.slice(0, 4));
  return Array.from({ length: 12 }, (_, n) => {
    const index = 3 + n;
    const key = `${start + Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, "0")}`;
    const long = monthName(key);
    return { key, short: long.slice(0, 3), long: `${long} ${key.slice(0, 4)}` };
  });
}

/** How many months stand empty before a bar, how many it takes, and how many follow. */
export function span(
  months: readonly Month[],
  from: string,
  to: string,
): [before: number, taken: number, after: number] {
  const first = months.findIndex((month) => month.key === from);
  const last = months.findIndex((month) => month.key === to);
  if (first < 0 || last < first) return [0, months.length, 0];
  return [first, last - first + 1, months.length - 1 - last];
}

/** `2026/27`, for a London day. */
export function yearOf(day: string): string {
  const [year, month] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))];
  const start = month >= 4 ? year : year - 1;
  return `${start}/${String((start + 1) % 100).padStart(2, "0")}`;
}

export function thisMonth(): string {
  return londonDay(Date.now()).slice(0, 7);
}
