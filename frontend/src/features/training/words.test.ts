import { expect, it } from "vitest";
import { hours, share } from "./words.ts";

it("never rounds a share up to a threshold", () => {
  expect([share(0.9496), share(0.95), share(0.94999999), share(1), share(null)]).toEqual([
    "94.9 %",
    "95.0 %",
    "94.9 %",
    "100.0 %",
    "not applicable",
  ]);
});

it("says hours as people do", () => {
  expect([hours(0), hours(45), hours(60), hours(200)]).toEqual(["0 min", "45 min", "1 h", "3 h 20 min"]);
});
