import { describe, expect, it } from "vitest";
import { countDifferences, diffContent, diffLines, sameContent, stretches, unionContent } from "./diff.ts";

const lines = (text: string) =>
  text
    .split(" ")
    .filter(Boolean)
    .map((code) => ({ code }));
const shown = (mine: string, theirs: string) =>
  diffLines(lines(mine), lines(theirs)).map(
    (pair) => `${pair.mark} ${pair.mine?.code ?? "-"} ${pair.theirs?.code ?? "-"}`,
  );

describe("two lists of codes", () => {
  it("that are equal have no difference", () => {
    expect(shown("I214 E119", "I214 E119")).toEqual(["same I214 I214", "same E119 E119"]);
  });

  it("show a line that they have and I have not as added, and the other way as removed", () => {
    expect(shown("I214 E119", "I214 I10 E119")).toEqual(["same I214 I214", "added - I10", "same E119 E119"]);
    expect(shown("I214 I10 E119", "I214 E119")).toEqual(["same I214 I214", "removed I10 -", "same E119 E119"]);
  });

  it("show a code corrected in its place as one change", () => {
    expect(shown("I214 E119 I10", "I214 E112 I10")).toEqual(["same I214 I214", "changed E119 E112", "same I10 I10"]);
  });

  it("show another primary as moved, with the rows of both sides", () => {
    expect(shown("I214 E119 S700", "S700 I214 E119")).toEqual(["same I214 I214", "same E119 E119", "moved S700 S700"]);
    const moved = diffLines(lines("I214 E119 S700"), lines("S700 I214 E119")).find((pair) => pair.mark === "moved");
    expect([moved?.mine?.row, moved?.theirs?.row]).toEqual([2, 0]);
  });

  it("keep repeated codes apart", () => {
    expect(shown("Z942 Z942", "Z942")).toEqual(["same Z942 Z942", "removed Z942 -"]);
  });

  it("show another date on the same procedure", () => {
    const pairs = diffLines([{ code: "K751", on: "2026-11-12" }], [{ code: "K751", on: "2026-11-13" }]);
    expect(pairs.map((pair) => pair.mark)).toEqual(["date"]);
  });

  it("hold every line of both sides exactly once, whatever happened", () => {
    // A small deterministic generator: the property must hold for any two lists.
    let seed = 7;
    const random = (n: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % n;
    };
    for (let round = 0; round < 400; round++) {
      const list = () => Array.from({ length: random(9) }, () => ({ code: `C${random(6)}` }));
      const [mine, theirs] = [list(), list()];
      const pairs = diffLines(mine, theirs);
      const rows = (side: "mine" | "theirs") => pairs.flatMap((pair) => pair[side]?.row ?? []).sort((a, b) => a - b);
      expect(rows("mine")).toEqual(mine.map((_, row) => row));
      expect(rows("theirs")).toEqual(theirs.map((_, row) => row));
      expect(
        pairs.every((pair) => !["same", "moved"].includes(pair.mark) || pair.mine?.code === pair.theirs?.code),
      ).toBe(true);
      const equal = mine.map((line) => line.code).join() === theirs.map((line) => line.code).join();
      expect(pairs.every((pair) => pair.mark === "same")).toBe(equal);
    }
  });

  it("count their differences over both lists", () => {
    const mine = { diagnoses: lines("I214 E119"), procedures: [{ code: "K751", on: "2026-11-12" }] };
    const theirs = { diagnoses: lines("I214"), procedures: [{ code: "K751", on: "2026-11-13" }] };
    expect(countDifferences(diffContent(mine, theirs))).toBe(2);
    expect(sameContent(mine, theirs)).toBe(false);
    expect(sameContent(mine, mine)).toBe(true);
  });
});

describe("keeping both", () => {
  it("takes theirs, then what only I have, each code once", () => {
    const both = unionContent(
      {
        diagnoses: lines("I214 E119 Z921 Z921"),
        procedures: [
          { code: "K751", on: "2026-11-12" },
          { code: "K751", on: "2026-11-13" },
        ],
      },
      { diagnoses: lines("I219 E119"), procedures: [{ code: "K751", on: "2026-11-12" }] },
    );
    expect(both.diagnoses.map(({ code }) => code)).toEqual(["I219", "E119", "I214", "Z921"]);
    expect(both.procedures.map(({ on }) => on)).toEqual(["2026-11-12", "2026-11-13"]);
  });

  it("folds the lines that are the same round the one that differs", () => {
    const parts = stretches(diffLines(lines("I214 E119 I10 Z921"), lines("I214 E119 I10 Z922")));
    expect(parts.map(({ same, pairs }) => [same, pairs.length])).toEqual([
      [true, 3],
      [false, 1],
    ]);
  });
});
