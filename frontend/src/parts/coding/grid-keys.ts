// What a key means in the code grid: arrows move, letters search, Alt changes the sequence, Ctrl goes back.
import type { KeyboardEvent } from "react";
import { type Action, type Arrow, type Grid, here, lineHere } from "./grid.ts";

const ARROWS: Record<string, Arrow> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
  Home: "home",
  End: "end",
};

/** What a key means in the grid; null leaves it to the browser. */
export function keyAction(
  event: Pick<KeyboardEvent, "key" | "altKey" | "ctrlKey" | "metaKey" | "shiftKey" | "target">,
  grid: Grid,
  readOnly: boolean,
): Action | null {
  const { key, altKey, shiftKey } = event;
  const ctrl = event.ctrlKey || event.metaKey;
  const field = event.target instanceof HTMLInputElement ? event.target : null;
  const typing = field !== null && field.value !== "";
  if (altKey && !ctrl) {
    if (readOnly) return null;
    if (key === "ArrowUp") return { type: "shift", by: -1 };
    if (key === "ArrowDown") return { type: "shift", by: 1 };
    if (key === "Delete") return { type: "delete" };
    if (key === "Insert") return { type: "insert" };
    if (key.toLowerCase() === "p") return { type: "primary" };
    return null;
  }
  if (ctrl) {
    if (key === "Home" && !typing) return { type: "arrow", to: "first" };
    if (key === "End" && !typing) return { type: "arrow", to: "last" };
    if (readOnly || typing) return null;
    if (key.toLowerCase() === "z") return { type: shiftKey ? "redo" : "undo" };
    if (key.toLowerCase() === "y") return { type: "redo" };
    return null;
  }
  if (key === "Tab") {
    // Tab goes on to the date of the row, then out of the grid; the browser does the leaving.
    const { row, col } = here(grid);
    if (!shiftKey && grid.list === "procedures" && col === "code" && lineHere(grid) && !field) {
      return { type: "go", list: "procedures", row, col: "date" };
    }
    if (shiftKey && grid.list === "procedures" && col === "date" && !field)
      return { type: "go", list: "procedures", row, col: "code" };
    return null;
  }
  if ((key === "Delete" || key === "Backspace") && !field && !readOnly && here(grid).col === "date" && lineHere(grid))
    return { type: "clearDay" };
  const arrow = ARROWS[key];
  if (arrow) return typing || grid.editing ? null : { type: "arrow", to: arrow };
  if (field || readOnly) return null;
  if (key === "Enter" && here(grid).col === "date" && lineHere(grid)?.proposed) return { type: "confirmDay" };
  if (key === "Enter" || key === "F2") return { type: "edit" };
  if (key.length === 1 && key !== " ") return { type: "edit", text: key };
  return null;
}

/** Every key of the grid, for the shortcut sheet; a test holds this list against what the keys do. */
export const MOVING_KEYS: readonly (readonly [keys: string, label: string])[] = [
  ["ArrowUp | ArrowDown", "Line above or below, from list to list"],
  ["ArrowLeft | ArrowRight", "Code or date of a procedure"],
  ["Home | End", "First or last cell of the line"],
  ["Ctrl+Home | Ctrl+End", "First line, or where a code is added"],
  ["Tab | Shift+Tab", "To the date and back, then out of the grid"],
];

export const CHANGING_KEYS: readonly (readonly [keys: string, label: string])[] = [
  ["Enter | F2", "Open the code or the date for typing; Enter confirms a proposed date"],
  ["A to Z, 0 to 9", "Type over the code or the date"],
  ["Delete | Backspace", "Empty the date (on a date)"],
  ["Alt+ArrowUp | Alt+ArrowDown", "Move the line up or down"],
  ["Alt+P", "Make the line the primary"],
  ["Alt+Insert", "Insert a line above"],
  ["Alt+Delete", "Delete the line"],
  ["Ctrl+Z", "Undo a change of the codes"],
  ["Ctrl+Y | Ctrl+Shift+Z", "Redo it"],
];

/** What the browser's own events bring, and the fields that open in the grid. */
export const FIELD_KEYS: readonly (readonly [keys: string, label: string])[] = [
  ["ArrowDown | ArrowUp", "Next or previous code found"],
  ["Enter", "Take it; the characters of a category; a date"],
  ["T", "In a date: today; +1 and -1 count from the date that stands there"],
  ["Escape", "Back to the category, close, or leave as it was"],
];
