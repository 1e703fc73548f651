import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { Button } from "./button.tsx";

it("that is refused says why, stays reachable and does nothing", async () => {
  const pressed = vi.fn();
  render(
    <Button refusal="An auditor checks this first" onClick={pressed}>
      Submit
    </Button>,
  );
  await userEvent.tab();
  const button = screen.getByRole("button", { name: "Submit" });
  expect(button).toHaveFocus();
  expect(button).toHaveAccessibleDescription("An auditor checks this first");
  await userEvent.keyboard("{Enter}");
  expect(pressed).not.toHaveBeenCalled();
});

it("that is refused does not submit its form either", async () => {
  const submitted = vi.fn((event: { preventDefault: () => void }) => event.preventDefault());
  render(
    <form onSubmit={submitted}>
      <Button type="submit" refusal="Not now">
        Save
      </Button>
    </form>,
  );
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(submitted).not.toHaveBeenCalled();
});

it("that is refused shows why once it is pressed, to whoever sees the page too", async () => {
  render(<Button refusal="Say why">Reject</Button>);
  expect(screen.getByText("Say why")).toHaveClass("cw-hidden");
  const button = screen.getByRole("button", { name: "Reject" });
  await userEvent.click(button);
  expect(screen.getByText("Say why")).not.toHaveClass("cw-hidden");
  expect(button).toHaveAccessibleDescription("Say why");
});
