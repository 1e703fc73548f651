import { expect, it } from "vitest";
import { nth, scheduleWords } from "./words.ts";

it("names days as they are said", () => {
  expect([1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 30].map(nth)).toEqual([
    "1st",
    "2nd",
    "3rd",
    "4th",
    "11th",
    "12th",
    "13th",
    "21st",
    "22nd",
    "23rd",
    "30th",
  ]);
  expect(scheduleWords({ every: "monthly", on_day: 31 })).toBe("monthly, on the last day");
});
