// Reads dates as they are pasted from the published timetable: month, phase, inclusion day, publication day.
import type { NewRow } from "./data.ts";

const phases = {
  flex: "flex",
  freeze: "freeze",
  "annual refresh": "annual_refresh",
  annual_refresh: "annual_refresh",
} as const;
const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

export type Read = { rows: NewRow[]; wrong: { line: number; why: string }[] };

export function readRows(pasted: string): Read {
  const rows: NewRow[] = [];
  const wrong: Read["wrong"] = [];
  for (const [index, text] of pasted.split(/\r?\n/).entries()) {
    if (text.trim() === "") continue;
    const cells = text.split(/[,\t;]/).map((cell) => cell.trim());
    if (index === 0 && /month/i.test(cells[0] ?? "")) continue;
    const [month, phase, inclusion, publication] = cells;
    const line = index + 1;
    const activityMonth = readMonth(month ?? "");
    const knownPhase = phases[(phase ?? "").toLowerCase() as keyof typeof phases];
    const inclusionOn = readDay(inclusion ?? "");
    const publicationOn = publication ? readDay(publication) : null;
    if (!activityMonth) wrong.push({ line, why: `"${month ?? ""}" is not a month such as 2026-04 or Apr 2026` });
    else if (!knownPhase) wrong.push({ line, why: `"${phase ?? ""}" is not flex, freeze or annual refresh` });
    else if (!inclusionOn)
      wrong.push({ line, why: `"${inclusion ?? ""}" is not a day such as 2026-05-20 or 20 May 2026` });
    else if (publication && !publicationOn) wrong.push({ line, why: `"${publication}" is not a day` });
    else {
      rows.push({
        activity_month: activityMonth,
        phase: knownPhase,
        inclusion_on: inclusionOn,
        ...(publicationOn ? { publication_on: publicationOn } : null),
      });
    }
  }
  return { rows, wrong };
}

function readMonth(text: string): string | null {
  const iso = /^(\d{4})-(\d{2})(?:-\d{2})?$/.exec(text);
  if (iso) return Number(iso[2]) >= 1 && Number(iso[2]) <= 12 ? `${iso[1]}-${iso[2]}` : null;
  const named = /^([A-Za-z]{3,9})[ -](\d{4})$/.exec(text);
  const month = named?.[1] ? months.indexOf(named[1].slice(0, 3).toLowerCase()) + 1 : 0;
  return named && month > 0 ? `${named[2]}-${String(month).padStart(2, "0")}` : null;
}

function readDay(text: string): string | null {
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (iso) return real(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const slashed = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text);
  if (slashed) return real(Number(slashed[3]), Number(slashed[2]), Number(slashed[1]));
  const named = /^(\d{1,2}) ([A-Za-z]{3,9}) (\d{4})$/.exec(text);
  if (named?.[2])
    return real(Number(named[3]), months.indexOf(named[2].slice(0, 3).toLowerCase()) + 1, Number(named[1]));
  return null;
}

/** Refuses 31 June: a day that rolls over into the next month was not meant. */
function real(year: number, month: number, day: number): string | null {
  const made = new Date(Date.UTC(year, month - 1, day));
  const same = made.getUTCFullYear() === year && made.getUTCMonth() === month - 1 && made.getUTCDate() === day;
  return same ? made.toISOString().slice(0, 10) : null;
}
