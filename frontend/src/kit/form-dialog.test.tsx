import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { TextField } from "./field.tsx";
import { useFormRefusal } from "./form.ts";
import { FormDialog } from "./form-dialog.tsx";

const heard = () => ({ onSend: vi.fn<(name: string) => void>(), onClose: vi.fn<() => void>() });

function Naming({
  onSend,
  onClose,
  busy = false,
  refusal = null,
}: ReturnType<typeof heard> & { busy?: boolean; refusal?: string | null }) {
  const refused = useFormRefusal(["name"]);
  return (
    <FormDialog
      title="Name it"
      act={busy ? "Naming it" : "Name"}
      busy={busy}
      refusal={refusal}
      errors={refused.summary}
      formClass="wide"
      onSubmit={(data) => {
        const name = String(data.get("name"));
        if (!name) return refused.complain({ name: "Enter a name" });
        refused.clear();
        onSend(name);
      }}
      onClose={onClose}
    >
      <TextField id={refused.idOf("name")} name="name" label="Name" error={refused.errorOf("name")} />
    </FormDialog>
  );
}

it("begins in its first field, and Enter there hands over what the fields hold", async () => {
  const { onSend, onClose } = heard();
  render(<Naming onSend={onSend} onClose={onClose} />);
  expect(screen.getByLabelText("Name")).toHaveFocus();
  await userEvent.type(screen.getByLabelText("Name"), "Ward 4{Enter}");
  expect(onSend).toHaveBeenCalledExactlyOnceWith("Ward 4");
  expect(onClose).not.toHaveBeenCalled();
});

it("is sent by the button in its foot too, which is the page's one primary button", async () => {
  const { onSend, onClose } = heard();
  render(<Naming onSend={onSend} onClose={onClose} />);
  await userEvent.type(screen.getByLabelText("Name"), "Ward 4");
  const button = screen.getByRole("button", { name: "Name" });
  expect(button).toHaveClass("cw-button--primary");
  await userEvent.click(button);
  expect(onSend).toHaveBeenCalledExactlyOnceWith("Ward 4");
});

it("says what is wrong above the fields, in place of the browser's own bubble", async () => {
  const { onSend, onClose } = heard();
  render(<Naming onSend={onSend} onClose={onClose} />);
  expect(screen.queryByRole("alert")).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Name" }));
  const summary = screen.getByRole("alert");
  expect(summary).toHaveFocus();
  expect(summary).toHaveTextContent("Enter a name");
  const form = summary.closest("form");
  expect(form?.firstElementChild).toBe(summary);
  expect(form).toHaveClass("cw-form", "wide");
  expect(form?.noValidate).toBe(true);
  expect(onSend).not.toHaveBeenCalled();
});

it("is left by Cancel, and nothing is sent", async () => {
  const { onSend, onClose } = heard();
  render(<Naming onSend={onSend} onClose={onClose} />);
  await userEvent.type(screen.getByLabelText("Name"), "Ward 4");
  await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
  expect(onClose).toHaveBeenCalledOnce();
  expect(onSend).not.toHaveBeenCalled();
});

it.each([
  ["on its way", { busy: true }, "Naming it"],
  ["refused", { refusal: "The people are not loaded yet" }, "Name"],
])("is not sent while it is %s, neither by its button nor by Enter", async (_when, held, words) => {
  const { onSend, onClose } = heard();
  render(<Naming onSend={onSend} onClose={onClose} {...held} />);
  const button = screen.getByRole("button", { name: words });
  expect(button).toHaveAttribute("aria-disabled", "true");
  await userEvent.type(screen.getByLabelText("Name"), "Ward 4{Enter}");
  await userEvent.click(button);
  expect(onSend).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
  expect(onClose).toHaveBeenCalledOnce();
});
