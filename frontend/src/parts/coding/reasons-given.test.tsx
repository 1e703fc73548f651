import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { ReasonsGiven } from "./reasons-given.tsx";
import { givenBy } from "./words.ts";

it("shows the warning, its lines with their codes, the reason and who gave it", () => {
  render(
    <ReasonsGiven
      who="Sam Example"
      reasons={[
        {
          rule_id: "X-01",
          title: "Code for another sex",
          lines: [
            { list: "diagnoses", index: 1, dotted: "N40" },
            { list: "procedures", index: 0, dotted: "M65.3" },
          ],
          reason: "Registered sex differs",
          person_name: "Sam Example",
        },
        { rule_id: "X-02", title: "Age", lines: [], reason: "As it is", person_name: "Ellie Trainee" },
      ]}
    />,
  );
  const [own, accepted] = screen.getAllByRole("listitem");
  expect(own).toHaveTextContent(
    "Code for another sex (Line 2 N40, Procedure 1 M65.3)Reason given by Sam Example: Registered sex differs",
  );
  expect(accepted).toHaveTextContent("AgeReason given by Ellie Trainee, accepted by Sam Example: As it is");
});

it("names who checked a trainee's work, who answered last", () => {
  expect(givenBy({ person_name: "A Trainee", checked_by_name: "Sam Example", coder_ref: null })).toBe("Sam Example");
  expect(givenBy({ person_name: "A Coder", checked_by_name: null, coder_ref: null })).toBe("A Coder");
});
