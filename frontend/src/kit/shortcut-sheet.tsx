import { Dialog } from "./dialog.tsx";
import { caps, type Shortcut, useShortcuts } from "./keyboard.ts";

/** Ctrl+/: all that can be pressed on this page now. */
export function ShortcutSheet({ onClose }: { onClose: () => void }) {
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
                    <kbd>{caps(shortcut.keys)}</kbd>
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
