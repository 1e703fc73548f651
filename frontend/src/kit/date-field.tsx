// A day is typed as people here write it, whatever language the browser has: 3/11/2026, 03112026, 3 Nov, today.
import { type InputHTMLAttributes, type ReactNode, useEffect, useEffectEvent, useRef, useState } from "react";
import { londonDay } from "./dates.ts";
import { Field } from "./field.tsx";
import { tellHeld } from "./held.ts";
import { readDayField, writtenDay } from "./read-day.ts";

/** An example that the field itself takes. */
function exampleDay(today: string, min?: string): string {
  return writtenDay(min && min > today ? min : today);
}

/** What is wrong with a day as typed, or nothing. An empty field is for its form to judge. */
export function dayComplaint(typed: string, today: string, min?: string): string | null {
  if (typed.trim() === "") return null;
  const day = readDayField(typed, today);
  if (day === null) return `Enter a real day, such as ${exampleDay(today, min)}`;
  return min && day < min ? `Enter a day from ${writtenDay(min)} on` : null;
}

/**
 * The value is the day itself, `2026-11-03` or empty, with no time zone near it: in a form under its `name`, and told
 * with `onDay` at each key. What is typed is written out on leaving the field. A form is not sent while a day in it
 * cannot be read: that would leave it out in silence.
 */
export function DateField({
  label,
  labelHidden,
  hint,
  error,
  id,
  name,
  value,
  min,
  onDay,
  onSettled,
  ...rest
}: {
  label: ReactNode;
  labelHidden?: boolean;
  hint?: ReactNode;
  error?: string | undefined;
  value?: string;
  /** The first day that may be. */
  min?: string;
  onDay?: (day: string) => void;
  /** Told on leaving the field and with Enter, not at each key. */
  onSettled?: (day: string) => void;
} & Omit<
  InputHTMLAttributes<HTMLInputElement>,
  "className" | "type" | "value" | "defaultValue" | "min" | "onChange" | "onBlur" | "onKeyDown"
>) {
  const today = londonDay(Date.now());
  const [typed, setTyped] = useState(writtenDay(value));
  const [complaint, setComplaint] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const day = readDayField(typed, today) ?? "";

  // What is chosen elsewhere, as by the way back in a list's address, is shown; what is being typed stays as it is.
  const [known, setKnown] = useState(value);
  if (value !== known) {
    setKnown(value);
    if ((value ?? "") !== day) setTyped(writtenDay(value));
  }

  const settle = (): boolean => {
    const wrong = dayComplaint(typed, today, min);
    setComplaint(wrong);
    if (wrong !== null) return false;
    setTyped(writtenDay(day));
    onSettled?.(day);
    return true;
  };

  const hold = useEffectEvent((event: SubmitEvent) => {
    const wrong = dayComplaint(typed, today, min);
    if (wrong === null) return;
    // Other days of the form look for themselves; the form does not hear of it.
    if (!event.defaultPrevented) input.current?.focus();
    event.preventDefault();
    event.stopPropagation();
    setComplaint(wrong);
    if (input.current) tellHeld(input.current, { sent: event.timeStamp, fieldId: input.current.id, text: wrong });
  });
  useEffect(() => {
    const form = input.current?.form;
    const listen = (event: SubmitEvent) => hold(event);
    form?.addEventListener("submit", listen, true);
    return () => form?.removeEventListener("submit", listen, true);
  }, []);

  return (
    <Field
      {...{ id, label, labelHidden }}
      hint={
        <>
          As {exampleDay(today, min)}
          {hint ? <>. {hint}</> : null}
        </>
      }
      error={complaint ?? error}
    >
      {(wiring) => (
        <>
          <input
            autoComplete="off"
            spellCheck={false}
            {...rest}
            {...wiring}
            ref={input}
            type="text"
            className="cw-input cw-input--short"
            value={typed}
            onChange={(event) => {
              setTyped(event.target.value);
              setComplaint(null);
              onDay?.(readDayField(event.target.value, today) ?? "");
            }}
            onBlur={settle}
            onKeyDown={(event) => {
              if (event.key === "Enter" && !event.nativeEvent.isComposing) settle();
            }}
          />
          {name ? <input type="hidden" name={name} value={day} /> : null}
        </>
      )}
    </Field>
  );
}
