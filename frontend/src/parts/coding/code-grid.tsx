// The code grid on the screen: two ARIA grids, one cursor, every action by keyboard. The state machine in `grid.ts`
// decides; this draws it, keeps the focus on the cursor and turns keys into actions.
import type { ClipboardEvent, Dispatch, KeyboardEvent } from "react";
import { useEffect, useId, useLayoutEffect, useRef } from "react";
import { Button } from "@/kit/button.tsx";
import { useListedKeys } from "@/kit/keyboard.ts";
import { CodeSearch } from "./code-search.tsx";
import { dotted, type ListName, ONE } from "./codes.ts";
import type { Marks } from "./findings.ts";
import { type Action, defaultDay, type Grid, here, isAddRow, lineHere } from "./grid.ts";
import { CHANGING_KEYS, FIELD_KEYS, keyAction, MOVING_KEYS } from "./grid-keys.ts";
import { LineRow } from "./line-row.tsx";
import { OrderButtons } from "./order-buttons.tsx";
import { isList, readPaste } from "./paste.ts";

export type EditionNote = { title: string; starter: boolean };

const HEADINGS: Record<ListName, string> = { diagnoses: "Diagnoses", procedures: "Procedures" };
const GROUP = "Code grid";
const COPY_KEY = ["Ctrl+C", "Copy the code of the line"] as const;
const PASTE_KEY = ["Ctrl+V", "Paste a list of codes, from Excel, Word or a letter"] as const;
const READING = [...MOVING_KEYS, COPY_KEY];
const CODING = [...MOVING_KEYS, ...CHANGING_KEYS, COPY_KEY, PASTE_KEY];
const NONE: typeof FIELD_KEYS = [];

export function CodeGrid({
  grid,
  dispatch,
  on,
  editions,
  marks,
  readOnly,
  coded,
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
  /** The codes of a version: a list without lines is meant so, and not to come. */
  coded: boolean;
  /** Changes when something outside the grid sends the focus to the cursor. */
  focusTick: number;
  say: (text: string) => void;
}) {
  const root = useRef<HTMLDivElement>(null);
  const follow = useRef(false);
  // The grid itself acts on its keys, and only while the focus is inside.
  useListedKeys(GROUP, readOnly ? READING : CODING);
  useListedKeys("Finding a code, or typing a date", readOnly ? NONE : FIELD_KEYS);

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
    act({ type: "paste", list, ...readPaste(text, list, grid.start) });
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
        <ListGrid key={list} {...{ list, grid, act, on, marks, readOnly, coded, say }} edition={editions[list]} />
      ))}
    </div>
  );
}

function listOf(target: EventTarget): ListName | null {
  const table = target instanceof Element ? target.closest<HTMLElement>("[data-list]") : null;
  return (table?.dataset.list as ListName | undefined) ?? null;
}

function ListGrid({
  list,
  grid,
  act,
  on,
  edition,
  marks,
  readOnly,
  coded,
  say,
}: {
  list: ListName;
  grid: Grid;
  act: (action: Action) => void;
  on: string;
  edition: EditionNote;
  marks: Marks;
  readOnly: boolean;
  coded: boolean;
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
    onPaste: (text: string) => act({ type: "paste", list, ...readPaste(text, list, grid.start) }),
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
      {readOnly && lines.length === 0 ? <p className="wb-none">{coded ? `No ${list}` : `No ${list} yet`}</p> : null}
      {grid.notTaken?.list === list ? (
        <p className="wb-left">
          <span>Not taken as a code: {grid.notTaken.texts.map((text) => `“${text}”`).join(", ")}.</span>
          <Button look="link" small onClick={() => act({ type: "noticed" })}>
            Dismiss
          </Button>
        </p>
      ) : null}
    </div>
  );
}
