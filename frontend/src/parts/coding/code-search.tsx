// The search field of a grid row: a combobox over the server's ranked hits. The marked hit is the first one until an
// arrow key says otherwise, so that a few letters and Enter post a code.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { Tag } from "@/kit/bits.tsx";
import { classes } from "@/kit/classes.ts";
import {
  type Found,
  firstMark,
  type Hit,
  isSearch,
  nextMark,
  noMatch,
  onEnter,
  oneIn,
  spoken,
  typedOn,
} from "./code-search.ts";
import { bareCode, dotted, type ListName, SYSTEM_OF } from "./codes.ts";
import { categoryChildren, rememberTitle, searchCodes } from "./data.ts";
import { Latest } from "./latest.ts";

const DEBOUNCE_MS = 40;
const SAID_AFTER_MS = 600;

export type CodeSearchProps = {
  list: ListName;
  /** The day whose edition is searched: the episode's last. */
  on: string;
  near: string;
  text: string;
  label: string;
  placeholder?: string;
  editor?: boolean;
  describedBy?: string | undefined;
  onText: (text: string) => void;
  onPick: (code: string) => void;
  /** Typing that went on after a code whose Enter was still waiting for the search. */
  onGoOn: (text: string) => void;
  onPaste: (text: string) => void;
  /** Esc with no list open. */
  onCancel: () => void;
  /** Enter with nothing typed. */
  onNothing: () => void;
  onFocus: () => void;
  say: (text: string) => void;
};

export function CodeSearch(props: CodeSearchProps) {
  const { list, on, near, text, label, placeholder, editor, describedBy, onText, onPick, onPaste, onCancel, say } =
    props;
  const client = useQueryClient();
  const listId = useId();
  const input = useRef<HTMLInputElement>(null);
  const popup = useRef<HTMLDivElement>(null);
  const untouched = useRef(editor && text.length > 1 ? text : null);
  const [found, setFound] = useState<Found | null>(null);
  const [before, setBefore] = useState<Found | null>(null);
  const [marked, setMarked] = useState(0);
  const [shut, setShut] = useState(false);
  const [focused, setFocused] = useState(false);
  const [away, setAway] = useState(false);
  const system = SYSTEM_OF[list];
  const typed = text.trim();

  const take = (next: Found | null) => {
    setFound(next);
    setMarked(next ? firstMark(next) : 0);
    setAway(false);
  };
  // An Enter that came before the answer; it counts when the answer is there.
  const waiting = useRef<{ text: string; code: string | null; seen: string | null } | null>(null);
  const [due, setDue] = useState<Found | null>(null);
  const settleWaiting = useRef(() => {});
  const latest = useRef<Latest<string, Found> | null>(null);
  latest.current ??= new Latest<string, Found>({
    delay: DEBOUNCE_MS,
    ask: async (query, signal) => {
      const hits = isSearch(query) ? await searchCodes(client, system, query, on, signal) : [];
      return { query, hits, within: null };
    },
    answered: (answer) => {
      take(answer);
      if (waiting.current !== null && waiting.current.text === answer.query) setDue(answer);
    },
    failed: () => {
      setAway(true);
      if (waiting.current !== null) settleWaiting.current();
    },
  });

  useEffect(() => {
    const search = latest.current;
    if (typed === "" || typed === untouched.current) {
      search?.cancel();
      setFound((was) => (was?.within ? was : null));
    } else {
      untouched.current = null;
      setShut(false);
      setBefore(null);
      search?.ask(typed);
    }
  }, [typed]);
  useEffect(() => () => latest.current?.cancel(), []);

  const heard = spoken(found, text);
  useEffect(() => {
    if (!heard || !focused) return;
    const timer = setTimeout(() => say(heard), SAID_AFTER_MS);
    return () => clearTimeout(timer);
  }, [heard, focused, say]);

  const open = focused && !shut && found !== null && (typed !== "" || found.within !== null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new mark is what is scrolled to.
  useLayoutEffect(() => {
    if (!open) return;
    popup.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [open, marked]);
  useLayoutEffect(() => {
    if (open) popup.current?.scrollIntoView({ block: "nearest" });
  }, [open]);
  useLayoutEffect(() => {
    // A line opened as it stands is selected whole; one opened by a letter goes on after that letter.
    if (untouched.current) input.current?.select();
    else if (editor) input.current?.setSelectionRange(1, 1);
  }, [editor]);

  const openCategory = async (hit: Hit) => {
    try {
      const hits = await categoryChildren(client, system, hit.code, on);
      setBefore(found);
      take({ query: typed, hits, within: hit });
    } catch {
      setAway(true);
    }
  };
  const pick = (code: string) => {
    const hit = found?.hits.find((other) => other.code === code);
    if (hit) rememberTitle(client, system, on, hit);
    take(null);
    onPick(code);
  };
  settleWaiting.current = () => {
    const code = waiting.current?.code;
    waiting.current = null;
    if (code) pick(code);
  };
  useEffect(() => {
    if (due === null || waiting.current === null) return;
    const { code, seen } = waiting.current;
    waiting.current = null;
    setDue(null);
    if (code !== null || due.hits[0]?.code === seen) enter(due, firstMark(due));
  });
  const enter = (answer: Found | null = found, mark: number = marked) => {
    const meaning = onEnter(text, list, answer, mark, near);
    if (meaning.kind === "wait") waiting.current = { text: typed, code: meaning.code, seen: meaning.seen };
    if (meaning.kind === "pick") pick(meaning.code);
    else if (meaning.kind === "open") void openCategory(meaning.hit);
    else if (meaning.kind === "paste") onPaste(meaning.text);
    else if (typed === "") props.onNothing();
    else if (meaning.kind === "nothing") say(noMatch(typed));
  };

  return (
    <div className="wb-search">
      <input
        ref={input}
        className="wb-search__input"
        type="text"
        role="combobox"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        aria-label={label}
        aria-autocomplete="list"
        aria-expanded={open}
        aria-controls={open ? listId : undefined}
        aria-activedescendant={open && found.hits[marked] ? `${listId}-${marked}` : undefined}
        aria-describedby={describedBy}
        placeholder={placeholder}
        value={text}
        data-editor={editor ? "" : undefined}
        data-add={editor ? undefined : list}
        onChange={(event) => {
          const { value } = event.target;
          const ahead = waiting.current;
          waiting.current = null;
          if (ahead?.code && value.length > text.length && value.startsWith(text)) {
            pick(ahead.code);
            props.onGoOn(value.slice(text.length));
            return;
          }
          const next = typedOn(value, text, open ? found : null);
          if ("mark" in next) setMarked(next.mark);
          else onText(next.text);
        }}
        onFocus={() => {
          setFocused(true);
          setShut(false);
          props.onFocus();
        }}
        onBlur={() => setFocused(false)}
        onKeyDown={(event) => {
          if (event.altKey || event.ctrlKey || event.metaKey || event.nativeEvent.isComposing) return;
          const hits = open ? found.hits.length : 0;
          // A list that is closed is opened first: nobody takes what they do not see. A code typed whole is seen.
          if (event.key === "Enter" && shut && bareCode(typed, system) === null && typed !== "") setShut(false);
          else if (event.key === "Enter") enter();
          else if (event.key === "ArrowDown" && hits > 0) setMarked(nextMark(marked, 1, hits));
          else if (event.key === "ArrowUp" && hits > 0) setMarked(nextMark(marked, -1, hits));
          else if (event.key === "Escape" && found?.within) take(before);
          else if (event.key === "Escape" && open && !editor) setShut(true);
          else if (event.key === "Escape") onCancel();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      {away && focused ? (
        <p className="wb-search__away">The search does not answer. A code typed whole can still be entered.</p>
      ) : null}
      {open ? (
        // The mouse must not take the focus from the field.
        // biome-ignore lint/a11y/noStaticElementInteractions: the options inside carry the roles.
        <div className="wb-pop" ref={popup} onMouseDown={(event) => event.preventDefault()}>
          {found.within ? (
            <p className="wb-pop__head">
              <b className="cw-mono">{dotted(found.within.code)}</b> {found.within.title}: choose the next character
            </p>
          ) : found.hits[0]?.match === "part" ? (
            <p className="wb-pop__head">{noMatch(typed)}. These have some of the words; the arrow keys choose.</p>
          ) : null}
          <div
            className="wb-pop__list"
            role="listbox"
            id={listId}
            aria-label={`Codes for ${found.within ? dotted(found.within.code) : text}`}
          >
            {found.hits.map((hit, at) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard works from the field (active descendant).
              <div
                key={hit.code}
                id={`${listId}-${at}`}
                role="option"
                tabIndex={-1}
                aria-selected={at === marked}
                className={classes("wb-hit", at === marked && "wb-hit--on")}
                onClick={() => (hit.leaf ? pick(hit.code) : void openCategory(hit))}
              >
                <span className="cw-mono">{dotted(hit.code)}</span>
                <span>
                  {hit.title} <HitTags hit={hit} />
                </span>
                <span className="wb-hit__often">{oneIn(hit)}</span>
              </div>
            ))}
          </div>
          {found.hits.length === 0 ? (
            <p className="wb-pop__none">{noMatch(typed)}. Try fewer letters, other words or the code.</p>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}

export function HitTags({ hit }: { hit: Pick<Hit, "leaf" | "dagger" | "asterisk"> }) {
  return (
    <>
      {hit.dagger ? <Tag>dagger †</Tag> : null} {hit.asterisk ? <Tag>asterisk *</Tag> : null}{" "}
      {hit.leaf ? null : <Tag tone="amber">needs another character</Tag>}
    </>
  );
}
