import { expect, it } from "vitest";
import type { Plan } from "./data.ts";
import { linkable, nth, scheduleWords } from "./words.ts";

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

it("a draw counts towards a plan that stands, or the one that it counts towards already", () => {
  const plan = (id: string, changes: Partial<Plan> = {}) =>
    ({
      planned_audit_id: id,
      title: id,
      kind: "coder",
      kind_label: "Individual coder",
      episodes: 120,
      state: "planned",
      ...changes,
    }) as Plan;
  const plans = [
    plan("a"),
    plan("b", { state: "dropped" }),
    plan("c", { state: "dropped" }),
    plan("d", { kind: "external" }),
  ];
  expect(linkable(plans, "c")).toEqual([
    { value: "a", label: "a (individual coder, 120 episodes)" },
    { value: "c", label: "c (individual coder, 120 episodes)" },
  ]);
});
