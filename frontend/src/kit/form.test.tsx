import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { DateField } from "./date-field.tsx";
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

function Dated({ onSend }: { onSend: () => void }) {
  const refusal = useFormRefusal(["name", "from", "to"]);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!new FormData(event.currentTarget).get("name")) return refusal.complain({ name: "Enter a name" });
        refusal.clear();
        onSend();
      }}
    >
      <ErrorSummary errors={refusal.summary} />
      <TextField id={refusal.idOf("name")} name="name" label="Name" error={refusal.errorOf("name")} />
      <DateField id={refusal.idOf("from")} name="from" label="From" error={refusal.errorOf("from")} />
      <DateField id={refusal.idOf("to")} name="to" label="To" error={refusal.errorOf("to")} />
      <button type="submit">Send</button>
    </form>
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

it("has in its summary the days that hold it back, and no more what was mended since", async () => {
  const sent = vi.fn();
  render(<Dated onSend={sent} />);
  await userEvent.click(screen.getByRole("button", { name: "Send" }));
  expect(screen.getByRole("alert")).toHaveTextContent("Enter a name");
  await userEvent.type(screen.getByLabelText("Name"), "PAS");
  await userEvent.type(screen.getByLabelText("From"), "31/02/2027");
  await userEvent.type(screen.getByLabelText("To"), "32/02/2027");
  await userEvent.click(screen.getByRole("button", { name: "Send" }));
  const summary = screen.getByRole("alert");
  expect(summary).not.toHaveTextContent("Enter a name");
  expect(screen.getByLabelText("Name")).toBeValid();
  expect(summary).toHaveFocus();
  const [from, to] = screen.getAllByRole("link", { name: /^Enter a real day/ });
  await userEvent.click(to as HTMLElement);
  expect(screen.getByLabelText("To")).toHaveFocus();
  await userEvent.click(from as HTMLElement);
  expect(screen.getByLabelText("From")).toHaveFocus();
  await userEvent.clear(screen.getByLabelText("From"));
  await userEvent.click(screen.getByRole("button", { name: "Send" }));
  expect(screen.getAllByRole("link")).toHaveLength(1);
  await userEvent.clear(screen.getByLabelText("To"));
  expect(sent).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole("button", { name: "Send" }));
  expect(sent).toHaveBeenCalledOnce();
  expect(screen.queryByRole("alert")).toBeNull();
});
