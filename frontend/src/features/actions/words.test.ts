import { describe, expect, it } from "vitest";
import { actWords, dueWords, restsOnWords } from "./words.ts";

describe("how far off an action is", () => {
  it("is said when its reminders have come, and not before", () => {
    expect(dueWords({ due_days: 40, reminder: null })).toBeNull();
    expect(dueWords({ due_days: 7, reminder: "due_soon" })).toBe("due in 7 days");
    expect(dueWords({ due_days: 1, reminder: "due_soon" })).toBe("due in 1 day");
    expect(dueWords({ due_days: 0, reminder: "due_soon" })).toBe("due today");
    expect(dueWords({ due_days: -1, reminder: "overdue" })).toBe("1 day overdue");
    expect(dueWords({ due_days: -3, reminder: "overdue" })).toBe("3 days overdue");
  });
});

describe("what was done", () => {
  it("has words", () => {
    expect(actWords("send_back")).toBe("sent back");
  });
});

it("what a recommendation rests on is told kind by kind", () => {
  const finding = (item_no: number, error = "Omitted") => ({
    item_id: String(item_no),
    no: 1,
    item_no,
    code_class: "Secondary diagnosis",
    error,
  });
  expect(restsOnWords([finding(11), finding(3), finding(11), finding(4, "Not required")])).toEqual([
    "Secondary diagnosis, omitted: episodes 3, 11",
    "Secondary diagnosis, not required: episode 4",
  ]);
});
