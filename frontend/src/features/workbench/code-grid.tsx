// The code grid on the screen: two ARIA grids, one cursor, every action by keyboard. The state machine in `grid.ts`
// decides; this draws it, keeps the focus on the cursor and turns keys into actions.
import type { ClipboardEvent, Dispatch, KeyboardEvent } from "react";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { Button } from "@/kit/button.tsx";
import { classes } from "@/kit/classes.ts";
import { dayShort, day as wholeDay } from "@/kit/dates.ts";
import { useShortcut } from "@/kit/keyboard.ts";
import { CodeSearch, HitTags } from "./code-search.tsx";
import { dotted, type ListName, SYSTEM_OF } from "./codes.ts";
import { useCodeTitle } from "./data.ts";
import { readDay } from "./days.ts";
import type { Marks } from "./findings.ts";
import { type Action, type Arrow, defaultDay, type Grid, here, isAddRow, type Line, lineHere } from "./grid.ts";
import { isList, readPaste } from "./paste.ts";

export type EditionNote = { title: string; starter: boolean };

const HEADINGS: Record<ListName, string> = { diagnoses: "Diagnoses", procedures: "Procedures" };
const ONE: Record<ListName, string> = { diagnoses: "diagnosis", procedures: "procedure" };
const GROUP = "Code grid";
const KEYS: readonly (readonly [string, string])[] = [
  ["Alt+ArrowUp", "Move the line up"],
  ["Alt+ArrowDown", "Move the line down"],
  ["Alt+P", "Make the line the primary"],
  ["Alt+Insert", "Insert a line above"],
  ["Alt+Delete", "Delete the line"],
  ["Ctrl+Z", "Undo a change of the codes"],
  ["Ctrl+Y", "Redo it"],
  ["Ctrl+V", "Paste a list of codes, from Excel, Word or a letter"],
];

export function CodeGrid({
  grid,
  dispatch,
  on,
  editions,
  marks,
  readOnly,
  focusTick,
  say,
}: {
  grid: Grid;
  dispatch: Dispatch<Action>;
  /** The episode's last day, which decides the editions. */
  on: string;
  editions: Record<ListName, EditionNote>;
  marks: Marks;
  readOnly: boolean;
  /** Changes when something outside the grid sends the focus to the cursor. */
  focusTick: number;
  say: (text: string) => void;
}) {
  const root = useRef<HTMLDivElement>(null);
  const follow = useRef(false);

  const focusCursor = () => {
    const { row, col } = here(grid);
    const wanted = grid.editing
      ? "[data-editor]"
      : isAddRow(grid) && !readOnly
        ? `[data-add="${grid.list}"]`
        : `[data-place="${grid.list}:${row}:${col}"]`;
    root.current?.querySelector<HTMLElement>(wanted)?.focus();
  };
  // The focus follows the cursor only after a key in the grid: checks, saving and other people never move it.
  useLayoutEffect(() => {
    if (!follow.current) return;
    follow.current = false;
    focusCursor();
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the tick that asks for the focus, not the grid.
  useEffect(() => {
    if (focusTick > 0) focusCursor();
  }, [focusTick]);

  const act = (action: Action) => {
    follow.current = true;
    dispatch(action);
    // When nothing changed there is no drawing, and a later one must not move the focus.
    setTimeout(() => {
      follow.current = false;
    });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.nativeEvent.isComposing) return;
    const action = keyAction(event, grid, readOnly);
    if (!action) return;
    event.preventDefault();
    act(action);
  };

  const onPaste = (event: ClipboardEvent) => {
    if (readOnly) return;
    const text = event.clipboardData.getData("text/plain");
    const list = listOf(event.target) ?? grid.list;
    const field = event.target instanceof HTMLInputElement ? event.target : null;
    if (field?.dataset.date !== undefined) return;
    // Words go into the search field as they are; codes, or rows, become lines.
    if (field && !/[\t\r\n]/.test(text.trim()) && !isList(text, list, grid.start)) return;
    event.preventDefault();
    act({ type: "paste", list, lines: readPaste(text, list, grid.start) });
  };

  const onCopy = (event: ClipboardEvent) => {
    const line = lineHere(grid);
    if (!line?.code || event.target instanceof HTMLInputElement || String(window.getSelection())) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", dotted(line.code));
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of both grids, which carry the roles.
    <div className="wb-grids" ref={root} onKeyDown={onKeyDown} onPaste={onPaste} onCopy={onCopy}>
      {(["diagnoses", "procedures"] as const).map((list) => (
        <ListGrid key={list} {...{ list, grid, act, on, marks, readOnly, say }} edition={editions[list]} />
      ))}
      {readOnly ? null : KEYS.map(([keys, label]) => <ListedKey key={keys} keys={keys} label={label} />)}
    </div>
  );
}

/** Puts a key of the grid on the shortcut sheet; the grid itself acts on it, and only while the focus is inside. */
function ListedKey({ keys, label }: { keys: string; label: string }) {
  useShortcut({ keys, label, group: GROUP, enabled: false, onPress: () => {} });
  return null;
}

function listOf(target: EventTarget): ListName | null {
  const table = target instanceof Element ? target.closest<HTMLElement>("[data-list]") : null;
  return (table?.dataset.list as ListName | undefined) ?? null;
}

const ARROWS: Record<string, Arrow> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
  Home: "home",
  End: "end",
};

/** What a key means in the grid; null leaves it to the browser. */
export function keyAction(
  event: Pick<KeyboardEvent, "key" | "altKey" | "ctrlKey" | "metaKey" | "shiftKey" | "target">,
  grid: Grid,
  readOnly: boolean,
): Action | null {
  const { key, altKey, shiftKey } = event;
  const ctrl = event.ctrlKey || event.metaKey;
  const field = event.target instanceof HTMLInputElement ? event.target : null;
  const typing = field !== null && field.value !== "";
  if (altKey && !ctrl) {
    if (readOnly) return null;
    if (key === "ArrowUp") return { type: "shift", by: -1 };
    if (key === "ArrowDown") return { type: "shift", by: 1 };
    if (key === "Delete") return { type: "delete" };
    if (key === "Insert") return { type: "insert" };
    if (key.toLowerCase() === "p") return { type: "primary" };
    return null;
  }
  if (ctrl) {
    if (key === "Home" && !typing) return { type: "arrow", to: "first" };
    if (key === "End" && !typing) return { type: "arrow", to: "last" };
    if (readOnly || typing) return null;
    if (key.toLowerCase() === "z") return { type: shiftKey ? "redo" : "undo" };
    if (key.toLowerCase() === "y") return { type: "redo" };
    return null;
  }
  if (key === "Tab") {
    // Tab goes on to the date of the row, then out of the grid; the browser does the leaving.
    const { row, col } = here(grid);
    if (!shiftKey && grid.list === "procedures" && col === "code" && lineHere(grid) && !field) {
      return { type: "go", list: "procedures", row, col: "date" };
    }
    if (shiftKey && grid.list === "procedures" && col === "date" && !field)
      return { type: "go", list: "procedures", row, col: "code" };
    return null;
  }
  const arrow = ARROWS[key];
  if (arrow) return typing || grid.editing ? null : { type: "arrow", to: arrow };
  if (field || readOnly) return null;
  if (key === "Enter" || key === "F2") return { type: "edit" };
  if (key.length === 1 && key !== " ") return { type: "edit", text: key };
  return null;
}

function ListGrid({
  list,
  grid,
  act,
  on,
  edition,
  marks,
  readOnly,
  say,
}: {
  list: ListName;
  grid: Grid;
  act: (action: Action) => void;
  on: string;
  edition: EditionNote;
  marks: Marks;
  readOnly: boolean;
  say: (text: string) => void;
}) {
  const headingId = useId();
  const lines = grid.lists[list];
  const editing = grid.editing?.list === list ? grid.editing : null;
  const dated = list === "procedures";
  const search = {
    list,
    on,
    near: defaultDay(grid),
    say,
    onText: (text: string) => act({ type: "type", list, text }),
    onPick: (code: string) => act({ type: "pick", list, code }),
    onGoOn: (text: string) => act({ type: "edit", text }),
    onPaste: (text: string) => act({ type: "paste", list, lines: readPaste(text, list, grid.start) }),
    onCancel: () => act({ type: "cancel" }),
  };
  const rows = lines.flatMap((line, row) => {
    const cells = (
      <LineRow key={line.key} {...{ line, row, list, grid, act, on, readOnly, search }} mark={marks.get(line.key)} />
    );
    if (editing?.kind !== "insert" || editing.row !== row) return [cells];
    return [
      <tr key="insert" className="wb-line wb-line--open">
        <th scope="row" className="wb-line__seq">
          <span className="cw-hidden">New line before {row + 1}</span>
        </th>
        <td colSpan={dated ? 2 : 1}>
          <CodeSearch
            {...search}
            text={editing.text}
            label={`New ${ONE[list]} before line ${row + 1}`}
            editor
            onFocus={() => {}}
            onNothing={search.onCancel}
          />
        </td>
      </tr>,
      cells,
    ];
  });
  return (
    <div className="wb-list" data-list={list}>
      <div className="wb-list__head">
        <h2 id={headingId}>{HEADINGS[list]}</h2>
        <span className="cw-quiet">
          {edition.title}
          {edition.starter && !/starter set/.test(edition.title) ? " · starter set" : ""}
        </span>
        {readOnly ? null : <OrderButtons {...{ list, grid, act }} />}
      </div>
      <table
        className="wb-table"
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table worked in with the arrow keys is a grid.
        role="grid"
        aria-labelledby={headingId}
        aria-readonly={readOnly || undefined}
        aria-rowcount={lines.length + (readOnly ? 0 : 1)}
      >
        <colgroup>
          <col className="wb-col-seq" />
          <col />
          {dated ? <col className="wb-col-date" /> : null}
        </colgroup>
        <tbody>
          {rows}
          {readOnly ? null : (
            <tr className="wb-line wb-line--add">
              <th scope="row" className="wb-line__seq">
                {lines.length + 1}
              </th>
              <td colSpan={dated ? 2 : 1}>
                <CodeSearch
                  {...search}
                  text={grid.adding[list]}
                  label={`Add ${ONE[list]} ${lines.length + 1}: code or words`}
                  placeholder={
                    lines.length === 0 && !dated
                      ? "Primary diagnosis: code or words"
                      : `Add a ${ONE[list]}: code or words`
                  }
                  onFocus={() => {
                    if (grid.list !== list || !isAddRow(grid)) act({ type: "go", list, row: lines.length });
                  }}
                  onNothing={() => {
                    if (!dated) act({ type: "go", list: "procedures", row: grid.lists.procedures.length });
                  }}
                />
              </td>
            </tr>
          )}
        </tbody>
      </table>
      {readOnly && lines.length === 0 ? <p className="wb-none">No {list} yet</p> : null}
    </div>
  );
}

type SearchHandlers = {
  list: ListName;
  on: string;
  near: string;
  say: (text: string) => void;
  onText: (text: string) => void;
  onPick: (code: string) => void;
  onGoOn: (text: string) => void;
  onPaste: (text: string) => void;
  onCancel: () => void;
};

function LineRow({
  line,
  row,
  list,
  grid,
  act,
  on,
  mark,
  readOnly,
  search,
}: {
  line: Line;
  row: number;
  list: ListName;
  grid: Grid;
  act: (action: Action) => void;
  on: string;
  mark: Marks extends ReadonlyMap<number, infer M> ? M | undefined : never;
  readOnly: boolean;
  search: SearchHandlers;
}) {
  const title = useCodeTitle(SYSTEM_OF[list], line.code, on);
  const editing = grid.editing?.list === list && grid.editing.row === row ? grid.editing : null;
  const at = grid.at[list];
  const tab = (col: "code" | "date") => (at.row === row && at.col === col && !editing ? 0 : -1);
  const fault =
    line.code === null
      ? "Not a code"
      : title.kind === "unknown"
        ? "Not in this edition"
        : title.kind === "partial"
          ? "Needs another character"
          : null;
  const severity = fault ? "error" : mark?.severity;
  const dated = list === "procedures";
  const current = grid.list === list && at.row === row;
  return (
    <tr className={classes("wb-line", severity && `wb-line--${severity}`, current && "wb-line--current")}>
      <th scope="row" className="wb-line__seq">
        {row + 1}
        {row === 0 ? <span className="cw-hidden"> primary</span> : null}
      </th>
      {editing?.kind === "code" ? (
        <td className="wb-line__open">
          <CodeSearch
            {...search}
            text={editing.text}
            label={`Code of ${ONE[list]} ${row + 1}`}
            editor
            onFocus={() => {}}
            onNothing={search.onCancel}
          />
        </td>
      ) : (
        <td
          className="wb-line__code"
          tabIndex={tab("code")}
          data-place={`${list}:${row}:code`}
          onFocus={() => {
            if (grid.list !== list || at.row !== row || at.col !== "code") act({ type: "go", list, row });
          }}
          onDoubleClick={() => {
            if (!readOnly) act({ type: "edit" });
          }}
        >
          <span className="wb-line__grid">
            <span className="cw-mono wb-line__what">{line.code === null ? line.raw : dotted(line.code)}</span>
            <span className="wb-line__title">
              {title.text} <HitTags hit={{ leaf: true, dagger: title.dagger, asterisk: title.asterisk }} />
              {fault ? <span className="wb-line__fault">{fault}</span> : null}
            </span>
            {mark && !fault ? (
              <span className={`wb-mark wb-mark--${mark.severity}`} title={mark.titles.join("; ")}>
                <span aria-hidden="true">{mark.severity === "error" ? "!" : mark.severity === "warn" ? "?" : "i"}</span>
                <span className="cw-hidden">
                  {mark.severity === "error" ? "Error: " : mark.severity === "warn" ? "Warning: " : "Note: "}
                  {mark.titles.join("; ")}
                </span>
              </span>
            ) : null}
          </span>
        </td>
      )}
      {dated ? (
        editing?.kind === "date" ? (
          <td className="wb-line__open wb-line__date">
            <DayCell text={editing.text} before={line.on} near={line.on ?? defaultDay(grid)} row={row} act={act} />
          </td>
        ) : (
          <td
            className="wb-line__date"
            tabIndex={tab("date")}
            data-place={`${list}:${row}:date`}
            onFocus={() => {
              if (grid.list !== list || at.row !== row || at.col !== "date")
                act({ type: "go", list, row, col: "date" });
            }}
            onDoubleClick={() => {
              if (!readOnly) act({ type: "edit" });
            }}
          >
            {line.on ? (
              <time dateTime={line.on} title={wholeDay(line.on)}>
                {dayShort(line.on)}
              </time>
            ) : (
              <span className="cw-quiet">no date</span>
            )}
          </td>
        )
      ) : null}
    </tr>
  );
}

function DayCell({
  text,
  before,
  near,
  row,
  act,
}: {
  text: string;
  before: string | null;
  near: string;
  row: number;
  act: (action: Action) => void;
}) {
  const errorId = useId();
  const input = useRef<HTMLInputElement>(null);
  const [wrong, setWrong] = useState(false);
  const accept = (typed: string) => {
    const on = typed.trim() === "" ? before : readDay(typed, near);
    if (on) act({ type: "setDay", on });
    else setWrong(true);
  };
  return (
    <>
      <input
        ref={input}
        data-editor=""
        data-date=""
        className="wb-day"
        type="text"
        inputMode="numeric"
        autoComplete="off"
        aria-label={`Date of procedure ${row + 1}, such as 12/11/2026, 12 Nov or 12`}
        aria-invalid={wrong || undefined}
        aria-describedby={wrong ? errorId : undefined}
        placeholder={dayShort(before)}
        value={text}
        onChange={(event) => {
          setWrong(false);
          act({ type: "type", list: "procedures", text: event.target.value });
        }}
        onKeyDown={(event) => {
          if (event.altKey || event.ctrlKey) return;
          if (event.key === "Enter") accept(event.currentTarget.value);
          else if (event.key === "Tab" && event.currentTarget.value.trim() !== "") accept(event.currentTarget.value);
          else if (event.key === "Escape") act({ type: "cancel" });
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      {wrong ? (
        <span id={errorId} className="wb-day__wrong" role="alert">
          Not a day
        </span>
      ) : null}
    </>
  );
}

/** The alternative to keys and to dragging: buttons that move the line under the cursor. */
function OrderButtons({ list, grid, act }: { list: ListName; grid: Grid; act: (action: Action) => void }) {
  const { row } = grid.at[list];
  const line = grid.lists[list][row];
  const last = grid.lists[list].length - 1;
  const name = line ? (line.code === null ? line.raw : dotted(line.code)) : "";
  const none = `Choose a line of the ${list} first`;
  const on = (action: Action) => () => {
    // The list that the buttons stand at is meant, wherever the cursor is.
    act({ type: "go", list, row, col: grid.at[list].col });
    act(action);
  };
  const refuse = (more: string | null) => (line ? more : none);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a toolbar is no fieldset of a form.
    <div className="wb-order" role="group" aria-label={`Order of the ${list}`}>
      <Button
        look="link"
        small
        aria-label={`Move ${name} up`}
        title="Move up (Alt ↑)"
        refusal={refuse(row === 0 ? "It is the first" : null)}
        onClick={on({ type: "shift", by: -1 })}
      >
        ↑
      </Button>
      <Button
        look="link"
        small
        aria-label={`Move ${name} down`}
        title="Move down (Alt ↓)"
        refusal={refuse(row === last ? "It is the last" : null)}
        onClick={on({ type: "shift", by: 1 })}
      >
        ↓
      </Button>
      <Button
        look="link"
        small
        aria-label={`Make ${name} the primary`}
        title="Make primary (Alt P)"
        refusal={refuse(row === 0 ? "It is the primary" : null)}
        onClick={on({ type: "primary" })}
      >
        ⤒
      </Button>
      <Button
        look="link"
        small
        aria-label={`Delete ${name}`}
        title="Delete (Alt Del)"
        refusal={refuse(null)}
        onClick={on({ type: "delete" })}
      >
        ✕
      </Button>
    </div>
  );
}
