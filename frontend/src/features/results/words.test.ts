import { describe, expect, it } from "vitest";
import type { Figure, Level, Results } from "./data.ts";
import { intervalWords, onBar, scaleFrom, shareWords, verdictOf, withPrimary } from "./words.ts";

const figure: Figure = {
  counted: 9,
  of: 10,
  of_what: "codes",
  share: 0.9,
  percent: "90.0",
  low: 0.6,
  high: 0.98,
  low_percent: "59.6",
  high_percent: "98.2",
  effective_n: 10,
  small: true,
};
const nothing: Figure = { ...figure, of: 0, share: null, percent: null, low: null, high: null, low_percent: null };
const level: Level = {
  key: "met",
  name: "Standards met",
  met: true,
  verdict: "cannot_tell",
  needed: 0.9,
  needed_percent: "90.0",
  lacking: [],
};

describe("a figure in words", () => {
  it("is not applicable where there is nothing to count, never 0 or 100 %", () => {
    expect(shareWords(nothing)).toBe("not applicable");
    expect(intervalWords(nothing)).toBe("");
    expect(onBar(nothing, 0.5)).toBeNull();
  });

  it("has its share and its interval", () => {
    expect(shareWords(figure)).toBe("90.0 %");
    expect(intervalWords(figure)).toBe("59.6 to 98.2");
  });
});

describe("a verdict", () => {
  it("is the interval's, with the point's beside it", () => {
    expect(verdictOf(level)).toMatchObject({
      word: "cannot tell",
      tone: "amber",
      hint: expect.stringMatching(/reaches/),
    });
    expect(verdictOf({ ...level, verdict: "below", met: false })).toMatchObject({ word: "below", tone: "red" });
    expect(verdictOf({ ...level, verdict: null, met: null }).word).toBe("not applicable");
  });
});

describe("a bar", () => {
  it("begins at a round share below all that it shows", () => {
    expect(scaleFrom([figure], [0.95])).toBe(0.5);
    expect(scaleFrom([nothing], [])).toBe(0);
    expect(onBar(figure, 0.5)).toEqual({
      left: expect.closeTo(0.2),
      right: expect.closeTo(0.96),
      point: expect.closeTo(0.8),
    });
  });
});

it("tells codes whose difference counts with the primary, so that the columns add up", () => {
  const of = (code_class: string, discrepancies: number) => ({ code_class, discrepancies });
  const results = {
    headline: { classes: [of("primary_diagnosis", 1), of("secondary_diagnosis", 4)] },
    errors: [of("primary_diagnosis", 1), of("secondary_diagnosis", 2), of("secondary_diagnosis", 1)],
  } as unknown as Results;
  expect(withPrimary("secondary_diagnosis", results)).toBe(1);
  expect(withPrimary("primary_diagnosis", results)).toBe(0);
  expect(withPrimary("primary_procedure", results)).toBe(0);
});
