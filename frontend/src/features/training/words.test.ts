import { expect, it } from "vitest";
import { hours } from "./words.ts";

it("says hours as people do", () => {
  expect([hours(0), hours(45), hours(60), hours(200)]).toEqual(["0 min", "45 min", "1 h", "3 h 20 min"]);
});
