import { expect, it } from "vitest";
import { where } from "./reject-reasons.tsx";

it("names the sender's columns, few of them in full, and else the field or the row itself", () => {
  expect(where({ columns: ["DIAG_02"], field: "dx" })).toBe("DIAG_02");
  expect(where({ columns: ["A", "B", "C", "D", "E"], field: "dx" })).toBe("A, B, C and 2 more");
  expect(where({ columns: [], field: "patient/nhs_number" })).toBe("patient/nhs_number");
  expect(where({ columns: [], field: "" })).toBe("the row");
});
