import { describe, expect, it } from "vitest";
import { dueTag, workingDays } from "./due.ts";

describe("the due tag", () => {
  it.each([
    [{ due: "freeze", due_days: 2, due_working_days: 2 }, "freeze 2 wd", "Freeze in 2 working days", "red"],
    [{ due: "freeze", due_days: 4, due_working_days: 2 }, "freeze 2 wd", "Freeze in 2 working days (4 days)", "red"],
    [{ due: "flex", due_days: 9, due_working_days: 7 }, "flex 7 wd", "Flex in 7 working days (9 days)", "amber"],
    [{ due: "flex", due_days: 17, due_working_days: 12 }, "flex 12 wd", "Flex in 12 working days (17 days)", "grey"],
    [{ due: "flex", due_days: 0, due_working_days: 0 }, "flex today", "Flex today", "red"],
    [{ due: "past_freeze", due_days: -3, due_working_days: -3 }, "past freeze", "Past its freeze date", "red"],
    [{ due: "unknown", due_days: null, due_working_days: null }, "no date", "No flex or freeze date known", "grey"],
  ])("%j: %s", (item, words, tip, tone) => {
    expect(dueTag(item)).toEqual({ words, tip, tone });
  });

  it("says working days first, and the others where they differ", () => {
    expect(workingDays(6, 8)).toBe("6 working days (8 days)");
    expect(workingDays(1, 1)).toBe("1 working day");
    expect(workingDays(0, 0)).toBe("today");
  });
});
