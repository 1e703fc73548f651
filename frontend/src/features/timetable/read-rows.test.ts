import { expect, it } from "vitest";
import { readRows } from "./read-rows.ts";

it("reads rows as they are pasted, in the ways that people write dates", () => {
  const { rows, wrong } = readRows(
    "Month,Phase,Inclusion,Publication\n2026-04,flex,2026-05-20,2026-05-27\nApr 2026\tFreeze\t17/06/2026\n\nMarch 2026;annual refresh;20 May 2026",
  );
  expect(wrong).toEqual([]);
  expect(rows).toEqual([
    { activity_month: "2026-04", phase: "flex", inclusion_on: "2026-05-20", publication_on: "2026-05-27" },
    { activity_month: "2026-04", phase: "freeze", inclusion_on: "2026-06-17" },
    { activity_month: "2026-03", phase: "annual_refresh", inclusion_on: "2026-05-20" },
  ]);
});

it("says of each line that it cannot read why, and reads the others", () => {
  const { rows, wrong } = readRows(
    "2026-13,flex,2026-05-20\n2026-04,flexi,2026-05-20\n2026-04,flex,31 June 2026\n2026-04,flex,2026-05-20",
  );
  expect(rows).toHaveLength(1);
  expect(wrong.map(({ line }) => line)).toEqual([1, 2, 3]);
  expect(wrong[2]?.why).toContain("31 June 2026");
});
