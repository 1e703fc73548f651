import { expect, it } from "vitest";
import { readMapping, writeMapping } from "./mapping.ts";

it("reads back what it writes, also a column name with an equals sign", () => {
  const columns = { PrimDiag: "diagnosis_1", "Disch=Date": "discharged_on" };
  expect(readMapping(writeMapping(columns))).toEqual({ columns, wrong: null });
});

it("names the first line that is no mapping", () => {
  expect(readMapping("PrimDiag = diagnosis_1\n\nnonsense").wrong).toBe(3);
  expect(readMapping("= diagnosis_1").wrong).toBe(1);
  expect(readMapping("PrimDiag =").wrong).toBe(1);
});
