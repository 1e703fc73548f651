import { describe, expect, it } from "vitest";
import { byUse, type Found, firstMark, type Hit, nextMark, onEnter, oneIn, spoken, typedOn } from "./code-search.ts";

const NEAR = "2026-11-14";
const hit = (code: string, leaf = true): Hit => ({
  code,
  dotted: code,
  title: `Title of ${code}`,
  one_in: 310,
  leaf,
  dagger: false,
  asterisk: false,
});
const found = (query: string, ...hits: Hit[]): Found => ({ query, hits, within: null });
const enter = (text: string, what: Found | null, marked = 0) => onEnter(text, "diagnoses", what, marked, NEAR);

describe("Enter in the search field", () => {
  it("takes the marked hit", () => {
    expect(enter("fall stand", found("fall stand", hit("W182"), hit("W012")), 1)).toEqual({
      kind: "pick",
      code: "W012",
    });
  });

  it("takes a code typed whole, also before the search has answered", () => {
    expect(enter("i21.4", null)).toEqual({ kind: "pick", code: "I214" });
    expect(enter("I10X", found("I1", hit("I110")))).toEqual({ kind: "pick", code: "I10" });
  });

  it("takes the exact code although another is ranked above it, unless an arrow key chose", () => {
    const both = found("I21.4", hit("I2140"), hit("I214"));
    expect(enter("I21.4", both)).toEqual({ kind: "pick", code: "I214" });
    expect(enter("I21.4", found("I21.4", hit("I214"), hit("I219")), 1)).toEqual({ kind: "pick", code: "I219" });
  });

  it("opens a category to its next characters instead of taking it", () => {
    const category = hit("I21", false);
    expect(enter("I21", found("I21", category, hit("I214")))).toEqual({ kind: "open", hit: category });
  });

  it("takes a code under an opened category, whatever stands in the field", () => {
    const open: Found = { query: "I21", hits: [hit("I210"), hit("I211")], within: hit("I21", false) };
    expect(enter("", open, 1)).toEqual({ kind: "pick", code: "I211" });
  });

  it("takes what is marked when it has all of the words, although the last letters are not answered yet", () => {
    const older = found("type 2 dia", { ...hit("E119"), title: "Type 2 diabetes mellitus without complications" });
    expect(enter("type 2 diab without", older)).toEqual({ kind: "pick", code: "E119" });
    expect(enter("type 2 diab ketoac", older)).toEqual({ kind: "wait", code: null, seen: "E119" });
  });

  it("never takes a hit of an older text, but remembers what was marked until the answer is there", () => {
    expect(enter("fall stand", found("fall", hit("W19")))).toEqual({ kind: "wait", code: null, seen: "W19" });
    expect(enter("fall stand", null)).toEqual({ kind: "nothing" });
  });

  it("takes several codes as a list", () => {
    expect(enter("I21.4 E11.9", null)).toEqual({ kind: "paste", text: "I21.4 E11.9" });
  });

  it("waits for the search with three characters, which may be a code or a category", () => {
    expect(enter("I10", null)).toEqual({ kind: "wait", code: "I10", seen: null });
    expect(enter("I10", found("I1", hit("I110")))).toEqual({ kind: "wait", code: "I10", seen: "I110" });
    expect(enter("I10", found("I10", hit("I10")))).toEqual({ kind: "pick", code: "I10" });
    expect(enter("Q99", found("Q99"))).toEqual({ kind: "pick", code: "Q99" });
  });

  it("does nothing with nothing", () => {
    expect(enter("", null)).toEqual({ kind: "nothing" });
    expect(enter("zzz", found("zzz"))).toEqual({ kind: "nothing" });
  });

  it("shows an unknown code on its line rather than swallow it", () => {
    expect(enter("I21.7", found("I21.7"))).toEqual({ kind: "pick", code: "I217" });
  });
});

describe("the list of hits", () => {
  it("goes round its ends", () => {
    expect([nextMark(0, -1, 3), nextMark(2, 1, 3), nextMark(0, 1, 0)]).toEqual([2, 0, 0]);
    expect([nextMark(-1, 1, 3), nextMark(-1, -1, 3)]).toEqual([0, 2]);
  });

  it.each(["-1", "+1", "3", "12/11/2026", "t", "?"])("marks nothing for %j, so that Enter takes nothing", (typed) => {
    const what = found(typed, hit("I214"), hit("I219"));
    expect(firstMark(what)).toBe(-1);
    expect(enter(typed, what, firstMark(what))).toEqual({ kind: "nothing" });
  });

  it("marks nothing where no code has all of the words, until an arrow key chooses", () => {
    const part = found("asthma heart", { ...hit("J459"), match: "part" });
    expect(enter("asthma heart", part, firstMark(part))).toEqual({ kind: "nothing" });
    expect(enter("asthma heart", part, nextMark(firstMark(part), 1, 1))).toEqual({ kind: "pick", code: "J459" });
  });

  it("marks the first of what was meant: words, a synonym, half a code, an opened category", () => {
    expect(firstMark(found("mi", { ...hit("I214"), match: "synonym" }))).toBe(0);
    expect(firstMark(found("i2", hit("I20", false)))).toBe(0);
    expect(firstMark({ ...found("", hit("I210")), within: hit("I21", false) })).toBe(0);
    expect(firstMark(found("zzz"))).toBe(-1);
  });

  it("says how often a code is used, and how many were found", () => {
    expect(oneIn({ ...hit("W182"), one_in: 24000 })).toBe("1 in 24,000");
    expect(oneIn({ ...hit("W182"), one_in: null })).toBe("");
    expect(spoken(found("fall", hit("W182"), hit("W012")), "fall")).toBe("2 codes");
    expect(spoken(found("zzz"), "zzz")).toBe("No code matches “zzz”");
    expect(spoken(found("hip zz", { ...hit("W381"), match: "part" }), "hip zz")).toBe(
      "No code matches “hip zz”. 1 with some of the words",
    );
    expect(spoken(null, "")).toBe("");
  });
});

describe("an open category", () => {
  const within = hit("M819", false);
  const found = { query: "osteop", within, hits: [hit("M8190"), hit("M8195")] };

  it("takes the next character as its code's, and anything else as a new search", () => {
    expect(typedOn("osteop5", "osteop", found)).toEqual({ mark: 1 });
    expect(typedOn("osteoph", "osteop", found)).toEqual({ text: "h" });
    expect(typedOn("osteopo", "osteop", { ...found, within: null })).toEqual({ text: "osteopo" });
    expect(typedOn("osteo", "osteop", found)).toEqual({ text: "osteo" });
  });

  it("is ordered by use", () => {
    expect(byUse([{ one_in: null }, { one_in: 900 }, { one_in: 30 }]).map(({ one_in }) => one_in)).toEqual([
      30,
      900,
      null,
    ]);
  });
});
