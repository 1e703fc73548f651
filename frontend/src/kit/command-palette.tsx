// Ctrl+K: one field for going, doing and finding. What can be found is told by the frame; here is only the list.
import type { ReactNode } from "react";
import { useEffect, useId, useMemo, useRef, useState } from "react";
import { Dialog } from "./dialog.tsx";
import { caps } from "./keyboard.ts";

export type PaletteItem = {
  key: string;
  label: ReactNode;
  /** What the typed words are matched with, for items that are known beforehand. */
  words?: string;
  note?: ReactNode;
  keys?: string;
  onPick: () => void;
};

export type PaletteGroup = { heading: string; items: readonly PaletteItem[] };

/** Asks the server as the person types. Gives nothing for words that it does not understand. */
export type PaletteSource = {
  heading: string;
  search: (words: string, signal: AbortSignal) => Promise<readonly PaletteItem[]>;
  /** What is said when words that are of its kind find nothing; null where they are not. */
  nothing?: (words: string) => string | null;
};

export function CommandPalette({
  placeholder,
  known,
  sources,
  onClose,
}: {
  placeholder: string;
  known: readonly PaletteGroup[];
  sources: readonly PaletteSource[];
  onClose: () => void;
}) {
  const id = useId();
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  const { found, notes, asking } = useFound(words, sources);
  const list = useRef<HTMLDivElement>(null);

  const groups = useMemo(() => {
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    const matching = known.map((group) => ({
      heading: group.heading,
      items: group.items.filter((item) => {
        const text = (item.words ?? "").toLowerCase();
        return wanted.every((word) => text.includes(word));
      }),
    }));
    // What is known stands first and at once; what the server finds comes below it, and moves nothing.
    return [...matching, ...found].filter((group) => group.items.length > 0);
  }, [words, known, found]);
  const items = groups.flatMap((group) => group.items);
  const active = Math.min(at, items.length - 1);

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  });

  const pick = (item: PaletteItem | undefined) => {
    if (!item) return;
    onClose();
    item.onPick();
  };

  let index = -1;
  return (
    <Dialog title="Go to, find, do" titleHidden onClose={onClose} size="medium">
      <div className="cw-palette">
        <input
          type="text"
          className="cw-input"
          role="combobox"
          aria-label={placeholder}
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          placeholder={placeholder}
          value={words}
          onChange={(event) => {
            setWords(event.target.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return;
            if (event.key === "ArrowDown") setAt(Math.min(active + 1, items.length - 1));
            else if (event.key === "ArrowUp") setAt(Math.max(active - 1, 0));
            else if (event.key === "Enter") pick(items[active]);
            else return;
            event.preventDefault();
          }}
        />
        <div className="cw-palette__list" id={`${id}-list`} role="listbox" aria-label="What was found" ref={list}>
          {groups.map((group, groupIndex) => (
            // biome-ignore lint/a11y/useSemanticElements: options are grouped within a listbox.
            <div key={group.heading} role="group" aria-labelledby={`${id}-group-${groupIndex}`}>
              <div className="cw-palette__group" id={`${id}-group-${groupIndex}`}>
                {group.heading}
              </div>
              {group.items.map((item) => {
                index += 1;
                const mine = index;
                return (
                  // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's, as the combobox pattern has it.
                  <div
                    key={item.key}
                    id={`${id}-${mine}`}
                    role="option"
                    aria-selected={mine === active}
                    tabIndex={-1}
                    className="cw-palette__item"
                    onMouseMove={() => setAt(mine)}
                    onClick={() => pick(item)}
                  >
                    <span>{item.label}</span>
                    {item.note ? <span className="cw-palette__note">{item.note}</span> : null}
                    {item.keys ? <kbd>{caps(item.keys)}</kbd> : null}
                  </div>
                );
              })}
            </div>
          ))}
        </div>
        <p className="cw-quiet" role="status">
          {asking ? (
            "Looking"
          ) : (
            <>
              {notes.map((note) => (
                <span key={note} className="cw-palette__said">
                  {note}{" "}
                </span>
              ))}
              {items.length > 0
                ? `${items.length} found`
                : notes.length === 0
                  ? "Nothing found. Try other or fewer words."
                  : null}
            </>
          )}
        </p>
      </div>
    </Dialog>
  );
}

function useFound(
  words: string,
  sources: readonly PaletteSource[],
): { found: readonly PaletteGroup[]; notes: readonly string[]; asking: boolean } {
  const [found, setFound] = useState<readonly PaletteGroup[]>([]);
  const [notes, setNotes] = useState<readonly string[]>([]);
  const [asking, setAsking] = useState(false);
  useEffect(() => {
    const asked = words.trim();
    if (asked.length < 2) {
      setFound([]);
      setNotes([]);
      setAsking(false);
      return;
    }
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      setAsking(true);
      // A source that fails leaves the others standing, and says so: the palette is a shortcut, not the only way.
      const answers = await Promise.all(
        sources.map(({ heading, search, nothing }) =>
          search(asked, stop.signal).then(
            (items) => ({ heading, items, note: items.length === 0 ? (nothing?.(asked) ?? null) : null }),
            () => ({ heading, items: [], note: `${heading}: the search does not answer just now.` }),
          ),
        ),
      );
      if (stop.signal.aborted) return;
      setFound(answers.filter((group) => group.items.length > 0));
      setNotes(answers.flatMap(({ note }) => note ?? []));
      setAsking(false);
    }, 120);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [words, sources]);
  return { found, notes, asking };
}
