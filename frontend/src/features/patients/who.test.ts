import { expect, it } from "vitest";
import { who } from "./who.ts";

it("says who it is without a name", () => {
  expect(who("2", 68)).toBe("Woman, 68");
  expect(who("1", 15)).toBe("Boy, 15");
  expect(who("2", 0)).toBe("Girl, 0");
  expect(who("9", null)).toBe("Sex not known, age not known");
});
