import { describe, expect, it } from "vitest";
import { monthsOf, span, yearOf } from "./months.ts";

describe("a financial year's months", () => {
  it("are April to March", () => {
    const months = monthsOf("2026/27");
    expect(months.map((month) => month.short).join(" ")).toBe("Apr May Jun Jul Aug Sep Oct Nov Dec Jan Feb Mar");
    expect([months[0]?.key, months[11]?.key]).toEqual(["2026-04", "2027-03"]);
  });

  it("are divided by a bar without a month over or lost", () => {
    const months = monthsOf("2026/27");
    for (let from = 0; from < 12; from++) {
      for (let to = from; to < 12; to++) {
        const found = span(months, months[from]?.key ?? "", months[to]?.key ?? "");
        expect(found).toEqual([from, to - from + 1, 11 - to]);
        expect(found[0] + found[1] + found[2]).toBe(12);
      }
    }
  });

  it("turn on 1 April", () => {
    expect([yearOf("2026-03-31"), yearOf("2026-04-01"), yearOf("2099-12-31")]).toEqual([
      "2025/26",
      "2026/27",
      "2099/00",
    ]);
  });
});
