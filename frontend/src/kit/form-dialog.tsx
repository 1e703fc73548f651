// A form in a dialog: the button that sends it stands in the foot, what is wrong stands above the fields.
import { type ComponentProps, type ReactNode, useId } from "react";
import { Button, type ButtonProps } from "./button.tsx";
import { classes } from "./classes.ts";
import { Dialog } from "./dialog.tsx";
import { ErrorSummary, type SummaryError } from "./states.tsx";

/** Sent by its button or by Enter, and not a second time while it is on its way; Cancel and Esc leave it. */
export function FormDialog({
  title,
  size = "medium",
  act,
  errors,
  formClass,
  onSubmit,
  onClose,
  children,
  ...button
}: Pick<ComponentProps<typeof Dialog>, "title" | "size" | "onClose" | "children"> &
  Pick<ButtonProps, "busy" | "refusal"> & {
    /** The words on the button that sends it. */
    act: ReactNode;
    /** The summary of the form's refusals. */
    errors: readonly SummaryError[];
    formClass?: string;
    /** Takes what the named fields hold. */
    onSubmit: (data: FormData) => void;
  }) {
  const formId = useId();
  return (
    <Dialog
      title={title}
      size={size}
      onClose={onClose}
      foot={
        <>
          <Button {...button} look="primary" type="submit" form={formId}>
            {act}
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </>
      }
    >
      <form
        id={formId}
        className={classes("cw-form", formClass)}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!button.busy && !button.refusal) onSubmit(new FormData(event.currentTarget));
        }}
      >
        <ErrorSummary errors={errors} />
        {children}
      </form>
    </Dialog>
  );
}
