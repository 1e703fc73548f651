// A field that cannot be read holds its form back, and says so to whoever keeps the form's summary.
import type { SummaryError } from "./states.tsx";

/** `sent` tells one attempt to send the form from the next. */
export type Held = SummaryError & { sent: number; fieldId: string };

const NAME = "cw-held";

export function tellHeld(field: HTMLElement, held: Held): void {
  field.dispatchEvent(new CustomEvent<Held>(NAME, { bubbles: true, detail: held }));
}

/** Returns its own undoing. */
export function onHeld(listen: (held: Held) => void): () => void {
  const hear = (event: Event) => listen((event as CustomEvent<Held>).detail);
  document.addEventListener(NAME, hear);
  return () => document.removeEventListener(NAME, hear);
}
