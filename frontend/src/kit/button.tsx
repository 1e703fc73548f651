import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";
import { useId, useState } from "react";
import { classes } from "./classes.ts";
import { ariaKeys, caps } from "./keyboard.ts";

type Look = "primary" | "quiet" | "danger" | "link";

export type ButtonProps = Omit<ButtonHTMLAttributes<HTMLButtonElement>, "disabled" | "className"> & {
  look?: Look;
  /** The shortcut shown on the button; the page registers it. */
  keys?: string;
  small?: boolean;
  busy?: boolean;
  /** Why it cannot be pressed now, as the server says. The button stays focusable, so that the reason can be read. */
  refusal?: string | null | undefined;
  ref?: Ref<HTMLButtonElement>;
  children: ReactNode;
};

/** One primary (green) button a page. A refused button does nothing; why stands beside it once it is pressed. */
export function Button({ look = "quiet", keys, small, busy, refusal, onClick, children, type, ...rest }: ButtonProps) {
  const reasonId = useId();
  const refused = Boolean(refusal);
  const [pressed, setPressed] = useState(false);
  const inactive = refused || busy;
  const button = (
    <button
      {...rest}
      type={type ?? "button"}
      className={classes("cw-button", `cw-button--${look}`, small && "cw-button--small")}
      aria-disabled={inactive || undefined}
      aria-keyshortcuts={keys ? ariaKeys(keys) : undefined}
      aria-describedby={refused ? reasonId : rest["aria-describedby"]}
      title={refusal ?? rest.title}
      onClick={
        inactive
          ? (event) => {
              event.preventDefault();
              if (refused) setPressed(true);
            }
          : onClick
      }
    >
      <span>{children}</span>
      {keys ? (
        // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a key cap takes no focus; `aria-keyshortcuts` says the keys.
        <kbd aria-hidden="true">{caps(keys)}</kbd>
      ) : null}
    </button>
  );
  if (!refused) return button;
  return (
    <span className="cw-button-refused">
      {button}
      <span id={reasonId} className={pressed ? "cw-button-refused__why" : "cw-hidden"}>
        {refusal}
      </span>
    </span>
  );
}
