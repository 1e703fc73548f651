import { expect, test } from "vitest";
import { numbersOf } from "./numbers.ts";

test("numbers of episodes are typed one by one or as ranges", () => {
  expect(numbersOf("7-9, 3; 3")).toEqual([3, 7, 8, 9]);
  expect(numbersOf("")).toEqual([]);
});

test.each(["x", "9-7", "1-", "1.5", "1-5000"])("%s is no list of numbers", (typed) => {
  expect(numbersOf(typed)).toBeNull();
});
