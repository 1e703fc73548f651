import { expect, test } from "vitest";
import { sampleWords } from "./audit.ts";

test("a sample tells second audits apart", () => {
  expect(sampleWords({ items: 200, second: 20 })).toBe("200 + 20 second audits");
  expect(sampleWords({ items: 11, second: 1 })).toBe("10 + 1 second audit");
  expect(sampleWords({ items: 40, second: 0 })).toBe("40 episodes");
});
