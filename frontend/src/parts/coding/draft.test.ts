import { describe, expect, it } from "vitest";
import { packDraft, unpackDraft } from "./draft.ts";
import { openGrid, reduce } from "./grid.ts";
import { readPaste } from "./paste.ts";

const START = "2026-11-12";

describe("the draft", () => {
  it("brings back codes, half-typed words, unreadable lines and reasons after a reload", () => {
    let grid = openGrid({ diagnoses: [{ code: "I214" }], procedures: [] }, START);
    grid = reduce(grid, { type: "paste", list: "diagnoses", ...readPaste("E11.9 E1l9 I10", "diagnoses", START) });
    grid = reduce(grid, {
      type: "paste",
      list: "procedures",
      ...readPaste("K75.1 13/11/2026", "procedures", START),
    });
    grid = reduce(grid, { type: "type", list: "diagnoses", text: "fall st" });
    const body = packDraft(grid, { "E-02 S700": "Cause on FCE 1" }, 0);
    expect(body.diagnoses).toEqual([{ code: "I214" }, { code: "E119" }, { code: "I10" }]);
    const back = unpackDraft(JSON.parse(JSON.stringify(body)));
    const again = openGrid(back.content, START, back.leftover);
    expect(again.lists.diagnoses.map((line) => line.code ?? `!${line.raw}`)).toEqual(["I214", "E119", "!E1l9", "I10"]);
    expect(again.lists.procedures.map((line) => line.on)).toEqual(["2026-11-13"]);
    expect(again.adding.diagnoses).toBe("fall st");
    expect(back.reasons).toEqual({ "E-02 S700": "Cause on FCE 1" });
    const keys = again.lists.diagnoses.map((line) => line.key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("keeps the words of a line that was being inserted", () => {
    let grid = openGrid({ diagnoses: [{ code: "I214" }, { code: "E119" }], procedures: [] }, START);
    grid = reduce(grid, { type: "go", list: "diagnoses", row: 1 });
    grid = reduce(grid, { type: "insert" });
    grid = reduce(grid, { type: "type", list: "diagnoses", text: "hyper" });
    expect(unpackDraft(packDraft(grid, {}, 0)).leftover.adding.diagnoses).toBe("hyper");
  });

  it("carries nothing half done when nothing is", () => {
    expect(packDraft(openGrid({ diagnoses: [{ code: "I214" }], procedures: [] }, START), {}, 0).note).toBe("");
  });

  it.each(["", "not json", "[]", "null", '{"adding":4,"unreadable":[1,{"list":"x"}],"reasons":{"a":1}}'])(
    "never fails on %j",
    (note) => {
      const back = unpackDraft({ diagnoses: [{ code: "I214" }], procedures: [], note });
      expect(back.content.diagnoses).toEqual([{ code: "I214" }]);
      expect(back.leftover).toEqual({ adding: { diagnoses: "", procedures: "" }, unreadable: [], proposed: [] });
      expect(back.reasons).toEqual({});
    },
  );
});

it("keeps which days were only proposed", () => {
  const grid = reduce(openGrid({ diagnoses: [], procedures: [] }, START, undefined, "2026-11-15"), {
    type: "pick",
    list: "procedures",
    code: "K751",
  });
  const back = unpackDraft(packDraft(grid, {}, 0));
  const again = openGrid(back.content, START, back.leftover, "2026-11-15");
  expect(again.lists.procedures.map((line) => line.proposed)).toEqual([true]);
  const next = reduce(again, { type: "pick", list: "procedures", code: "Y534" });
  expect(next.lists.procedures.map((line) => line.proposed)).toEqual([true, true]);
});
