import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { DateField } from "./date-field.tsx";
import { londonDay } from "./dates.ts";
import { writtenDay } from "./read-day.ts";

function form(sent: (on: unknown) => void, min?: string) {
  render(
    <form
      onSubmit={(event) => {
        event.preventDefault();
        sent(new FormData(event.currentTarget).get("on"));
      }}
    >
      <DateField name="on" label="First day" hint="Of the edition" min={min} />
      <button type="submit">Send</button>
    </form>,
  );
  return screen.getByRole("textbox", { name: "First day" });
}

it("takes the day as it is written here, and sends it as the server knows it", async () => {
  const sent = vi.fn();
  const field = form(sent);
  await userEvent.type(field, "3/11/2026{Enter}");
  expect(sent).toHaveBeenLastCalledWith("2026-11-03");
  expect(field).toHaveValue("03/11/2026");
  await userEvent.clear(field);
  await userEvent.click(screen.getByRole("button"));
  expect(sent).toHaveBeenLastCalledWith("");
});

it("says what is wrong at the field, and sends nothing in its stead", async () => {
  const sent = vi.fn();
  const field = form(sent);
  await userEvent.type(field, "31/2/2026");
  await userEvent.click(screen.getByRole("button"));
  expect(sent).not.toHaveBeenCalled();
  expect(field).toHaveFocus();
  expect(field).toBeInvalid();
  const today = writtenDay(londonDay(Date.now()));
  expect(field).toHaveAccessibleDescription(
    new RegExp(`As ${today}\\. Of the edition.*Enter a real day, such as ${today}`),
  );
  await userEvent.type(field, "{Backspace>10/}28/2/2026");
  expect(field).toBeValid();
  await userEvent.click(screen.getByRole("button"));
  expect(sent).toHaveBeenCalledExactlyOnceWith("2026-02-28");
});

it("holds to the first day that may be", async () => {
  const sent = vi.fn();
  await userEvent.type(form(sent, "2026-11-22"), "21/11/2026{Enter}");
  expect(sent).not.toHaveBeenCalled();
  expect(screen.getByText("Enter a day from 22/11/2026 on")).toBeInTheDocument();
});

it("gives an example that it takes itself", async () => {
  const sent = vi.fn();
  const field = form(sent, "2199-01-02");
  expect(field).toHaveAccessibleDescription(/As 02\/01\/2199/);
  await userEvent.type(field, "02/01/2199{Enter}");
  expect(sent).toHaveBeenCalledExactlyOnceWith("2199-01-02");
});

it("shows a day chosen elsewhere, and tells its own when it is left", async () => {
  const settled = vi.fn();
  const { rerender } = render(<DateField label="As on" value="2026-04-01" onSettled={settled} />);
  const field = screen.getByRole("textbox", { name: "As on" });
  expect(field).toHaveValue("01/04/2026");
  await userEvent.clear(field);
  await userEvent.type(field, "2/4/2026");
  expect(settled).not.toHaveBeenCalled();
  await userEvent.tab();
  expect(settled).toHaveBeenCalledExactlyOnceWith("2026-04-02");
  rerender(<DateField label="As on" value="2026-04-02" onSettled={settled} />);
  expect(field).toHaveValue("02/04/2026");
  rerender(<DateField label="As on" value="" onSettled={settled} />);
  expect(field).toHaveValue("");
});
