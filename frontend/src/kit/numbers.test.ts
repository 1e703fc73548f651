import { expect, it } from "vitest";
import { bytes, count, counted, percent } from "./numbers.ts";

it("writes numbers as they are read", () => {
  expect(count(21904)).toBe("21,904");
  expect(count(null)).toBe("");
  expect(counted(1, "episode")).toBe("1 episode");
  expect(counted(2, "episode waits", "episodes wait")).toBe("2 episodes wait");
  expect(percent(1, 8)).toBe("12.5 %");
  expect(percent(1, 0)).toBe("");
  expect(bytes(512)).toBe("512 B");
  expect(bytes(3_200_000)).toBe("3.2 MB");
});
