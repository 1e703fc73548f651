import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { keepWidths, keptWidths } from "./pane-widths.ts";

const kept = new Map<string, string>();

beforeEach(() => {
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
});

afterEach(() => {
  kept.clear();
  vi.unstubAllGlobals();
});

it("are as they were left", () => {
  keepWidths({ left: 420 });
  expect(keptWidths()).toEqual({ left: 420 });
});

it("are the usual ones when what is kept is none, or not possible", () => {
  expect(keptWidths()).toEqual({});
  for (const other of ["no", "null", "[]", '{"left":9000,"right":"wide"}']) {
    kept.set("codewell.panes", other);
    expect(keptWidths()).toEqual({});
  }
});

it("are the usual ones where the browser keeps nothing", () => {
  vi.stubGlobal("localStorage", undefined);
  keepWidths({ left: 420 });
  expect(keptWidths()).toEqual({});
});
