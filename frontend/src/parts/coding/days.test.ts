import { describe, expect, it } from "vitest";
import { readDay } from "@/kit/read-day.ts";
import { bareCode, dotted, looksWhole } from "./codes.ts";
import { readExcelDay } from "./days.ts";

describe("a day as typed", () => {
  it.each([
    ["12/11/2026", "2026-11-12"],
    ["12.11.26", "2026-11-12"],
    ["2026-11-12", "2026-11-12"],
    ["12 nov", "2026-11-12"],
    ["12 November 2025", "2025-11-12"],
    ["121126", "2026-11-12"],
    ["12112026", "2026-11-12"],
    ["12/11", "2026-11-12"],
    ["12", "2026-11-12"],
    ["30", "2026-10-30"],
    ["2", "2026-11-02"],
  ])("%s is %s next to 14 November", (typed, wanted) => {
    expect(readDay(typed, "2026-11-14")).toBe(wanted);
  });

  it("finds the nearer year across the turn of the year", () => {
    expect(readDay("31 dec", "2027-01-02")).toBe("2026-12-31");
    expect(readDay("31", "2027-01-02")).toBe("2026-12-31");
  });

  it.each(["31/02/2026", "32", "0", "12/13/2026", "yesterday", "", "29/02/2027"])("refuses %j", (typed) => {
    expect(readDay(typed, "2026-11-14")).toBeNull();
  });

  it("takes 29 February in a leap year", () => {
    expect(readDay("29/02/2028", "2028-03-01")).toBe("2028-02-29");
  });

  it("believes only day numbers of our time from a spreadsheet", () => {
    expect(readExcelDay("46338")).toBe("2026-11-12");
    expect(readExcelDay("12345")).toBeNull();
    expect(readExcelDay("463")).toBeNull();
  });
});

describe("a code as typed", () => {
  it.each([
    ["i21.4", "I214"],
    ["I10X", "I10"],
    ["I10.X", "I10"],
    ["E11.9", "E119"],
    ["S72.00", "S7200"],
  ])("%s is kept as %s", (typed, wanted) => {
    expect(bareCode(typed, "icd10")).toBe(wanted);
  });

  it("knows the two classifications apart", () => {
    expect(bareCode("I21.4", "opcs4")).toBeNull();
    expect(bareCode("K75.12", "opcs4")).toBeNull();
    expect(bareCode("Z94.2", "opcs4")).toBe("Z942");
    expect(bareCode("Z94.2", "icd10")).toBe("Z942");
  });

  it("accepts a whole code without waiting, never a bare category", () => {
    expect(looksWhole("I21.4", "icd10")).toBe(true);
    expect(looksWhole("I10X", "icd10")).toBe(true);
    expect(looksWhole("I21", "icd10")).toBe(false);
    expect(looksWhole("fall", "icd10")).toBe(false);
  });

  it("is read with its dot", () => {
    expect(["I10", "I214", "S7200"].map(dotted)).toEqual(["I10", "I21.4", "S72.00"]);
  });
});
