import { expect, test } from "vitest";
import { sensitiveIn } from "./wording.tsx";

test("sensitive words are found as whole words, however they are written", () => {
  const words = ["careless", "never", "should know", "c++"];
  expect(sensitiveIn("Careless; you should know. Nevertheless", words)).toEqual(["careless", "should know"]);
  expect(sensitiveIn("carelessness", words)).toEqual([]);
});
