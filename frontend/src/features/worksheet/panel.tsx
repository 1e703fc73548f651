// The position in hand: whose error, why, against which standard, on what evidence, and what is said of it.
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { Button } from "@/kit/button.tsx";
import { classes } from "@/kit/classes.ts";
import { day, dayShort } from "@/kit/dates.ts";
import type { Position, Worksheet } from "./data.ts";
import { type Act, offered } from "./decide.ts";
import { findingWords, nameOf, REASONS } from "./words.ts";

export type Mode = "plain" | "type" | "reason";

export function Panel({
  position,
  sheet,
  mode,
  readOnly,
  recent,
  onAct,
  onChange,
  onBack,
}: {
  position: Position;
  sheet: Worksheet;
  /** What the next digit chooses. */
  mode: Mode;
  readOnly: boolean;
  recent: readonly string[];
  onAct: (action: Act) => void;
  /** The next digit is to choose another type. */
  onChange: () => void;
  /** The focus goes back to the lines. */
  onBack: () => void;
}) {
  const words = sheet.method.type_words;
  const decided = position.decision === "open" || position.decision === "agreed" ? null : position.final_type;
  const error = decided !== null || (position.decision === "open" && position.proposed_type !== null);
  return (
    <section className="ws-panel" aria-label={nameOf(position)}>
      <div className="ws-panel__head">
        <h2>{nameOf(position)}</h2>
        {position.proposed_type && position.final_type !== position.proposed_type && position.decision !== "open" ? (
          <span className="cw-quiet">Proposed: {findingWords(position, position.proposed_type, words)}</span>
        ) : null}
        {position.decision === "agreed" || readOnly ? null : (
          <span className="ws-panel__acts">
            <Button
              small
              onClick={() => onAct({ type: "accept" })}
              refusal={position.proposed_type ? null : "Nothing is proposed here."}
            >
              Accept <kbd>a</kbd>
            </Button>
            <Button small onClick={onChange} aria-pressed={mode === "type"}>
              Change <kbd>c</kbd>
            </Button>
            <Button
              small
              onClick={() => onAct({ type: "reject" })}
              refusal={position.proposed_type ? null : "Nothing is proposed here."}
            >
              No error <kbd>r</kbd>
            </Button>
            {position.decision === "open" ? null : (
              <Button small look="link" onClick={() => onAct({ type: "back" })}>
                take back <kbd>o</kbd>
              </Button>
            )}
          </span>
        )}
      </div>
      {mode === "type" ? (
        <Choices
          label="Type of error"
          choices={position.types.map((type) => [type, words[type] ?? type])}
          chosen={decided}
          onChoose={(type) => onAct({ type: "change", to: type })}
        />
      ) : null}
      {error && !position.counted_elsewhere ? (
        <div className="ws-panel__fields">
          <div>
            <fieldset className="ws-whose" disabled={readOnly}>
              <legend>Whose error</legend>
              {(["coder", "non_coder"] as const).map((whose, at) => (
                <button
                  key={whose}
                  type="button"
                  className={classes("ws-choice", position.attribution === whose && "ws-choice--on")}
                  aria-pressed={position.attribution === whose}
                  onClick={() => onAct({ type: "whose", to: whose })}
                >
                  {mode === "type" ? null : <kbd>{at + 1}</kbd>} {whose === "coder" ? "Coder" : "Non-coder"}
                </button>
              ))}
            </fieldset>
            <fieldset className="ws-whose" disabled={readOnly || position.attribution === "undetermined"}>
              <legend>Evidence there when it was coded</legend>
              {([true, false] as const).map((there) => (
                <button
                  key={String(there)}
                  type="button"
                  className={classes("ws-choice", position.evidence_available === there && "ws-choice--on")}
                  aria-pressed={position.evidence_available === there}
                  onClick={() => onAct({ type: "there", to: there })}
                >
                  <kbd>{there ? "y" : "n"}</kbd> {there ? "Yes" : "No"}
                </button>
              ))}
            </fieldset>
          </div>
          {position.attribution === "non_coder" ? (
            <div>
              <span className="ws-label">
                Why <kbd>2</kbd> then a digit
              </span>
              {mode === "reason" || position.non_coder_reason === null ? (
                <Choices
                  label="Why the error is not the coder’s"
                  choices={REASONS}
                  chosen={position.non_coder_reason}
                  onChoose={(reason) => onAct({ type: "reason", to: reason })}
                />
              ) : (
                <p className="ws-said">{REASONS.find(([reason]) => reason === position.non_coder_reason)?.[1]}</p>
              )}
            </div>
          ) : null}
          <Standards {...{ position, sheet, readOnly, recent, onAct, onBack }} />
          <Evidence key={`e${position.no}`} {...{ position, sheet, readOnly, onAct, onBack }} />
          <Comment key={`m${position.no}`} {...{ position, readOnly, onAct, onBack }} />
        </div>
      ) : null}
    </section>
  );
}

function Choices<Key extends string>({
  label,
  choices,
  chosen,
  onChoose,
}: {
  label: string;
  choices: readonly (readonly [Key, string])[];
  chosen: string | null;
  onChoose: (key: Key) => void;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of buttons, not of fields.
    <div className="ws-choices" role="group" aria-label={label}>
      {choices.map(([key, text], at) => (
        <button
          key={key}
          type="button"
          className={classes("ws-choice", key === chosen && "ws-choice--on")}
          aria-pressed={key === chosen}
          onClick={() => onChoose(key)}
        >
          <kbd>{at + 1}</kbd> {text}
        </button>
      ))}
    </div>
  );
}

function Standards({
  position,
  sheet,
  readOnly,
  recent,
  onAct,
  onBack,
}: {
  position: Position;
  sheet: Worksheet;
  readOnly: boolean;
  recent: readonly string[];
  onAct: (action: Act) => void;
  onBack: () => void;
}) {
  const id = useId();
  const [typed, setTyped] = useState("");
  const [marked, setMarked] = useState(0);
  const [open, setOpen] = useState(false);
  const hits = offered(sheet.method.citations, typed, recent);
  const titleOf = (ref: string) => sheet.method.citations.find((one) => one.ref === ref)?.title;
  const pick = (ref: string) => {
    setTyped("");
    setMarked(0);
    setOpen(false);
    onAct({ type: "cite", ref });
    onBack();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "ArrowDown") setMarked(Math.min(hits.length - 1, marked + 1));
    else if (event.key === "ArrowUp") setMarked(Math.max(0, marked - 1));
    else if (event.key === "Escape") onBack();
    else if (event.key === "Enter") {
      const hit = hits[marked];
      if (typed.trim() === "" && recent.length === 0 && marked === 0) return;
      if (hit) pick(hit.ref);
      // What is in no list says so itself; the server asks for the mark.
      else if (typed.trim() !== "") pick(/^other:/iu.test(typed.trim()) ? typed.trim() : `other: ${typed.trim()}`);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="ws-standards">
      <label htmlFor={id} className="ws-label">
        Standard <kbd>s</kbd>
      </label>
      {position.standards.length > 0 ? (
        <ul className="ws-cited">
          {position.standards.map((ref) => (
            <li key={ref}>
              <b>{ref}</b> {titleOf(ref)}{" "}
              {readOnly ? null : (
                <Button look="link" small onClick={() => onAct({ type: "uncite", ref })}>
                  remove<span className="cw-hidden"> {ref}</span>
                </Button>
              )}
            </li>
          ))}
        </ul>
      ) : null}
      {readOnly ? null : (
        <input
          id={id}
          data-standard
          className="cw-input cw-input--compact"
          type="text"
          role="combobox"
          aria-expanded={open && hits.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={open && hits[marked] ? `${id}-${marked}` : undefined}
          maxLength={200}
          autoComplete="off"
          placeholder="Type a standard"
          value={typed}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onChange={(event) => {
            setTyped(event.target.value);
            setMarked(0);
            setOpen(true);
          }}
          onKeyDown={onKeyDown}
        />
      )}
      {open && hits.length > 0 ? (
        // biome-ignore lint/a11y/noStaticElementInteractions: the options inside carry the roles.
        <div className="ws-pop" onMouseDown={(event) => event.preventDefault()}>
          <div role="listbox" id={`${id}-list`} aria-label="Standards">
            {hits.map((one, at) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard works from the field (active descendant).
              <div
                key={one.ref}
                id={`${id}-${at}`}
                role="option"
                tabIndex={-1}
                aria-selected={at === marked}
                className={classes("ws-hit", at === marked && "ws-hit--on")}
                onClick={() => pick(one.ref)}
              >
                <b>{one.ref}</b> {one.title}
              </div>
            ))}
          </div>
        </div>
      ) : null}
    </div>
  );
}

const SAVE_MS = 600;

/** Keeps what is typed a moment after the last key, and when the field is left. */
function useTyped(kept: string, keep: (text: string) => void) {
  const [text, setText] = useState(kept);
  const last = useRef(kept);
  const save = useRef(keep);
  save.current = keep;
  useEffect(() => {
    if (text === last.current) return;
    const timer = setTimeout(() => {
      last.current = text;
      save.current(text);
    }, SAVE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const flush = () => {
    if (text === last.current) return;
    last.current = text;
    save.current(text);
  };
  return { text, setText, flush };
}

function Evidence({
  position,
  sheet,
  readOnly,
  onAct,
  onBack,
}: {
  position: Position;
  sheet: Worksheet;
  readOnly: boolean;
  onAct: (action: Act) => void;
  onBack: () => void;
}) {
  const id = useId();
  const said = useTyped(position.evidence, (evidence) => onAct({ type: "say", what: { evidence } }));
  const page = useTyped(position.evidence_page ?? "", (text) =>
    onAct({ type: "say", what: { evidence_page: text.trim() || null } }),
  );
  const papers = sheet.documents.filter((one) => one.arrived_at);
  const chosen = papers.find((one) => one.kind === position.evidence_kind && one.dated_on === position.evidence_on);
  const leave = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    onBack();
  };
  return (
    <div className="ws-evidence">
      <label className="ws-label" htmlFor={id}>
        Evidence <kbd>e</kbd>
      </label>
      <div className="ws-evidence__row">
        <select
          className="cw-input cw-input--compact"
          aria-label="Document"
          disabled={readOnly}
          value={chosen?.document_ref ?? ""}
          onKeyDown={leave}
          onChange={(event) => {
            const paper = papers.find((one) => one.document_ref === event.target.value);
            onAct({
              type: "where",
              kind: (paper?.kind ?? null) as Position["evidence_kind"],
              on: paper?.dated_on ?? null,
            });
          }}
        >
          <option value="">No document</option>
          {papers.map((one) => (
            <option key={one.document_ref} value={one.document_ref}>
              {one.title}
              {one.dated_on ? `, ${dayShort(one.dated_on)}` : ""}
            </option>
          ))}
        </select>
        <input
          className="cw-input cw-input--compact ws-evidence__page"
          aria-label="Page"
          placeholder="Page"
          maxLength={40}
          disabled={readOnly}
          value={page.text}
          onChange={(event) => page.setText(event.target.value)}
          onBlur={page.flush}
          onKeyDown={leave}
        />
      </div>
      <input
        id={id}
        data-evidence
        className="cw-input cw-input--compact"
        type="text"
        maxLength={2000}
        autoComplete="off"
        disabled={readOnly}
        value={said.text}
        placeholder={`What the record says${chosen?.dated_on ? ` on ${day(chosen.dated_on)}` : ""}`}
        onChange={(event) => said.setText(event.target.value)}
        onBlur={said.flush}
        onKeyDown={leave}
      />
    </div>
  );
}

function Comment({
  position,
  readOnly,
  onAct,
  onBack,
}: {
  position: Position;
  readOnly: boolean;
  onAct: (action: Act) => void;
  onBack: () => void;
}) {
  const id = useId();
  const said = useTyped(position.comment, (comment) => onAct({ type: "say", what: { comment } }));
  return (
    <div className="ws-comment">
      <label className="ws-label" htmlFor={id}>
        Comment to the coder <kbd>m</kbd>
      </label>
      <textarea
        id={id}
        data-comment
        className="cw-input cw-input--area"
        rows={2}
        maxLength={4000}
        disabled={readOnly}
        value={said.text}
        onChange={(event) => said.setText(event.target.value)}
        onBlur={said.flush}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.preventDefault();
          said.flush();
          onBack();
        }}
      />
      <p className="ws-wording" role="status">
        {position.wording.length > 0
          ? `Think again about ${position.wording.map((word) => `“${word}”`).join(", ")}: say what the record shows.`
          : ""}
      </p>
    </div>
  );
}
