import { type Shortcut, useShortcut } from "@/kit/keyboard.ts";

/** The shortcuts that apply now; one that does not apply is not on the sheet either. */
export function Keys({ keys }: { keys: readonly (Shortcut | null)[] }) {
  return keys.map((shortcut) => (shortcut ? <Key key={shortcut.keys} shortcut={shortcut} /> : null));
}

function Key({ shortcut }: { shortcut: Shortcut }) {
  useShortcut(shortcut);
  return null;
}
