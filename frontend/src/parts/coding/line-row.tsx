// One line of the grid: its code with title and marks, and the day of a procedure; each cell opens for typing.

import { useId, useLayoutEffect, useRef, useState } from "react";
import { classes } from "@/kit/classes.ts";
import { dayBeside, dayShort, londonDay, day as wholeDay } from "@/kit/dates.ts";
import { readDayField } from "@/kit/read-day.ts";
import { CodeSearch, HitTags } from "./code-search.tsx";
import { dotted, type ListName, ONE, SYSTEM_OF } from "./codes.ts";
import { useCodeTitle } from "./data.ts";
import { KIND, type Mark, SIGN } from "./findings.ts";
import { type Action, defaultDay, type Grid, type Line, typedDay } from "./grid.ts";

export type SearchHandlers = {
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

export function LineRow({
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
  mark: Mark | undefined;
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
            {mark && !fault ? <Told told={mark.code} /> : null}
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
              <>
                {line.proposed ? (
                  <>
                    <span className="wb-proposed" title="Filled in with the first day of the stay. Enter confirms it.">
                      proposed
                    </span>{" "}
                  </>
                ) : null}
                <time dateTime={line.on} title={wholeDay(line.on)}>
                  {dayBeside(line.on, grid.start)}
                </time>
              </>
            ) : (
              <span className="cw-quiet">no date</span>
            )}
            {mark ? <Told told={mark.day} /> : null}
          </td>
        )
      ) : null}
    </tr>
  );
}

/** Each severity by its own sign and word: a warning beside an error is still a warning. */
function Told({ told }: { told: Mark["code"] }) {
  if (told.length === 0) return null;
  return (
    <span className="wb-marks">
      {told.map(({ severity, titles }) => (
        <span key={severity} className={`wb-mark wb-mark--${severity}`} title={titles.join("; ")}>
          <span className="wb-mark__sign" aria-hidden="true">
            {SIGN[severity]}
          </span>
          {counted(titles.length, KIND[severity])}
          <span className="cw-hidden">: {titles.join("; ")}. </span>
        </span>
      ))}
    </span>
  );
}

/** `error`, `2 warnings`: one needs no number. */
function counted(n: number, word: string): string {
  return n === 1 ? word : `${n} ${word}s`;
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
    if (typed.trim() === "") return act({ type: "clearDay" });
    const on = readDayField(typed, londonDay(Date.now()), near);
    if (on) return act({ type: "setDay", on });
    setWrong(true);
    // What was found of the date before is not of what stands here now.
    act({ type: "unreadDay" });
  };
  useLayoutEffect(() => {
    // Opened as it stands it is selected whole: typing replaces it. Opened by a digit, typing goes on after that.
    if ((input.current?.value.length ?? 0) > 1) input.current?.select();
  }, []);
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
        aria-label={`Date of procedure ${row + 1}, such as ${typedDay(near)}, ${dayShort(near)} or ${Number(near.slice(8))}`}
        aria-invalid={wrong || undefined}
        aria-describedby={wrong ? errorId : undefined}
        placeholder={before ? dayBeside(before, near) : ""}
        value={text}
        onChange={(event) => {
          setWrong(false);
          act({ type: "type", list: "procedures", text: event.target.value });
        }}
        onKeyDown={(event) => {
          if (event.altKey || event.ctrlKey) return;
          if (event.key === "Enter") accept(event.currentTarget.value);
          else if (event.key === "Tab" && event.currentTarget.value !== typedDay(before))
            accept(event.currentTarget.value);
          else if (event.key === "Escape") act({ type: "cancel" });
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      {wrong ? (
        <span id={errorId} className="wb-day__wrong" role="alert">
          Not a day, such as {typedDay(near)}
        </span>
      ) : null}
    </>
  );
}
