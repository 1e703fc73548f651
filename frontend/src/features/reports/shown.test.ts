import { describe, expect, it } from "vitest";
import type { Column } from "./data.ts";
import { headingNumbers, percent, shown } from "./shown.ts";

const column = (kind: Column["kind"]): Column => ({ title: "", kind, width: 1 });

describe("a share in words", () => {
  it("has one place", () => expect(percent(0.9143)).toBe("91.4%"));
  it("never seems to reach a threshold that it does not reach", () => {
    expect(percent(0.9496, [0.95])).toBe("94.96%");
    expect(percent(0.94996, [0.95])).toBe("94.996%");
    expect(percent(0.95, [0.95])).toBe("95.0%");
  });
  it("is never shown as all when it is not", () => expect(percent(0.9998)).toBe("99.98%"));
});

describe("a cell in words", () => {
  it("says what is not applicable", () => expect(shown(null, column("count"))).toBe("n/a"));
  it("leaves texts as they are", () => expect(shown("=1+1", column("count"))).toBe("=1+1"));
  it("groups counts and writes pounds with their sign", () => {
    expect(shown(26418, column("count"))).toBe("26,418");
    expect(shown(-5129.2, column("pounds"))).toBe("−£5,129.20");
  });
});

describe("the numbers of headings", () => {
  it("count sections, parts and appendices", () => {
    const at = (level: number, appendix = false) => ({ level, appendix });
    expect(headingNumbers([at(1), at(1), at(2), at(2), at(1), at(1, true), at(1, true)])).toEqual([
      "1",
      "2",
      "2.1",
      "2.2",
      "3",
      "A",
      "B",
    ]);
  });
});
