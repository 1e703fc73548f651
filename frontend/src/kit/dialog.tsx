// Native dialogs: the browser keeps the focus inside and gives it back. Esc closes.
import type { ReactNode } from "react";
import { useEffect, useId, useRef, useState } from "react";
import { classes } from "./classes.ts";

const answers = "input:not([type=hidden], :disabled), select, textarea, button, a[href]";

export function Dialog({
  title,
  onClose,
  children,
  foot,
  size = "medium",
  titleHidden,
  closable = true,
  cover = false,
}: {
  title: string;
  onClose: () => void;
  children: ReactNode;
  foot?: ReactNode;
  size?: "small" | "medium" | "large";
  titleHidden?: boolean;
  closable?: boolean;
  /** Nothing of the page behind can be read. */
  cover?: boolean;
}) {
  const box = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = box.current;
    if (!dialog) return;
    const before = document.activeElement;
    if (!dialog.open) dialog.showModal();
    // The browser would choose Close; a person came to answer.
    (
      dialog.querySelector<HTMLElement>("[data-autofocus]") ??
      dialog.querySelector<HTMLElement>(`.cw-dialog__body :is(${answers})`) ??
      dialog.querySelector<HTMLElement>(".cw-dialog__foot button")
    )?.focus();
    // The browser would choose the first control, which is Close; a form names the one to begin with.
    dialog.querySelector<HTMLElement>("[data-autofocus]")?.focus();
    return () => {
      dialog.close();
      // React takes the dialog off the page at once, so the focus is given back by hand.
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  // A dialog that is only to read is still to be scrolled by keyboard, also when what it holds comes later: the inner
  // box grows with it, which the outer one, whose height ends at the window's, does not.
  const body = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const [readOn, setReadOn] = useState(false);
  useEffect(() => {
    const [outside, inside] = [body.current, inner.current];
    if (!outside || !inside) return;
    const measure = () => setReadOn(outside.scrollHeight > outside.clientHeight + 1 && !outside.querySelector(answers));
    measure();
    if (typeof ResizeObserver === "undefined") return;
    const sizes = new ResizeObserver(measure);
    sizes.observe(outside);
    sizes.observe(inside);
    return () => sizes.disconnect();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes it too; the click is only on the backdrop.
    <dialog
      ref={box}
      className={classes("cw-dialog", `cw-dialog--${size}`, cover && "cw-dialog--cover")}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        if (closable) onClose();
      }}
      onClick={(event) => {
        if (event.target === box.current && closable) onClose();
      }}
    >
      <div className="cw-dialog__frame">
        <div className={classes("cw-dialog__head", titleHidden && "cw-hidden")}>
          <h2 id={titleId}>{title}</h2>
          {closable && !titleHidden ? (
            <button type="button" className="cw-button cw-button--link" onClick={onClose}>
              Close
            </button>
          ) : null}
        </div>
        <div ref={body} className="cw-dialog__body" tabIndex={readOn ? 0 : undefined}>
          <div ref={inner}>{children}</div>
        </div>
        {foot ? <div className="cw-dialog__foot">{foot}</div> : null}
      </div>
    </dialog>
  );
}
