import { describe, expect, it } from "vitest";
import * as dates from "./dates.ts";

describe("days", () => {
  it("are written as the NHS writes them, and never converted", () => {
    expect(dates.day("2026-03-03")).toBe("3 Mar 2026");
    expect(dates.dayLong("2026-03-03")).toBe("3 March 2026");
    expect(dates.dayShort("2026-11-12")).toBe("12 Nov");
    expect(dates.dayWithWeekday("2026-11-21")).toBe("Sat 21 Nov 2026");
  });

  it("that are not known are nothing, not a wrong day", () => {
    expect(dates.day(null)).toBe("");
    expect(dates.day(undefined)).toBe("");
    expect(dates.day("nonsense")).toBe("");
  });

  it.each([
    ["2026-11-12", "2026-11-15", "12 to 15 Nov 2026"],
    ["2026-10-30", "2026-11-02", "30 Oct to 2 Nov 2026"],
    ["2025-12-30", "2026-01-02", "30 Dec 2025 to 2 Jan 2026"],
    ["2026-11-15", "2026-11-15", "15 Nov 2026"],
    ["2026-11-15", null, "from 15 Nov 2026"],
  ])("from %s to %s read %s", (from, to, words) => {
    expect(dates.dayRange(from, to)).toBe(words);
  });

  it("are counted across the night the clocks change", () => {
    expect(dates.daysBetween("2026-10-24", "2026-10-26")).toBe(2);
    expect(dates.daysBetween("2026-03-28", "2026-03-30")).toBe(2);
    expect(dates.daysBetween("2026-11-21", "2026-11-20")).toBe(-1);
  });
});

describe("instants", () => {
  it("are London time in summer and in winter", () => {
    expect(dates.time("2026-07-01T13:30:00Z")).toBe("2:30pm");
    expect(dates.time("2026-11-21T14:30:00Z")).toBe("2:30pm");
  });

  it("at midnight and at noon are 12, not 0", () => {
    expect(dates.time("2026-11-21T00:05:00Z")).toBe("12:05am");
    expect(dates.time("2026-11-21T12:05:00Z")).toBe("12:05pm");
  });

  it("belong to the London day, also in the hour before midnight UTC in summer", () => {
    expect(dates.londonDay("2026-06-30T23:30:00Z")).toBe("2026-07-01");
    expect(dates.instant("2026-06-30T23:30:00Z")).toBe("1 Jul 2026, 12:30am");
  });

  it("of today and yesterday are said shortly", () => {
    const now = new Date("2026-11-21T15:00:00Z");
    expect(dates.instantNear("2026-11-21T09:00:00Z", now)).toBe("9:00am");
    expect(dates.instantNear("2026-11-20T09:00:00Z", now)).toBe("yesterday, 9:00am");
    expect(dates.instantNear("2026-11-19T09:00:00Z", now)).toBe("19 Nov 2026, 9:00am");
  });

  it("apart are said in words", () => {
    expect(dates.duration(45)).toBe("45 s");
    expect(dates.duration(200)).toBe("3 min 20 s");
    expect(dates.duration(7500)).toBe("2 h 5 min");
  });
});
