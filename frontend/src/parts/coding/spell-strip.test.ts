import { expect, it } from "vitest";
import { stateOf } from "./spell-strip.tsx";
import type { Workbench } from "./wire.ts";

const fce = (queue: string | null, held_until: string | null, coding_state = "uncoded") =>
  ({ queue, held_until, coding_state }) as Workbench["spell"][number];

it("says that a held episode waits, and until when", () => {
  expect(stateOf(fce("outstanding_pathology", "2026-11-27")).words).toMatch(/^waiting for pathology until 27 Nov/);
  expect(stateOf(fce("waiting_for_information", null)).words).toBe("waiting for information");
});

it("says of the others how far they are", () => {
  expect(stateOf(fce("to_code", null)).words).toBe("to code");
  expect(stateOf(fce(null, null, "coded")).words).toBe("coded");
});
