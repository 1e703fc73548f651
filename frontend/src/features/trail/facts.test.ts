import { expect, it } from "vitest";
import { factsInWords } from "./facts.ts";

it("says what a line notes in words", () => {
  expect(factsInWords({})).toBe("");
  expect(factsInWords({ queue: "to_code", lines: 1234, provisional: false })).toBe(
    "queue: to code; lines: 1,234; provisional: no",
  );
  expect(factsInWords({ was: "", changed: ["roles", "coder_ref"] })).toBe("changed: roles, coder ref");
});

it("shortens ids and marks, and says instants as the page does", () => {
  expect(factsInWords({ to: "01900000-0000-7000-8000-00000000dead" })).toBe("to: …00000000dead");
  expect(factsInWords({ wanted: { record: "0123456789abcdef0123456789abcdef", past: "seen" }, lines: 3 })).toBe(
    "wanted: record mark 01234567, past seen; lines: 3",
  );
  expect(factsInWords({ until: "2026-07-01T12:00:00Z" })).toBe("until: 1 Jul 2026, 1:00pm");
});
