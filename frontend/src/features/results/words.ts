// What figures say, in words.
import type { ClassFigures, Figure, Level, Results } from "./data.ts";

/** The share for a person; never a number where there is nothing to count. */
export function shareWords(figure: Figure): string {
  return figure.percent === null ? "not applicable" : `${figure.percent} %`;
}

/** The interval for a person, or nothing. */
export function intervalWords(figure: Figure): string {
  return figure.low_percent === null ? "" : `${figure.low_percent} to ${figure.high_percent}`;
}

export type Said = { word: string; tone: "green" | "red" | "amber" | "grey"; hint: string };

/** What the interval says of a level, beside what the point alone says. */
export function verdictOf(level: Level): Said {
  if (level.verdict === null) return { word: "not applicable", tone: "grey", hint: "There is nothing to count" };
  const point =
    level.met === null
      ? ""
      : level.met
        ? "The point alone, unrounded, reaches it"
        : "The point alone does not reach it";
  if (level.verdict === "above") return { word: "above", tone: "green", hint: point };
  if (level.verdict === "below") return { word: "below", tone: "red", hint: point };
  return { word: "cannot tell", tone: "amber", hint: point };
}

/** Where an interval lies on a bar that begins at `from`: shares from 0 to 1, cut at the bar's ends. */
export function onBar(figure: Figure, from: number): { left: number; right: number; point: number } | null {
  if (figure.share === null || figure.low === null || figure.high === null) return null;
  const at = (share: number) => Math.min(1, Math.max(0, (share - from) / (1 - from)));
  return { left: at(figure.low), right: at(figure.high), point: at(figure.share) };
}

/** A round share below everything that is drawn, so that one scale serves all bars of a table. */
export function scaleFrom(figures: readonly Figure[], needed: readonly number[]): number {
  const lows = [...figures.flatMap((figure) => figure.low ?? []), ...needed];
  const lowest = lows.length > 0 ? Math.min(...lows) : 0;
  return Math.max(0, Math.floor((lowest - 0.02) * 10) / 10);
}

/**
 * The codes of a class that differ, and are no error there because the difference counts with the primary: the coder put
 * first what belongs second. With them the columns add up. The kinds of error leave such codes out, in every way of
 * counting alike.
 */
export function withPrimary(of: ClassFigures["code_class"], results: Pick<Results, "errors" | "headline">): number {
  const all = results.headline.classes.find((row) => row.code_class === of)?.discrepancies ?? 0;
  const here = results.errors.filter((kind) => kind.code_class === of);
  return all - here.reduce((sum, kind) => sum + kind.discrepancies, 0);
}
