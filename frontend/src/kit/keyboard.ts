// Every shortcut of every page is registered here, so that the sheet (Ctrl+/) lists all there are and none collide.
// Only Ctrl or Alt chords: a single letter would fire while a coder types.
import { useEffect, useRef, useSyncExternalStore } from "react";

export type Shortcut = {
  /** As shown: `Ctrl+Enter`, `Alt+ArrowUp`, `Ctrl+K`. */
  keys: string;
  /** What it does, in a coder's words. */
  label: string;
  /** The heading on the sheet. */
  group: string;
  onPress: (event: KeyboardEvent) => void;
  enabled?: boolean;
};

/** Keys that belong to the browser, and that staff use all day. */
const neverTaken = new Set(["Ctrl+T", "Ctrl+W", "Ctrl+N", "Ctrl+R", "Ctrl+F", "F5", "Alt+ArrowLeft", "Alt+ArrowRight"]);

type Entry = { current: Shortcut };

const registered = new Set<Entry>();
const listeners = new Set<() => void>();
let listed: readonly Shortcut[] = [];

function changed(): void {
  listed = [...registered].map((entry) => entry.current);
  for (const listener of listeners) listener();
}

function chordOf(event: KeyboardEvent): string {
  const key = event.key === " " ? "Space" : event.key.length === 1 ? event.key.toUpperCase() : event.key;
  return `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${event.shiftKey && event.key.length > 1 ? "Shift+" : ""}${key}`;
}

function handle(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const chord = chordOf(event);
  // The newest wins: a dialog's own shortcut stands before its page's.
  for (const entry of [...registered].reverse()) {
    const shortcut = entry.current;
    if (shortcut.keys === chord && shortcut.enabled !== false) {
      // A chord of the page must not reach behind an open dialog.
      const open = document.querySelector("dialog[open]");
      if (open && !open.contains(event.target as Node) && !shortcut.keys.startsWith("Ctrl+/")) return;
      event.preventDefault();
      shortcut.onPress(event);
      return;
    }
  }
}

if (typeof window !== "undefined") window.addEventListener("keydown", handle);

/** Registers a shortcut while the component is on the page. */
export function useShortcut(shortcut: Shortcut): void {
  if (neverTaken.has(shortcut.keys) || !/^(Ctrl|Alt)\+/.test(shortcut.keys)) {
    throw new Error(`${shortcut.keys} may not be a shortcut`);
  }
  const entry = useRef(shortcut);
  entry.current = shortcut;
  const { keys, label, group, enabled } = shortcut;
  useEffect(() => {
    const mine = entry;
    registered.add(mine);
    return () => {
      registered.delete(mine);
      changed();
    };
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the sheet is told when what it shows changes.
  useEffect(changed, [keys, label, group, enabled]);
}

/** Puts keys on the sheet that the page acts on itself, only where the focus is: arrows in a grid, Enter in a field. */
export function useListedKeys(group: string, keys: readonly (readonly [keys: string, label: string])[]): void {
  useEffect(() => {
    const mine = keys.map(
      ([chord, label]): Entry => ({
        current: { keys: chord, label, group, enabled: false, onPress: () => {} },
      }),
    );
    for (const entry of mine) registered.add(entry);
    changed();
    return () => {
      for (const entry of mine) registered.delete(entry);
      changed();
    };
  }, [group, keys]);
}

/** All that are registered now, for the sheet. */
export function useShortcuts(): readonly Shortcut[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => listed,
    () => listed,
  );
}

const shown: Record<string, string> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Enter: "↵",
  Escape: "Esc",
  Delete: "Del",
  Insert: "Ins",
  PageUp: "PgUp",
  PageDown: "PgDn",
};

/** `Ctrl ↵` from `Ctrl+Enter`: what a key cap shows. */
export function caps(keys: string): string {
  return keys
    .split("+")
    .map((key) => shown[key] ?? key)
    .join(" ");
}

/** For `aria-keyshortcuts`, which wants `Control+Enter`. */
export function ariaKeys(keys: string): string {
  return keys.replace("Ctrl", "Control");
}
