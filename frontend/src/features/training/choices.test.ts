import { expect, test } from "vitest";
import { choicesOf, yearTo } from "./choices.ts";

test("each choice is there once, by name, and never one without a key", () => {
  const b = { value: "2", label: "Baker" };
  const known = [b, { value: "", label: "none cited" }, { value: "1", label: "Abel" }, b];
  expect(choicesOf(known, undefined).map(({ label }) => label)).toEqual(["Abel", "Baker"]);
});

test("what is chosen stays among the choices, so that it can be taken back", () => {
  expect(choicesOf([], "DCS.I.2")).toEqual([{ value: "DCS.I.2", label: "DCS.I.2" }]);
  expect(choicesOf([], "1", "The coder chosen")[0]?.label).toBe("The coder chosen");
  expect(choicesOf([{ value: "1", label: "Abel" }], "1")).toHaveLength(1);
});

test("the year goes from the first of the month, so that every year has its first day", () => {
  expect(yearTo("2028-02-29")).toEqual({ ended_from: "2027-02-01", ended_to: "2028-02-29" });
});
