import { describe, expect, it } from "vitest";
import { isList, readPaste } from "./paste.ts";

const NEAR = "2026-11-14";
const codes = (text: string) => readPaste(text, "diagnoses", NEAR).lines.map((line) => line.code ?? `!${line.raw}`);
const procedures = (text: string) =>
  readPaste(text, "procedures", NEAR).lines.map((line) => `${line.code ?? `!${line.raw}`} ${line.on ?? "-"}`);

describe("a pasted list of diagnoses", () => {
  it.each([
    ["I21.4 E119 W18.2", ["I214", "E119", "W182"]],
    ["i21.4, e11.9; w18.2", ["I214", "E119", "W182"]],
    ["I10X E119 N183", ["I10", "E119", "N183"]],
    ["I21.4\r\nE11.9\r\n\r\nW18.2\r\n", ["I214", "E119", "W182"]],
    ["1\tI21.4\tAcute subendocardial myocardial infarction\n2\tE11.9\tType 2 diabetes", ["I214", "E119"]],
    ["I21.4\tE11.9\tI10X\tZ92.1", ["I214", "E119", "I10", "Z921"]],
    [
      "1. I21.4 Acute subendocardial MI\n2. E11.9 Type 2 diabetes, stage 3\n3) I10 Hypertension",
      ["I214", "E119", "I10"],
    ],
    ["• I21.4\n• E11.9", ["I214", "E119"]],
    ["Vitamin B12 deficiency anaemia D51.9", ["D519"]],
    ["E10.3† H36.0*", ["E103", "H360"]],
    ["E103D H360A", ["E103", "H360"]],
    ["M80.05 S72.00", ["M8005", "S7200"]],
    ["(I21.4)\u00a0“E11.9”", ["I214", "E119"]],
    ["DIAG_01\tI214\nDIAG_02\tE119", ["I214", "E119"]],
  ])("reads %j", (text, wanted) => {
    expect(codes(text)).toEqual(wanted);
  });

  it.each([
    ["I21.4 E1l9 W18.2", ["I214", "!E1l9", "W182"]],
    ["I21.4 I21.45.6", ["I214", "!I21.45.6"]],
    ["I21.4\nchest pain ?cause\nE11.9", ["I214", "!chest pain ?cause", "E119"]],
    ["99999", ["!99999"]],
  ])("keeps what cannot be read as a visible error: %j", (text, wanted) => {
    expect(codes(text)).toEqual(wanted);
  });

  it.each([
    ["M81.99\nE11.9, Z92.1; junk\nI10\nZ87.1", ["M8199", "E119", "Z921", "!junk", "I10", "Z871"]],
    ["I21.4 Acute MI, I10 Hypertension, E11.9 Diabetes", ["I214", "I10", "E119"]],
    ["E11.9 Z92.1 on anticoagulants", ["E119", "Z921"]],
    ["I21.4 Subendocardial infarction", ["I214"]],
    ["I10\tI21.4; E11.9", ["I10", "I214", "E119"]],
  ])("takes every code on a line: %j", (text, wanted) => {
    expect(codes(text)).toEqual(wanted);
  });

  it.each([
    ["I21.4 Acute MI (was I22.0)", ["I22.0"]],
    ["E11.9 Diabetes, stage 3, I10 Hypertension", ["stage 3"]],
    ["Vitamin B12 deficiency anaemia D51.9", ["B12"]],
    ["I21.4\tOther than I22.0", ["I22.0"]],
    ["I21.4 Subendocardial infarction", []],
    ["1. I21.4 Acute MI\n2. E11.9 Type 2 diabetes, stage 3", []],
  ])("names what it leaves out: %j", (text, wanted) => {
    expect(readPaste(text, "diagnoses", NEAR).left).toEqual(wanted);
  });

  it("keeps the order, also for repeated codes", () => {
    expect(codes("I10 E119 I10")).toEqual(["I10", "E119", "I10"]);
  });

  it("makes nothing of nothing", () => {
    expect(codes(" \n\t\n")).toEqual([]);
  });
});

describe("a pasted list of procedures", () => {
  it.each([
    ["K75.1 12/11/2026", ["K751 2026-11-12"]],
    ["K75.1 12/11/2026 Y53.4 12/11/2026", ["K751 2026-11-12", "Y534 2026-11-12"]],
    ["K75.1 Y53.4 Z33.4", ["K751 -", "Y534 -", "Z334 -"]],
    ["12/11/2026\tK75.1\n13/11/2026\tY53.4", ["K751 2026-11-12", "Y534 2026-11-13"]],
    ["K75.1\tPercutaneous transluminal balloon angioplasty\t2026-11-12", ["K751 2026-11-12"]],
    ["K75.1\t46338", ["K751 2026-11-12"]],
    ["K75.1 Percutaneous balloon angioplasty 12 Nov 2026", ["K751 2026-11-12"]],
    ["K75.1 12 November 2026", ["K751 2026-11-12"]],
    ["K751 12112026", ["K751 2026-11-12"]],
    ["I21.4 K75.1", ["!I21.4 -", "K751 -"]],
    ["K75.12", ["!K75.12 -"]],
  ])("reads %j", (text, wanted) => {
    expect(procedures(text)).toEqual(wanted);
  });
});

describe("typing several codes into the search field", () => {
  it("is a list only when every part is a code", () => {
    expect(isList("I21.4 E11.9", "diagnoses", NEAR)).toBe(true);
    expect(isList("I21.4", "diagnoses", NEAR)).toBe(false);
    expect(isList("fall stand", "diagnoses", NEAR)).toBe(false);
    expect(isList("I21.4 fall", "diagnoses", NEAR)).toBe(false);
  });
});
