import { expect, test } from "vitest";
import type { Finding } from "./data.ts";
import { nextOf } from "./words.ts";

const made = (no: number, reply: Finding["reply"]) => ({ no, reply }) as Finding;
const waits = (finding: Finding) => finding.reply === "waiting";

test("after a reply the next finding that waits has the focus, round the list", () => {
  const findings = [made(1, "waiting"), made(2, "agreed"), made(4, "waiting")];
  expect(nextOf(findings, 1, waits)).toBe(4);
  expect(nextOf(findings, 4, waits)).toBe(1);
});

test("when none waits any more there is no next", () => {
  expect(nextOf([made(1, "agreed"), made(2, "disputed")], 1, waits)).toBeNull();
});
