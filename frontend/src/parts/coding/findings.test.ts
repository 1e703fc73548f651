import { describe, expect, it } from "vitest";
import {
  columnOf,
  counts,
  countWords,
  type Finding,
  marksOf,
  placeFindings,
  reasonKey,
  reasonsToSend,
  standsBetween,
  toDoWords,
} from "./findings.ts";

const finding = (rule_id: string, severity: Finding["severity"], ...indexes: number[]): Finding => ({
  rule_id,
  severity,
  title: `Title of ${rule_id}`,
  message: "",
  mend: null,
  reference: null,
  lines: indexes.map((index) => ({ list: "diagnoses", index })),
});
const asked = { diagnoses: [11, 12, 13], procedures: [] };
const codeOf = (key: number) => ({ 11: "I214", 12: "E119", 13: "S700" })[key] ?? null;

describe("what is left to do", () => {
  it("counts errors to mend and warnings to answer apart", () => {
    expect(toDoWords(1, 2)).toBe("1 error to mend, 2 warnings to answer");
    expect(toDoWords(0, 1)).toBe("1 warning to answer");
    expect(toDoWords(0, 0)).toBe("");
  });
});

describe("findings on their lines", () => {
  it("stand errors first and keep to the lines that were asked about", () => {
    const placed = placeFindings(
      [finding("C-01", "info", 0), finding("E-02", "warn", 2), finding("V-02", "error", 1)],
      asked,
    );
    expect(placed.map((one) => one.finding.rule_id)).toEqual(["V-02", "E-02", "C-01"]);
    expect(placed[0]?.keys).toEqual([{ list: "diagnoses", key: 12 }]);
  });

  it("mark a line with the worst of its findings, and name them all", () => {
    const marks = marksOf(placeFindings([finding("E-02", "warn", 2), finding("V-02", "error", 2)], asked));
    expect(marks.get(13)).toEqual({
      severity: "error",
      code: [
        { severity: "error", titles: ["Title of V-02"] },
        { severity: "warn", titles: ["Title of E-02"] },
      ],
      day: [],
    });
  });

  it("puts what is found of one severity together", () => {
    const found = [finding("E-02", "warn", 0), finding("E-03", "warn", 0), finding("C-01", "info", 0)];
    expect(marksOf(placeFindings(found, asked)).get(11)?.code).toEqual([
      { severity: "warn", titles: ["Title of E-02", "Title of E-03"] },
      { severity: "info", titles: ["Title of C-01"] },
    ]);
  });

  it("marks a date that is wrong on the date, and leads there", () => {
    const date = { ...finding("P-18", "error"), lines: [{ list: "procedures", index: 0 }] } as const;
    const marks = marksOf(placeFindings([date], { diagnoses: [], procedures: [21] }));
    expect(marks.get(21)).toEqual({
      severity: "error",
      code: [],
      day: [{ severity: "error", titles: ["Title of P-18"] }],
    });
    expect(columnOf(date, "procedures")).toBe("date");
    expect(columnOf(finding("V-02", "error", 0), "diagnoses")).toBe("code");
  });

  it("survive a finding about a line that is not there", () => {
    expect(placeFindings([finding("V-02", "error", 9)], asked)[0]?.keys).toEqual([]);
  });
});

describe("reasons for warnings", () => {
  const placed = placeFindings(
    [finding("E-02", "warn", 2), finding("V-02", "error", 1), finding("C-01", "info", 0)],
    asked,
  );
  const [, warning] = placed;

  it("belong to the rule and its codes, so that moving a line does not lose them", () => {
    expect(warning && reasonKey(warning, codeOf)).toBe("E-02 S700");
  });

  it("are sent for the warnings that stand now, with where their lines are now", () => {
    const moved = { diagnoses: [13, 11, 12], procedures: [] };
    expect(reasonsToSend(placed, { "E-02 S700": " Cause on FCE 1 ", "V-02 E119": "no" }, moved, codeOf)).toEqual([
      { rule_id: "E-02", lines: [{ list: "diagnoses", index: 0 }], reason: "Cause on FCE 1" },
    ]);
    expect(reasonsToSend(placed, { "E-02 S700": "  " }, moved, codeOf)).toEqual([]);
  });
});

describe("what stands between the codes and a submit", () => {
  const clear = { unreadable: 0, errors: 0, unanswered: 0, typing: "", typingDay: "", empty: false, refusal: null };

  it.each([
    [{}, null],
    [{ errors: 1 }, "1 error to mend first"],
    [{ errors: 2, unanswered: 1 }, "2 errors to mend first"],
    [{ unanswered: 1 }, "1 warning needs a reason"],
    [{ unreadable: 2, errors: 1 }, "2 lines are not a code"],
    [{ typing: "fall" }, "“fall” is not picked yet"],
    [{ typingDay: "32/13" }, "The date “32/13” is not entered yet"],
    [{ empty: true }, "No diagnosis yet"],
    [{ refusal: "Coder 07 has it", errors: 1 }, "Coder 07 has it"],
  ])("%j: %s", (facts, wanted) => {
    expect(standsBetween({ ...clear, ...facts })).toBe(wanted);
  });

  it("is counted in words", () => {
    expect(
      countWords(counts(placeFindings([finding("a", "error"), finding("b", "error"), finding("c", "warn")], asked))),
    ).toBe("2 errors, 1 warning");
    expect(countWords(counts([]))).toBe("No errors or warnings");
  });
});
