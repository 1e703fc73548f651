// What the numbers of a sample may be: said at the field, before the server is asked.
import { count } from "@/kit/numbers.ts";
import type { Sampling } from "./data.ts";

export type SizeName = "size" | "of_each" | "at_least" | "tilt" | "risky_from";

const limits: Record<SizeName, { low: number; high: number; whole: boolean }> = {
  size: { low: 1, high: 5000, whole: true },
  of_each: { low: 1, high: 1000, whole: true },
  at_least: { low: 0, high: 1000, whole: true },
  tilt: { low: 1, high: 20, whole: false },
  risky_from: { low: 1, high: 7, whole: true },
};

/** What is wrong with a number as typed; null when nothing is. */
export function sizeFault(name: SizeName, typed: string): string | null {
  const { low, high, whole } = limits[name];
  const said = Number(typed);
  if (typed.trim() !== "" && said >= low && said <= high && (!whole || Number.isInteger(said))) return null;
  return `Enter a ${whole ? "whole " : ""}number from ${low} to ${count(high)}`;
}

/** What is wrong with how many of one stratum: it may be none, and no more than there are. */
export function stratumFault(typed: string, frame: number): string | null {
  const said = Number(typed);
  if (typed.trim() === "" || !Number.isInteger(said) || said < 0) return "Enter a whole number, 0 for none";
  return said > frame ? `There ${frame === 1 ? "is" : "are"} only ${count(frame)}` : null;
}

/** Which numbers a way of drawing asks for. */
export function sizesAsked(s: Pick<Sampling, "method" | "sizes">): readonly SizeName[] {
  switch (s.method) {
    case "simple":
      return ["size"];
    case "proportional":
      return ["size", "at_least"];
    case "risk_weighted":
      return ["size", "tilt", "risky_from"];
    case "fixed":
      return s.sizes ? [] : ["of_each"];
    case "per_coder":
      return ["of_each"];
  }
}

/** What is sent; null while something that the method needs is missing. */
export function samplingBody(s: Sampling): Sampling | null {
  if (sizesAsked(s).some((name) => sizeFault(name, String(s[name] ?? "")) !== null)) return null;
  if ((s.method === "proportional" || s.method === "fixed") && !s.by) return null;
  if (s.method === "fixed" && s.sizes && !Object.values(s.sizes).some((n) => n > 0)) return null;
  return s;
}
