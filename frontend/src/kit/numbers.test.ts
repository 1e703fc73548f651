import { expect, it } from "vitest";
import { aimed, bytes, count, counted, interval, measured } from "./numbers.ts";

it("writes numbers as they are read", () => {
  expect(count(21904)).toBe("21,904");
  expect(count(null)).toBe("");
  expect(counted(1, "episode")).toBe("1 episode");
  expect(counted(2, "episode waits", "episodes wait")).toBe("2 episodes wait");
  expect(bytes(512)).toBe("512 B");
  expect(bytes(3_200_000)).toBe("3.2 MB");
});

it("writes a measured share with one place, or as many as it takes to reach no line that it does not reach", () => {
  expect(measured(0.125)).toBe("12.5 %");
  expect(measured(0.94)).toBe("94.0 %");
  expect(measured(0.9496)).toBe("95.0 %");
  expect(measured(0.9496, [0.95])).toBe("94.96 %");
  expect(measured(0.94996, [0.95])).toBe("94.996 %");
  expect(measured(0.95, [0.95])).toBe("95.0 %");
  expect(measured(0.9998)).toBe("99.98 %");
  expect(measured(1)).toBe("100.0 %");
  expect(measured(null)).toBe("not applicable");
  expect(interval(0.821, 0.97)).toBe("82.1 to 97.0");
  expect(interval(null, null)).toBe("");
});

it("writes a share that was set as it was set", () => {
  expect([aimed(0.9), aimed(0.925), aimed(0.07)]).toEqual(["90 %", "92.5 %", "7 %"]);
});
