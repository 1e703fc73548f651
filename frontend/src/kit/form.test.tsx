import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { TextField } from "./field.tsx";
import { useFormRefusal } from "./form.ts";
import { ErrorSummary } from "./states.tsx";

const pointed = {
  title: "Some fields are not right",
  detail: "Some fields are not right",
  errors: [
    { pointer: "/body/username", detail: "use letters and digits" },
    { pointer: "/body/roles/0", detail: "no such role" },
  ],
};

function Form({ error }: { error: unknown }) {
  const refusal = useFormRefusal(["username", "name"]);
  return (
    <>
      <ErrorSummary errors={refusal.summary} />
      <TextField id={refusal.idOf("username")} label="User name" error={refusal.errorOf("username")} />
      <TextField id={refusal.idOf("name")} label="Name" error={refusal.errorOf("name")} />
      <button type="button" onClick={() => refusal.refuse(error)}>
        Save
      </button>
      <button type="button" onClick={() => refusal.complain({ name: "Enter a name" })}>
        Check
      </button>
    </>
  );
}

it("puts an error at its field and into the summary, which takes focus and leads there", async () => {
  render(<Form error={pointed} />);
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  const summary = screen.getByRole("alert");
  expect(summary).toHaveFocus();
  expect(screen.getByLabelText("User name")).toHaveAccessibleDescription(/Use letters and digits/);
  expect(screen.getByLabelText("User name")).toBeInvalid();
  expect(screen.getByLabelText("Name")).toBeValid();
  expect(summary).toHaveTextContent("No such role");
  await userEvent.click(screen.getByRole("link", { name: "Use letters and digits" }));
  expect(screen.getByLabelText("User name")).toHaveFocus();
});

it("says a refusal without pointers above the form, with its reference", async () => {
  render(<Form error={{ title: "This is taken", detail: "Another person has it.", reference: "0190" }} />);
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(screen.getByRole("alert")).toHaveTextContent("This is taken. Another person has it. (reference 0190)");
});

it("complains of what is empty without asking the server", async () => {
  render(<Form error={pointed} />);
  await userEvent.click(screen.getByRole("button", { name: "Check" }));
  expect(screen.getByLabelText("Name")).toHaveAccessibleDescription(/Enter a name/);
});
