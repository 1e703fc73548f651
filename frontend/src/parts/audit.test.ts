import { expect, test } from "vitest";
import { sampleWords, secondWords } from "./audit.ts";

test("a sample tells second audits apart", () => {
  expect(sampleWords({ items: 200, second: 20 })).toBe("200 + 20 second audits");
  expect(sampleWords({ items: 11, second: 1 })).toBe("11 + 1 second audit");
  expect(sampleWords({ items: 40, second: 0 })).toBe("40 episodes");
});

test("second audits that are done stand beside the episodes that are", () => {
  expect(secondWords({ second: 20, second_done: 3 })).toBe("+ 3 of 20 second audits");
  expect(secondWords({ second: 0, second_done: 0 })).toBe("");
});
