import { expect, test } from "vitest";
import type { Sampling } from "./data.ts";
import { samplingBody, sizeFault, stratumFault } from "./sampling.ts";

const simple: Sampling = {
  method: "simple",
  size: 200,
  by: null,
  at_least: 0,
  sizes: null,
  of_each: null,
  tilt: 3,
  risky_from: 2,
  aim: null,
};

test("nought, parts and nothing are no size", () => {
  expect(sizeFault("size", "0")).toBe("Enter a whole number from 1 to 5,000");
  expect(sizeFault("size", "")).not.toBeNull();
  expect(sizeFault("size", "2.5")).not.toBeNull();
  expect(sizeFault("size", "200")).toBeNull();
  expect(sizeFault("at_least", "0")).toBeNull();
  expect(sizeFault("tilt", "2.5")).toBeNull();
  expect(sizeFault("tilt", "21")).toBe("Enter a number from 1 to 20");
});

test("a stratum gives no more than it has", () => {
  expect(stratumFault("4", 4)).toBeNull();
  expect(stratumFault("0", 4)).toBeNull();
  expect(stratumFault("5", 4)).toBe("There are only 4");
  expect(stratumFault("", 4)).not.toBeNull();
});

test("a sample that nothing would be drawn for is not sent", () => {
  expect(samplingBody(simple)).toEqual(simple);
  expect(samplingBody({ ...simple, size: 0 })).toBeNull();
  const fixed: Sampling = { ...simple, method: "fixed", by: "month", size: null, sizes: { "2026-06": 5 } };
  expect(samplingBody(fixed)).toEqual(fixed);
  expect(samplingBody({ ...fixed, sizes: { "2026-06": 0 } })).toBeNull();
  expect(samplingBody({ ...fixed, sizes: null, of_each: 0 })).toBeNull();
});
