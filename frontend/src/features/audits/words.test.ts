import { expect, test } from "vitest";
import { leftToDo, statesOf } from "./words.ts";

const at = (to_send: number, items: number, done: number, second = 0, second_done = 0) =>
  leftToDo({ to_send, items, done, second, second_done });

test("while an episode is not audited the next is audited", () => {
  expect(at(0, 0, 0)).toBe("audit");
  expect(at(2, 3, 2)).toBe("audit");
  expect(at(3, 3, 3, 1, 0)).toBe("audit");
});

test("when all are audited findings are sent, and then it is signed", () => {
  expect(at(1, 3, 3)).toBe("send");
  expect(at(0, 3, 3)).toBe("sign");
});

test("a second audit that waits to be sent keeps the audit from being signed", () => {
  // Every first audit is settled; one second audit is decided and in nobody's state.
  const progress = { by_state: { settled: 3 }, items: 3, done: 3, second: 1, second_done: 1, to_send: 1 };
  expect(leftToDo(progress)).toBe("send");
});

test("an external audit's episodes are answered, not compared", () => {
  expect(statesOf("external").map((one) => one.label)).toEqual(["To answer", "Settled"]);
  expect(statesOf("dspt").map((one) => one.label)).toContain("Comparing");
});
