import { Dialog } from "./dialog.tsx";
import { caps, type Shortcut, useListedKeys, useShortcuts } from "./keyboard.ts";

/** What every list, set of tabs and dialog understands. */
const EVERYWHERE = [
  ["ArrowLeft | ArrowRight | Home | End", "Another tab, while one has the focus"],
  ["Escape", "Close what is open above the page"],
] as const;

/** Ctrl+/: all that can be pressed on this page now. */
export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  useListedKeys("Everywhere", EVERYWHERE);
  const groups = new Map<string, Shortcut[]>();
  for (const shortcut of useShortcuts()) {
    groups.set(shortcut.group, [...(groups.get(shortcut.group) ?? []), shortcut]);
  }
  return (
    <Dialog title="Keyboard shortcuts" size="large" onClose={onClose}>
      <div className="cw-sheet">
        {[...groups].map(([group, shortcuts]) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {shortcuts.map((shortcut) => (
                <div key={shortcut.keys + shortcut.label}>
                  <dt>{shortcut.label}</dt>
                  <dd>
                    {shortcut.keys.split(" | ").map((keys, at) => (
                      <span key={keys}>
                        {at > 0 ? " or " : ""}
                        <kbd>{caps(keys)}</kbd>
                      </span>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
