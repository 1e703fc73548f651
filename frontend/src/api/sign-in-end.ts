// When a sign-in ends in the midst of work: the page stays in memory, and nothing is asked or sent any more until the
// same person has signed in again. What is typed and not saved registers here, so that no ending forgets it.

export type EndCause = "idle" | "limit" | "elsewhere";

/** Something that saves itself, such as a draft. */
export interface Unsaved {
  readonly unsaved: () => boolean;
  readonly save: () => Promise<void>;
}

let ended: EndCause | null = null;
const endListeners = new Set<() => void>();
const againListeners = new Set<(same: boolean) => void>();
const works = new Set<Unsaved>();

/** Why the sign-in of this page ended; null while it goes on. */
export function signInEnd(): EndCause | null {
  return ended;
}

export function onSignInEnd(listener: () => void): () => void {
  endListeners.add(listener);
  return () => endListeners.delete(listener);
}

/** The first cause stands: what is refused afterwards only follows from it. */
export function endSignIn(cause: EndCause): void {
  if (ended) return;
  ended = cause;
  for (const listener of endListeners) listener();
}

/** Someone signed in again: the same person goes on, for another nothing that was typed here is ever sent. */
export function signedInAgain(same: boolean): void {
  if (!same) for (const listener of againListeners) listener(false);
  ended = null;
  if (same) for (const listener of againListeners) listener(true);
  for (const listener of endListeners) listener();
}

export function onSignInAgain(listener: (same: boolean) => void): () => void {
  againListeners.add(listener);
  return () => againListeners.delete(listener);
}

export function holdUnsaved(work: Unsaved): () => void {
  works.add(work);
  return () => works.delete(work);
}

export function anyUnsaved(): boolean {
  return [...works].some((work) => work.unsaved());
}

/** Saves what is typed before the sign-in is given up; false when something could not be saved in that time. */
export async function saveAll(patience = 3000): Promise<boolean> {
  const saving = Promise.allSettled([...works].filter((work) => work.unsaved()).map((work) => work.save()));
  await Promise.race([saving, new Promise((resolve) => setTimeout(resolve, patience))]);
  return !anyUnsaved();
}

/** What the page can know of the cause: its own clocks; whatever else ended it happened somewhere else. */
export function endCause(
  me: { idle_seconds: number; expires_at: string },
  answeredAt: number,
  now: number = Date.now(),
): EndCause {
  if (now >= Date.parse(me.expires_at)) return "limit";
  return answeredAt > 0 && now - answeredAt >= me.idle_seconds * 1000 ? "idle" : "elsewhere";
}
