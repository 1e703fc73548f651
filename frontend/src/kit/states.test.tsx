import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { ErrorState, refusalOf, StaleState } from "./states.tsx";

it("a conflict can come and go", () => {
  const { unmount } = render(<StaleState onReload={() => undefined}>Someone else edited it.</StaleState>);
  expect(screen.getByRole("status")).toHaveTextContent("Changed since you opened it. Someone else edited it.");
  expect(unmount).not.toThrow();
});

it("a refusal is shown whole: title, detail, reference", () => {
  const error = Object.assign(new Error("Busy"), {
    title: "Busy",
    detail: "Try later.",
    reference: "0190",
    status: 503,
  });
  render(<ErrorState error={error} onRetry={() => undefined} />);
  expect(screen.getByRole("alert")).toHaveTextContent("BusyTry later.Reference 0190Try again");
});

it("a refusal of permission is no error, and says whom to ask", () => {
  const error = Object.assign(new Error("No"), { title: "No", detail: undefined, status: 403 });
  render(<ErrorState error={error} />);
  expect(screen.getByText("Your role does not include this")).toBeInTheDocument();
  expect(screen.queryByRole("alert")).toBeNull();
});

it("what is not there is said once, with a way back and nothing to try again", () => {
  const error = Object.assign(new Error("No"), {
    title: "No such thing",
    detail: "There is no such edition.",
    status: 404,
  });
  render(<ErrorState error={error} onRetry={() => undefined} />);
  expect(screen.getByRole("alert")).toHaveTextContent(/^There is no such edition\./);
  expect(screen.getByRole("link", { name: "Go to the home page" })).toHaveAttribute("href", "/");
  expect(screen.queryByRole("button")).toBeNull();
});

it("what nobody expected is said plainly, without its insides", () => {
  expect(refusalOf(new TypeError("x is not a function")).title).toBe("Something went wrong on this page");
});
