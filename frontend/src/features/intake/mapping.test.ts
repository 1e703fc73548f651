import { expect, it } from "vitest";
import { readMapping, writeMapping } from "./mapping.ts";

it("reads back what it writes, also a column name with an equals sign", () => {
  const columns = { PrimDiag: "dx_1", "Disch=Date": "discharged_on" };
  expect(readMapping(writeMapping(columns))).toEqual({ columns, wrong: null });
});

it("names the first line that is no mapping", () => {
  expect(readMapping("PrimDiag = dx_1\n\nnonsense").wrong).toBe(3);
  expect(readMapping("= dx_1").wrong).toBe(1);
  expect(readMapping("PrimDiag =").wrong).toBe(1);
});

it("is written in the order of an episode's fields, however it was kept", () => {
  expect(writeMapping({ B10: "dx_10", B2: "dx_2", Part: "episode_number", Stay: "spell_number" }).split("\n")).toEqual([
    "Stay = spell_number",
    "Part = episode_number",
    "B2 = dx_2",
    "B10 = dx_10",
  ]);
});
