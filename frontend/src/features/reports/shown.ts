// Values of a report in words, as its files print them.
import { shareDigits } from "@/kit/numbers.ts";
import type { Column, Table } from "./data.ts";

export type Cell = Table["rows"][number][number];

const numbers = new Set<Column["kind"]>(["count", "percent", "pounds", "decimal"]);

export function isNumber(column: Column): boolean {
  return numbers.has(column.kind);
}

/** A share as the report's files print it. */
export function percent(share: number, reach: readonly number[] = []): string {
  return `${shareDigits(share, reach)}%`;
}

const pounds = new Intl.NumberFormat("en-GB", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const whole = new Intl.NumberFormat("en-GB");

export function shown(value: Cell, column: Column, reach: readonly number[] = []): string {
  if (value === null || value === undefined) return "n/a";
  if (typeof value === "string") return value;
  if (column.kind === "percent") return value < 0 ? `−${percent(-value)}` : percent(value, reach);
  if (column.kind === "pounds") return `${value < 0 ? "−" : ""}£${pounds.format(Math.abs(value))}`;
  if (column.kind === "decimal") return value.toFixed(2).replace("-", "−");
  return whole.format(value);
}

/** The numbers of headings: 1, 1.1, 2, and letters for appendices. */
export function headingNumbers(sections: readonly { level: number; appendix: boolean }[]): string[] {
  let [one, two, letter] = [0, 0, 0];
  return sections.map((section) => {
    if (section.appendix) {
      letter += 1;
      return String.fromCharCode(64 + letter);
    }
    if (section.level === 1) {
      one += 1;
      two = 0;
      return String(one);
    }
    two += 1;
    return `${one}.${two}`;
  });
}
