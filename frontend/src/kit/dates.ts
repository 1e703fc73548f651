// Dates as the NHS writes them, always London time, whatever the laptop says. Days (`_on`) are never converted.

const zone = "Europe/London";
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const monthsLong = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

type Day = { year: number; month: number; day: number };

function parts(on: string): Day | null {
  const found = /^(\d{4})-(\d{2})-(\d{2})/.exec(on);
  if (!found) return null;
  return { year: Number(found[1]), month: Number(found[2]), day: Number(found[3]) };
}

/** `3 Mar 2026`, from `2026-03-03`. */
export function day(on: string | null | undefined): string {
  const p = on ? parts(on) : null;
  return p ? `${p.day} ${months[p.month - 1]} ${p.year}` : "";
}

/** `3 Mar`: for tables where the year is plain from the rest. */
export function dayShort(on: string | null | undefined): string {
  const p = on ? parts(on) : null;
  return p ? `${p.day} ${months[p.month - 1]}` : "";
}

/** `3 Mar`, and `3 Mar 2026` where the year is another than that of the day it stands beside. */
export function dayBeside(on: string, beside: string): string {
  return on.slice(0, 4) === beside.slice(0, 4) ? dayShort(on) : day(on);
}

/** `3 March 2026`: for running text. */
export function dayLong(on: string | null | undefined): string {
  const p = on ? parts(on) : null;
  return p ? `${p.day} ${monthsLong[p.month - 1]} ${p.year}` : "";
}

/** `12 to 15 Nov 2026`, `30 Oct to 2 Nov 2026`, `15 Nov 2026` when both are one day. */
export function dayRange(from: string | null | undefined, to: string | null | undefined): string {
  const a = from ? parts(from) : null;
  const b = to ? parts(to) : null;
  if (!a || !b) return a ? `from ${day(from)}` : day(to);
  if (a.year !== b.year) return `${day(from)} to ${day(to)}`;
  if (a.month !== b.month) return `${dayShort(from)} to ${day(to)}`;
  if (a.day !== b.day) return `${a.day} to ${day(to)}`;
  return day(to);
}

/** `Sat 21 Nov 2026`. */
export function dayWithWeekday(on: string): string {
  const p = parts(on);
  if (!p) return "";
  const weekday = new Date(Date.UTC(p.year, p.month - 1, p.day)).getUTCDay();
  return `${["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][weekday]} ${day(on)}`;
}

/** `Nov 2026`, from the first day of a month or `2026-11`. */
export function month(of: string | null | undefined): string {
  const found = of ? /^(\d{4})-(\d{2})/.exec(of) : null;
  return found ? `${months[Number(found[2]) - 1]} ${found[1]}` : "";
}

/** `November`. */
export function monthName(of: string): string {
  const found = /^(\d{4})-(\d{2})/.exec(of);
  return found ? (monthsLong[Number(found[2]) - 1] ?? "") : "";
}

const clockFormat = new Intl.DateTimeFormat("en-GB", {
  timeZone: zone,
  hour: "numeric",
  minute: "2-digit",
  hour12: true,
});
const dayFormat = new Intl.DateTimeFormat("en-CA", {
  timeZone: zone,
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
});

/** `2:30pm`, London. */
export function time(at: string | number | Date): string {
  const pieces = clockFormat.formatToParts(new Date(at));
  const get = (type: string) => pieces.find((piece) => piece.type === type)?.value ?? "";
  // Some engines write midnight and noon as 0 in the en-GB twelve-hour clock.
  const hour = get("hour") === "0" ? "12" : get("hour");
  return `${hour}:${get("minute")}${get("dayPeriod")
    .toLowerCase()
    .replace(/[^apm]/g, "")}`;
}

/** The London day of an instant, as `2026-11-21`. */
export function londonDay(at: string | number | Date): string {
  return dayFormat.format(new Date(at));
}

/** `21 Nov 2026, 2:30pm`. */
export function instant(at: string | null | undefined): string {
  return at ? `${day(londonDay(at))}, ${time(at)}` : "";
}

const secondsFormat = new Intl.DateTimeFormat("en-GB", { timeZone: zone, second: "2-digit" });

/** `21 Nov 2026, 2:30:05pm`: where what came first has to be seen. */
export function instantExact(at: string | null | undefined): string {
  if (!at) return "";
  const seconds = secondsFormat.format(new Date(at)).padStart(2, "0");
  return instant(at).replace(/(:\d\d)([ap]m)$/, `$1:${seconds}$2`);
}

/** `2:30pm` today, `yesterday, 2:30pm`, else the whole. */
export function instantNear(at: string | null | undefined, now: Date = new Date()): string {
  if (!at) return "";
  const away = daysBetween(londonDay(at), londonDay(now));
  if (away === 0) return time(at);
  if (away === 1) return `yesterday, ${time(at)}`;
  return instant(at);
}

/** Whole days from one day to another; negative when the second is earlier. */
export function daysBetween(from: string, to: string): number {
  const a = parts(from);
  const b = parts(to);
  if (!a || !b) return 0;
  return Math.round((Date.UTC(b.year, b.month - 1, b.day) - Date.UTC(a.year, a.month - 1, a.day)) / 86_400_000);
}

/** `45 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  const m = Math.floor(s / 60);
  if (m < 60) return s % 60 ? `${m} min ${s % 60} s` : `${m} min`;
  return m % 60 ? `${Math.floor(m / 60)} h ${m % 60} min` : `${Math.floor(m / 60)} h`;
}
