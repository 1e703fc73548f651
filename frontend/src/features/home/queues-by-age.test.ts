import { expect, it } from "vitest";
import { bandWords } from "./queues-by-age.tsx";

it("names a band by its days", () => {
  const words = [
    { from_days: 0, to_days: 2 },
    { from_days: 11, to_days: 20 },
    { from_days: 21, to_days: null },
  ].map(bandWords);
  expect(words).toEqual(["0–2", "11–20", "21+"]);
});
