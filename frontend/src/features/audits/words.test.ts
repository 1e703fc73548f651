import { expect, test } from "vitest";
import { leftToDo, statesOf } from "./words.ts";

const at = (by_state: Record<string, number>, items: number, done: number, second = 0, second_done = 0) =>
  leftToDo({ by_state, items, done, second, second_done } as Parameters<typeof leftToDo>[0]);

test("while an episode is not audited the next is audited", () => {
  expect(at({}, 0, 0)).toBe("audit");
  expect(at({ drawn: 1, decided: 2 }, 3, 2)).toBe("audit");
  expect(at({ decided: 3 }, 3, 3, 1, 0)).toBe("audit");
});

test("when all are audited findings are sent, and then it is signed", () => {
  expect(at({ decided: 1, settled: 2, replaced: 1 }, 3, 3)).toBe("send");
  expect(at({ decided: 0, with_coder: 1, settled: 2 }, 3, 3)).toBe("sign");
});

test("an external audit's episodes are answered, not compared", () => {
  expect(statesOf("external").map((one) => one.label)).toEqual(["To answer", "Settled"]);
  expect(statesOf("dspt").map((one) => one.label)).toContain("Comparing");
});
