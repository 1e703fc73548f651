// Form fields with their label, hint and error wired to each other, so that no page can forget to.
import type { InputHTMLAttributes, ReactNode, Ref, SelectHTMLAttributes, TextareaHTMLAttributes } from "react";
import { useId } from "react";
import { classes } from "./classes.ts";

type Words = {
  label: ReactNode;
  /** The label is read, not shown: only where the place makes it plain, as in a filter bar. */
  labelHidden?: boolean;
  hint?: ReactNode;
  error?: string | undefined;
};

type Wiring = { id: string; "aria-describedby": string | undefined; "aria-invalid": true | undefined };

/** The frame of any control: give it the control as a function of its wiring. */
export function Field({
  id,
  label,
  labelHidden,
  hint,
  error,
  children,
}: Words & { id?: string; children: (wiring: Wiring) => ReactNode }) {
  const made = useId();
  const fieldId = id ?? made;
  const hintId = `${fieldId}-hint`;
  const errorId = `${fieldId}-error`;
  const described = classes(hint ? hintId : null, error ? errorId : null);
  return (
    <div className={classes("cw-field", error ? "cw-field--error" : null)}>
      <label className={classes("cw-field__label", labelHidden && "cw-hidden")} htmlFor={fieldId}>
        {label}
      </label>
      {hint ? (
        <div id={hintId} className="cw-field__hint">
          {hint}
        </div>
      ) : null}
      {error ? (
        <p id={errorId} className="cw-field__error">
          <span className="cw-hidden">Error: </span>
          {error}
        </p>
      ) : null}
      {children({ id: fieldId, "aria-describedby": described || undefined, "aria-invalid": error ? true : undefined })}
    </div>
  );
}

type Width = "full" | "short" | "medium" | "long";

export function TextField({
  label,
  labelHidden,
  hint,
  error,
  id,
  width = "full",
  mono,
  ref,
  ...rest
}: Words & { width?: Width; mono?: boolean; ref?: Ref<HTMLInputElement> } & Omit<
    InputHTMLAttributes<HTMLInputElement>,
    "className"
  >) {
  return (
    <Field {...{ id, label, labelHidden, hint, error }}>
      {(wiring) => (
        <input
          type="text"
          autoComplete="off"
          spellCheck={false}
          {...rest}
          {...wiring}
          ref={ref}
          className={classes("cw-input", `cw-input--${width}`, mono && "cw-input--mono")}
        />
      )}
    </Field>
  );
}

export function TextArea({
  label,
  labelHidden,
  hint,
  error,
  id,
  ref,
  ...rest
}: Words & { ref?: Ref<HTMLTextAreaElement> } & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "className">) {
  return (
    <Field {...{ id, label, labelHidden, hint, error }}>
      {(wiring) => <textarea rows={3} {...rest} {...wiring} ref={ref} className="cw-input cw-input--area" />}
    </Field>
  );
}

export type Option = { value: string; label: string };

export function Select({
  label,
  labelHidden,
  hint,
  error,
  id,
  options,
  empty,
  width = "full",
  ref,
  ...rest
}: Words & { options: readonly Option[]; empty?: string; width?: Width; ref?: Ref<HTMLSelectElement> } & Omit<
    SelectHTMLAttributes<HTMLSelectElement>,
    "className" | "children"
  >) {
  return (
    <Field {...{ id, label, labelHidden, hint, error }}>
      {(wiring) => (
        <select {...rest} {...wiring} ref={ref} className={classes("cw-input", "cw-select", `cw-input--${width}`)}>
          {empty !== undefined ? <option value="">{empty}</option> : null}
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function Checkbox({
  label,
  hint,
  id,
  ref,
  ...rest
}: { label: ReactNode; hint?: ReactNode; ref?: Ref<HTMLInputElement> } & Omit<
  InputHTMLAttributes<HTMLInputElement>,
  "className" | "type"
>) {
  const made = useId();
  const boxId = id ?? made;
  return (
    <div className="cw-check">
      <input
        {...rest}
        ref={ref}
        id={boxId}
        type="checkbox"
        aria-describedby={hint ? `${boxId}-hint` : undefined}
        className="cw-check__box"
      />
      <label htmlFor={boxId} className="cw-check__label">
        {label}
        {hint ? (
          <span id={`${boxId}-hint`} className="cw-check__hint">
            {hint}
          </span>
        ) : null}
      </label>
    </div>
  );
}

/** A set of boxes or radios under one question. */
export function Fieldset({
  legend,
  hint,
  error,
  children,
}: {
  legend: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <fieldset
      className={classes("cw-fieldset", error ? "cw-field--error" : null)}
      aria-describedby={classes(hint ? `${id}-hint` : null, error ? `${id}-error` : null) || undefined}
    >
      <legend className="cw-field__label">{legend}</legend>
      {hint ? (
        <div id={`${id}-hint`} className="cw-field__hint">
          {hint}
        </div>
      ) : null}
      {error ? (
        <p id={`${id}-error`} className="cw-field__error">
          {error}
        </p>
      ) : null}
      {children}
    </fieldset>
  );
}
