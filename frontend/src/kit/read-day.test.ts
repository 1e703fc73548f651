import { expect, it } from "vitest";
import { readDayField, writtenDay } from "./read-day.ts";

it.each([
  ["3/11/2026", "2026-11-03"],
  ["03/11/26", "2026-11-03"],
  ["03112026", "2026-11-03"],
  ["031126", "2026-11-03"],
  ["2026-11-03", "2026-11-03"],
  ["20261103", "2026-11-03"],
  ["3 Nov 2026", "2026-11-03"],
  ["3 november", "2026-11-03"],
  ["3.11.2026", "2026-11-03"],
  [" today ", "2026-11-21"],
  ["Tomorrow", "2026-11-22"],
  ["yesterday", "2026-11-20"],
  ["T", "2026-11-21"],
  ["+1", "2026-11-22"],
  ["-30", "2026-10-22"],
])("%s is %s on 21 November 2026", (typed, day) => {
  expect(readDayField(typed, "2026-11-21")).toBe(day);
});

it.each(["31/2/2026", "13/13/2026", "11/23/2026", "soon", "2026", "+", "+1000", "to", "3/11/20266"])(
  "%s is no day",
  (typed) => {
    expect(readDayField(typed, "2026-11-21")).toBeNull();
  },
);

it("counts days from the day that is near, and takes today for today", () => {
  expect(readDayField("+2", "2026-11-21", "2026-10-30")).toBe("2026-11-01");
  expect(readDayField("-1", "2026-11-21", "2026-03-01")).toBe("2026-02-28");
  expect(readDayField("yesterday", "2026-11-21", "2026-10-30")).toBe("2026-11-20");
  expect(readDayField("31", "2026-11-21", "2026-10-30")).toBe("2026-10-31");
});

it("is written the day before the month", () => {
  expect(writtenDay("2026-11-03")).toBe("03/11/2026");
  expect([writtenDay(""), writtenDay(undefined)]).toEqual(["", ""]);
});
