import { expect, it } from "vitest";
import type { WorkItem } from "./data.ts";
import { moveChoices } from "./moves.ts";

const home: Pick<WorkItem, "moves"> = { moves: ["waiting_for_information", "outstanding_pathology"] };
const held: Pick<WorkItem, "moves"> = { moves: ["outstanding_pathology", "to_code"] };

it("offers no queue that nobody may move to", () => {
  expect(moveChoices([home, home], false).map(({ value }) => value)).toEqual([
    "waiting_for_information",
    "outstanding_pathology",
  ]);
});

it("says how many may go where not all may", () => {
  expect(moveChoices([home, held], false).map(({ label }) => label)).toEqual([
    "To code (1 of 2 may go there)",
    "Waiting for information (1 of 2 may go there)",
    "Outstanding pathology",
  ]);
  expect(moveChoices([held], true).map(({ value }) => value)).toEqual(["outstanding_pathology"]);
});
