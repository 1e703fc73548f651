// Two lists of codes side by side: what was added, removed, changed or moved, line by line and in words.

import type { ListName } from "./codes.ts";
import { type Content, LISTS, type WireLine } from "./grid.ts";

export type Mark = "same" | "added" | "removed" | "changed" | "moved" | "date";

export interface Pair {
  readonly mark: Mark;
  readonly mine: (WireLine & { row: number }) | null;
  readonly theirs: (WireLine & { row: number }) | null;
}

export type ContentDiff = Readonly<Record<ListName, readonly Pair[]>>;

export function diffContent(mine: Content, theirs: Content): ContentDiff {
  return {
    diagnoses: diffLines(mine.diagnoses, theirs.diagnoses),
    procedures: diffLines(mine.procedures, theirs.procedures),
  };
}

export function sameContent(a: Content, b: Content): boolean {
  return LISTS.every((list) => diffLines(a[list], b[list]).every((pair) => pair.mark === "same"));
}

/**
 * Nothing of either side is lost: theirs as they stand, then what only I have, each code once. The same procedure on
 * another day is another line.
 */
export function unionContent(mine: Content, theirs: Content): Content {
  const same = ({ code, on }: WireLine) => `${code} ${on ?? ""}`;
  const only = (list: ListName) => {
    const have = new Set(theirs[list].map(same));
    return mine[list].filter((line) => !have.has(same(line)) && have.add(same(line)));
  };
  return {
    diagnoses: [...theirs.diagnoses, ...only("diagnoses")],
    procedures: [...theirs.procedures, ...only("procedures")],
  };
}

/** Stretches of lines that are the same, and the lines that differ, in their order. */
export function stretches(pairs: readonly Pair[]): { same: boolean; pairs: Pair[] }[] {
  const parts: { same: boolean; pairs: Pair[] }[] = [];
  for (const pair of pairs) {
    const last = parts.at(-1);
    if (last && last.same === (pair.mark === "same")) last.pairs.push(pair);
    else parts.push({ same: pair.mark === "same", pairs: [pair] });
  }
  return parts;
}

/** How many lines differ, for a heading: "3 lines differ". */
export function countDifferences(diff: ContentDiff): number {
  return LISTS.reduce((sum, list) => sum + diff[list].filter((pair) => pair.mark !== "same").length, 0);
}

/**
 * Lines stand in my order, with theirs slotted in where they come. A line on both sides in another order is "moved";
 * one that was replaced on its place is "changed", so that a corrected code reads as one difference and not two.
 */
export function diffLines(mine: readonly WireLine[], theirs: readonly WireLine[]): Pair[] {
  const kept = longestCommon(mine, theirs);
  const keptMine = new Map(kept.map(([a, b]) => [a, b]));
  const keptTheirs = new Set(kept.map(([, b]) => b));
  const movedTo = pairMoved(mine, theirs, keptMine, keptTheirs);
  const movedTheirs = new Set(movedTo.values());
  const at = (lines: readonly WireLine[], row: number) => ({ ...(lines[row] as WireLine), row });

  const pairs: Pair[] = [];
  let next = 0;
  const gap: { mine: number[]; theirs: number[] } = { mine: [], theirs: [] };
  const closeGap = () => {
    // What is left between two kept lines on both sides was changed in place, as far as it goes.
    for (let i = 0; i < Math.max(gap.mine.length, gap.theirs.length); i++) {
      const [a, b] = [gap.mine[i], gap.theirs[i]];
      const mark = a === undefined ? "added" : b === undefined ? "removed" : "changed";
      pairs.push({ mark, mine: a === undefined ? null : at(mine, a), theirs: b === undefined ? null : at(theirs, b) });
    }
    gap.mine = [];
    gap.theirs = [];
  };
  const theirsUpTo = (row: number) => {
    for (; next < row; next++) if (!keptTheirs.has(next) && !movedTheirs.has(next)) gap.theirs.push(next);
  };
  mine.forEach((_, row) => {
    const same = keptMine.get(row);
    const moved = movedTo.get(row);
    if (same !== undefined) {
      theirsUpTo(same);
      closeGap();
      next = same + 1;
      const [a, b] = [at(mine, row), at(theirs, same)];
      pairs.push({ mark: (a.on ?? null) === (b.on ?? null) ? "same" : "date", mine: a, theirs: b });
    } else if (moved !== undefined) {
      closeGap();
      pairs.push({ mark: "moved", mine: at(mine, row), theirs: at(theirs, moved) });
    } else gap.mine.push(row);
  });
  theirsUpTo(theirs.length);
  closeGap();
  return pairs;
}

function pairMoved(
  mine: readonly WireLine[],
  theirs: readonly WireLine[],
  keptMine: ReadonlyMap<number, number>,
  keptTheirs: ReadonlySet<number>,
): Map<number, number> {
  const moved = new Map<number, number>();
  const taken = new Set<number>();
  mine.forEach((line, row) => {
    if (keptMine.has(row)) return;
    const other = theirs.findIndex((their, at) => their.code === line.code && !keptTheirs.has(at) && !taken.has(at));
    if (other >= 0) {
      moved.set(row, other);
      taken.add(other);
    }
  });
  return moved;
}

/** Pairs of rows of a longest common subsequence by code. Lists are short (20 and 24 lines), so the plain table will do. */
function longestCommon(a: readonly WireLine[], b: readonly WireLine[]): [number, number][] {
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  const cell = (i: number, j: number) => table[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i * width + j] =
        a[i]?.code === b[j]?.code ? cell(i + 1, j + 1) + 1 : Math.max(cell(i + 1, j), cell(i, j + 1));
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i]?.code === b[j]?.code) pairs.push([i++, j++]);
    else if (cell(i + 1, j) >= cell(i, j + 1)) i++;
    else j++;
  }
  return pairs;
}
