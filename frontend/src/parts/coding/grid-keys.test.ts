// The shortcut sheet lists every key that the grid acts on, and no other.
import { expect, it } from "vitest";
import { caps } from "@/kit/keyboard.ts";
import { openGrid, reduce } from "./grid.ts";
import { CHANGING_KEYS, keyAction, MOVING_KEYS } from "./grid-keys.ts";

const content = {
  diagnoses: [{ code: "I214" }, { code: "E119" }],
  procedures: [{ code: "K751", on: "2026-11-12" }, { code: "Y534" }],
};
const at = (list: "diagnoses" | "procedures", col: "code" | "date") =>
  reduce(openGrid(content, "2026-11-12"), { type: "go", list, row: 1, col });
const places = [at("diagnoses", "code"), at("procedures", "code"), at("procedures", "date")];

// A cell of the grid has the focus, not a field: there is no such class outside a browser.
globalThis.HTMLInputElement ??= class {} as typeof HTMLInputElement;

function means(chord: string, readOnly: boolean): boolean {
  const keys = chord.split("+");
  const key = keys.at(-1) ?? "";
  return places.some(
    (grid) =>
      keyAction(
        {
          key: key.length === 1 ? key.toLowerCase() : key,
          ctrlKey: keys.includes("Ctrl"),
          altKey: keys.includes("Alt"),
          shiftKey: keys.includes("Shift"),
          metaKey: false,
          target: {} as EventTarget,
        },
        grid,
        readOnly,
      ) !== null,
  );
}

const chords = (rows: readonly (readonly [string, string])[]) => rows.flatMap(([keys]) => keys.split(" | "));
const letters = "A to Z, 0 to 9";
const names = "ArrowUp ArrowDown ArrowLeft ArrowRight Home End PageUp PageDown Tab Enter F2 F3 Delete Backspace Insert"
  .split(" ")
  .concat([..."ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"]);
const all = names.flatMap((name) => [name, `Ctrl+${name}`, `Alt+${name}`, `Ctrl+Shift+${name}`]).concat("Shift+Tab");
// What a chord does with Shift held as well is the same, unless the sheet says so.
const heard = (readOnly: boolean) =>
  all
    .filter((chord) => means(chord, readOnly))
    .filter((chord) => !/^.$/.test(chord) && !/Shift\+(Home|End|Y)$/.test(chord));

it("lists the keys that move and change", () => {
  const listed = [...chords(MOVING_KEYS), ...chords(CHANGING_KEYS)].filter((keys) => keys !== letters);
  expect(new Set(heard(false))).toEqual(new Set(listed));
  expect([..."AZ09"].every((key) => means(key, false))).toBe(true);
});

it("lists the keys that only move, where nothing can be changed", () => {
  expect(new Set(heard(true))).toEqual(new Set(chords(MOVING_KEYS)));
  expect([..."AZ09"].some((key) => means(key, true))).toBe(false);
});

it("shows arrows as arrows", () => {
  expect(caps("Ctrl+ArrowLeft")).toBe("Ctrl ←");
});
