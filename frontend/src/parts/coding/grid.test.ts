import { describe, expect, it } from "vitest";
import { type Action, type Grid, here, lineHere, openGrid, reduce } from "./grid.ts";
import { proposedDays, toCheck, toWire, typingDay, unreadable, unreadDay } from "./grid-ask.ts";
import { readPaste } from "./paste.ts";

const START = "2026-11-12";
const empty = () => openGrid({ diagnoses: [], procedures: [] }, START);
const three = () =>
  openGrid({ diagnoses: [{ code: "I214" }, { code: "E119" }, { code: "S700" }], procedures: [] }, START);
const act = (grid: Grid, ...actions: Action[]) => actions.reduce(reduce, grid);
const dx = (grid: Grid) => grid.lists.diagnoses.map((line) => line.code ?? `!${line.raw}`);
const px = (grid: Grid) => grid.lists.procedures.map((line) => `${line.code} ${line.on}`);
const pick = (code: string, list: "diagnoses" | "procedures" = "diagnoses"): Action => ({ type: "pick", list, code });
const go = (row: number, list: "diagnoses" | "procedures" = "diagnoses", col: "code" | "date" = "code"): Action => ({
  type: "go",
  list,
  row,
  col,
});

describe("entering codes", () => {
  it("starts on the first empty diagnosis line", () => {
    expect(here(three())).toEqual({ row: 3, col: "code" });
    expect(lineHere(three())).toBeUndefined();
  });

  it("picks one after the other, each Enter going to the next row", () => {
    const grid = act(empty(), { type: "type", list: "diagnoses", text: "nstemi" }, pick("I214"), pick("E119"));
    expect(dx(grid)).toEqual(["I214", "E119"]);
    expect(grid.adding.diagnoses).toBe("");
    expect(here(grid).row).toBe(2);
    expect(grid.said.text).toBe("E11.9, diagnosis 2");
  });

  it("replaces the code of a line that is edited and goes to the next row", () => {
    const grid = act(three(), go(1), { type: "edit" }, pick("E112"));
    expect(dx(grid)).toEqual(["I214", "E112", "S700"]);
    expect(here(grid).row).toBe(2);
    expect(grid.editing).toBeNull();
  });

  it("opens a line with its own code, or with the letter that was typed", () => {
    expect(act(three(), go(0), { type: "edit" }).editing?.text).toBe("I21.4");
    expect(act(three(), go(0), { type: "edit", text: "f" }).editing?.text).toBe("f");
  });

  it("changes nothing when the same code is picked again", () => {
    const grid = act(three(), go(1), { type: "edit" }, pick("E119"));
    expect(grid.past).toHaveLength(0);
  });

  it("lets go of what was typed on Esc, and keeps the line", () => {
    const grid = act(three(), go(1), { type: "edit", text: "fall" }, { type: "cancel" });
    expect(grid.editing).toBeNull();
    expect(dx(grid)).toEqual(["I214", "E119", "S700"]);
    expect(here(grid).row).toBe(1);
  });

  it("inserts a line before the cursor", () => {
    const grid = act(three(), go(1), { type: "insert" }, pick("W182"));
    expect(dx(grid)).toEqual(["I214", "W182", "E119", "S700"]);
    expect(here(grid).row).toBe(2);
  });

  it("leaves no blank line behind when an insertion is cancelled", () => {
    expect(dx(act(three(), go(1), { type: "insert" }, { type: "cancel" }))).toEqual(["I214", "E119", "S700"]);
  });

  it("keeps what stands in the last row's field while another line is edited", () => {
    const grid = act(
      three(),
      { type: "type", list: "diagnoses", text: "hyper" },
      go(0),
      { type: "edit", text: "x" },
      pick("I219"),
    );
    expect(grid.adding.diagnoses).toBe("hyper");
  });
});

describe("the days of procedures", () => {
  it("are the episode's first until another day is typed, then that one", () => {
    const grid = act(
      empty(),
      pick("K751", "procedures"),
      go(0, "procedures", "date"),
      { type: "setDay", on: "2026-11-13" },
      pick("Y534", "procedures"),
    );
    expect(px(grid)).toEqual(["K751 2026-11-13", "Y534 2026-11-13"]);
    expect(px(act(empty(), pick("K751", "procedures")))).toEqual([`K751 ${START}`]);
  });

  it("go on to the next row's date, and after the last to the empty line", () => {
    const two = act(empty(), pick("K751", "procedures"), pick("Y534", "procedures"), go(0, "procedures", "date"), {
      type: "setDay",
      on: "2026-11-13",
    });
    expect(here(two)).toEqual({ row: 1, col: "date" });
    expect(here(act(two, { type: "setDay", on: "2026-11-14" }))).toEqual({ row: 2, col: "code" });
  });

  it("can be taken away, and come back with undo", () => {
    const one = act(empty(), pick("K751", "procedures"), go(0, "procedures", "date"));
    const bare = act(one, { type: "clearDay" });
    expect(px(bare)).toEqual(["K751 null"]);
    expect(here(bare)).toEqual({ row: 0, col: "date" });
    expect(bare.said.text).toContain("removed");
    expect(px(act(bare, { type: "undo" }))).toEqual([`K751 ${START}`]);
    expect(act(bare, { type: "clearDay" }).past).toHaveLength(bare.past.length);
  });

  it("open for typing as they stand", () => {
    const one = act(empty(), pick("K751", "procedures"), go(0, "procedures", "date"));
    expect(act(one, { type: "edit" }).editing?.text).toBe("12/11/2026");
    expect(act(one, { type: "clearDay" }, { type: "edit" }).editing?.text).toBe("");
  });

  it("never stick to a diagnosis", () => {
    expect(act(three(), go(0), { type: "setDay", on: "2026-11-13" }).lists.diagnoses[0]?.on).toBeNull();
  });
});

describe("moving about", () => {
  it("runs from the last diagnosis row into the procedures and back", () => {
    const down = act(three(), { type: "arrow", to: "down" });
    expect(down.list).toBe("procedures");
    const up = act(down, { type: "arrow", to: "up" });
    expect([up.list, here(up).row]).toEqual(["diagnoses", 3]);
  });

  it("stops at the edges", () => {
    expect(here(act(three(), go(0), { type: "arrow", to: "up" })).row).toBe(0);
    expect(here(act(three(), go(0), { type: "arrow", to: "right" })).col).toBe("code");
    expect(here(act(three(), { type: "go", list: "diagnoses", row: 99 })).row).toBe(3);
  });

  it("has a date column for procedures only", () => {
    const grid = act(empty(), pick("K751", "procedures"), go(0, "procedures"), { type: "arrow", to: "end" });
    expect(here(grid)).toEqual({ row: 0, col: "date" });
    expect(here(act(grid, { type: "arrow", to: "home" })).col).toBe("code");
    expect(here(act(grid, { type: "arrow", to: "down" })).col).toBe("code");
  });
});

describe("the sequence", () => {
  it("moves a line with its key, so that its checks and focus go along", () => {
    const before = three();
    const key = before.lists.diagnoses[2]?.key;
    const grid = act(before, go(2), { type: "shift", by: -1 });
    expect(dx(grid)).toEqual(["I214", "S700", "E119"]);
    expect(lineHere(grid)?.key).toBe(key);
    expect(grid.said.text).toBe("S70.0 is now diagnosis 2");
  });

  it("makes a line the primary and keeps the order of the others", () => {
    const grid = act(three(), go(2), { type: "primary" });
    expect(dx(grid)).toEqual(["S700", "I214", "E119"]);
    expect(here(grid).row).toBe(0);
  });

  it("does nothing beyond the ends or on the empty line", () => {
    const actions: Action[][] = [
      [go(0), { type: "shift", by: -1 }],
      [go(2), { type: "shift", by: 1 }],
      [go(3), { type: "delete" }],
      [go(3), { type: "primary" }],
    ];
    for (const some of actions) expect(act(three(), ...some).past).toHaveLength(0);
  });

  it("deletes the line under the cursor and stays on the row", () => {
    const grid = act(three(), go(1), { type: "delete" });
    expect(dx(grid)).toEqual(["I214", "S700"]);
    expect(lineHere(grid)?.code).toBe("S700");
  });
});

describe("a pasted list", () => {
  it("fills the rows from the cursor on and keeps what cannot be read", () => {
    const { lines } = readPaste("W18.2 E1l9 Z92.1", "diagnoses", START);
    const grid = act(three(), { type: "paste", list: "diagnoses", lines });
    expect(dx(grid)).toEqual(["I214", "E119", "S700", "W182", "!E1l9", "Z921"]);
    expect(unreadable(grid.lists).map(({ row }) => row)).toEqual([4]);
    expect(grid.said.text).toBe("3 lines pasted, 1 not readable. Undo with Control Z.");
  });

  it("names what is no code until that is dismissed, or the paste undone", () => {
    const pasted = readPaste("E11.9, Z92.1; junk\nI21.4 Acute MI (was I22.0)", "diagnoses", START);
    const grid = act(empty(), { type: "paste", list: "diagnoses", ...pasted });
    expect(dx(grid)).toEqual(["E119", "Z921", "!junk", "I214"]);
    expect(grid.notTaken).toEqual({ list: "diagnoses", texts: ["junk", "I22.0"] });
    expect(act(grid, { type: "pick", list: "diagnoses", code: "I10" }).notTaken).not.toBeNull();
    expect(act(grid, { type: "noticed" }).notTaken).toBeNull();
    expect(act(grid, { type: "undo" }).notTaken).toBeNull();
  });

  it("is one step to undo", () => {
    const { lines } = readPaste("W18.2 Z92.1", "diagnoses", START);
    expect(dx(act(three(), { type: "paste", list: "diagnoses", lines }, { type: "undo" }))).toEqual([
      "I214",
      "E119",
      "S700",
    ]);
  });

  it("carries a procedure's date on to the lines that have none", () => {
    const { lines } = readPaste("K75.1 13/11/2026\nY53.4\nZ33.4", "procedures", START);
    expect(px(act(empty(), { type: "paste", list: "procedures", lines }))).toEqual([
      "K751 2026-11-13",
      "Y534 2026-11-13",
      "Z334 2026-11-13",
    ]);
  });

  it("sends only what is a code, with the keys of the lines it sent", () => {
    const { lines } = readPaste("W18.2 E1l9 Z92.1", "diagnoses", START);
    const grid = act(empty(), { type: "paste", list: "diagnoses", lines });
    const wire = toWire(grid.lists);
    expect(wire.diagnoses).toEqual([{ code: "W182" }, { code: "Z921" }]);
    expect(wire.keys.diagnoses).toEqual([grid.lists.diagnoses[0]?.key, grid.lists.diagnoses[2]?.key]);
  });
});

describe("codes from an earlier episode", () => {
  it("come after the others, without doubles", () => {
    const lines = [{ code: "I489" }, { code: "E119" }, { code: "I489" }];
    const grid = act(three(), { type: "copy", list: "diagnoses", lines, from: "June 2026" });
    expect(dx(grid)).toEqual(["I214", "E119", "S700", "I489"]);
    expect(grid.said.text).toBe("I48.9 added from June 2026");
  });

  it("say so when nothing is new", () => {
    const grid = act(three(), { type: "copy", list: "diagnoses", lines: [{ code: "E119" }], from: "June 2026" });
    expect(grid.past).toHaveLength(0);
    expect(grid.said.text).toBe("E11.9 is here already");
  });
});

describe("undo and redo", () => {
  it("walk through every change, back to the start and forth again", () => {
    const steps: Action[] = [
      pick("W182"),
      go(0),
      { type: "delete" },
      { type: "primary" },
      go(1),
      { type: "shift", by: 1 },
      go(1),
      { type: "edit" },
      pick("I489"),
    ];
    const states = [three()];
    for (const step of steps) states.push(reduce(states.at(-1) ?? three(), step));
    const end = states.at(-1) ?? three();
    let back = end;
    while (back.past.length > 0) back = reduce(back, { type: "undo" });
    expect(dx(back)).toEqual(["I214", "E119", "S700"]);
    let forth = back;
    while (forth.future.length > 0) forth = reduce(forth, { type: "redo" });
    expect(forth.lists).toBe(end.lists);
  });

  it("forget the redone future after a new change", () => {
    const grid = act(three(), go(0), { type: "delete" }, { type: "undo" }, go(1), { type: "delete" });
    expect(grid.future).toHaveLength(0);
  });

  it("put the cursor where the change is", () => {
    const grid = act(three(), go(0), { type: "delete" }, go(2), { type: "undo" });
    expect(here(grid).row).toBe(0);
  });

  it("say when there is nothing to undo", () => {
    expect(act(three(), { type: "undo" }).said.text).toBe("Nothing to undo");
  });

  it("bring back what was there before theirs was taken", () => {
    const theirs = { diagnoses: [{ code: "I219" }], procedures: [] };
    const taken = act(three(), { type: "replace", content: theirs, said: "Theirs taken" });
    expect(dx(taken)).toEqual(["I219"]);
    expect(dx(act(taken, { type: "undo" }))).toEqual(["I214", "E119", "S700"]);
  });

  it("bring back the codes that a draft was put in place of, and the draft brings what was half done", () => {
    const leftover = {
      adding: { diagnoses: "fall st", procedures: "" },
      unreadable: [{ list: "diagnoses" as const, row: 1, raw: "E1l9", on: null }],
    };
    const content = { diagnoses: [{ code: "I219" }], procedures: [] };
    const back = act(three(), { type: "replace", content, leftover, said: "Your draft is back" });
    expect(back.lists.diagnoses.map((line) => line.code ?? `!${line.raw}`)).toEqual(["I219", "!E1l9"]);
    expect(back.adding.diagnoses).toBe("fall st");
    expect(dx(act(back, { type: "undo" }))).toEqual(["I214", "E119", "S700"]);
  });

  it("never give two lines one key", () => {
    const theirs = { diagnoses: [{ code: "I219" }, { code: "E119" }], procedures: [{ code: "K751", on: START }] };
    const grid = act(
      three(),
      { type: "replace", content: theirs, said: "" },
      pick("W182"),
      { type: "undo" },
      { type: "undo" },
      { type: "redo" },
      pick("I10"),
    );
    const keys = [...grid.lists.diagnoses, ...grid.lists.procedures].map((line) => line.key);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("the day of a procedure in a stay of several days", () => {
  const stay = (...codes: string[]) =>
    act(
      openGrid({ diagnoses: [], procedures: [] }, START, undefined, "2026-11-15"),
      ...codes.map((code) => pick(code, "procedures")),
    );

  it("is proposed as the first day, and said to be", () => {
    const grid = stay("K751");
    expect(px(grid)).toEqual(["K751 2026-11-12"]);
    expect(proposedDays(grid.lists).map(({ row }) => row)).toEqual([0]);
    expect(grid.said.text).toBe("K75.1, procedure 1, date 12 Nov proposed");
  });

  it("needs no confirming within one day, or once a day was given", () => {
    expect(proposedDays(act(empty(), pick("K751", "procedures")).lists)).toEqual([]);
    const given = act(stay("K751"), go(0, "procedures", "date"), { type: "setDay", on: "2026-11-13" });
    const more = act(given, go(1, "procedures"), pick("Y534", "procedures"));
    expect(px(more)).toEqual(["K751 2026-11-13", "Y534 2026-11-13"]);
    expect(proposedDays(more.lists)).toEqual([]);
  });

  it("is confirmed with one key, which goes on to the next date; new lines follow it", () => {
    const grid = act(stay("K751", "Y534"), go(0, "procedures", "date"), { type: "confirmDay" });
    expect(proposedDays(grid.lists).map(({ row }) => row)).toEqual([1]);
    expect(here(grid)).toEqual({ row: 1, col: "date" });
    expect(proposedDays(act(grid, go(2, "procedures"), pick("Z942", "procedures")).lists)).toHaveLength(1);
    expect(proposedDays(act(grid, { type: "undo" }).lists)).toHaveLength(2);
  });

  it("is confirmed by typing the same day, and gone when it is taken away", () => {
    const at = act(stay("K751"), go(0, "procedures", "date"));
    expect(proposedDays(act(at, { type: "edit" }, { type: "setDay", on: START }).lists)).toEqual([]);
    expect(act(at, { type: "clearDay" }).lists.procedures[0]).not.toHaveProperty("proposed");
  });

  it("stays proposed when the code is changed or the line moves, and in what is pasted without dates", () => {
    expect(
      proposedDays(act(stay("K751"), go(0, "procedures"), { type: "edit" }, pick("K752", "procedures")).lists),
    ).toHaveLength(1);
    const pasted = act(stay(), {
      type: "paste",
      list: "procedures",
      ...readPaste("K75.1 Y53.4 13/11/2026 Z94.2", "procedures", START),
    });
    expect(px(pasted)).toEqual(["K751 2026-11-12", "Y534 2026-11-13", "Z942 2026-11-13"]);
    expect(proposedDays(pasted.lists).map(({ row }) => row)).toEqual([0]);
  });
});

describe("a date that is open for typing", () => {
  const open = act(
    openGrid({ diagnoses: [], procedures: [{ code: "K751", on: "2026-11-12" }] }, START),
    go(0, "procedures", "date"),
    { type: "edit" },
  );

  it("is not entered yet when it is another than the line has", () => {
    expect(typingDay(open)).toBe("");
    expect(typingDay(act(open, { type: "type", list: "procedures", text: "14" }))).toBe("14");
    expect(typingDay(act(open, { type: "type", list: "procedures", text: "14" }, { type: "cancel" }))).toBe("");
  });

  it("that cannot be read takes the checks of the one before away, until it is entered or left", () => {
    const wrong = act(open, { type: "type", list: "procedures", text: "32/13" }, { type: "unreadDay" });
    const asked = (grid: Grid) => toCheck(grid.lists, unreadDay(grid)).procedures.map(({ on }) => on);
    expect([asked(open), asked(wrong)]).toEqual([["2026-11-12"], [null]]);
    expect(asked(act(wrong, { type: "type", list: "procedures", text: "13" }))).toEqual([null]);
    expect(asked(act(wrong, { type: "setDay", on: "2026-11-13" }))).toEqual(["2026-11-13"]);
    expect(asked(act(wrong, { type: "cancel" }))).toEqual(["2026-11-12"]);
  });
});
