// The dense table of the house: sticky heading, server-side sort, selection. Wide ones scroll in their own region.
import type { ReactNode, RefObject } from "react";
import { useEffect, useId, useRef, useState } from "react";
import { classes } from "./classes.ts";

export type Column<Row> = {
  key: string;
  heading: ReactNode;
  cell: (row: Row) => ReactNode;
  /** Numbers and days stand to the right. */
  align?: "right";
  /** Given when the server can sort by it. */
  sort?: string;
  /** `narrow` takes no more than it needs, `grow` takes what is left. */
  width?: "narrow" | "grow";
  nowrap?: boolean;
  /** This cell names the row. */
  rowHeading?: boolean;
};

export type Selection = {
  selected: ReadonlySet<string>;
  onChange: (selected: ReadonlySet<string>) => void;
  labelOf: (key: string) => string;
};

export type Sorting = { by: string | undefined; onSort: (by: string) => void };

export function DataTable<Row>({
  caption,
  captionShown,
  columns,
  rows,
  keyOf,
  sorting,
  selection,
  toneOf,
  sticky = true,
}: {
  /** Says what the table lists; read out, and shown when `captionShown`. */
  caption: string;
  captionShown?: boolean;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  sorting?: Sorting;
  selection?: Selection;
  toneOf?: (row: Row) => "quiet" | "selected" | undefined;
  sticky?: boolean;
}) {
  const captionId = useId();
  const region = useRef<HTMLElement>(null);
  const scrolls = useScrollsSideways(region);
  const keys = rows.map(keyOf);
  const chosen = selection ? keys.filter((key) => selection.selected.has(key)).length : 0;
  return (
    <section
      ref={region}
      className={classes("cw-table-region", sticky && "cw-table-region--sticky")}
      aria-labelledby={captionId}
      // What scrolls sideways must be reachable by keyboard.
      tabIndex={scrolls ? 0 : undefined}
    >
      <table className="cw-table">
        <caption id={captionId} className={captionShown ? "cw-table__caption" : "cw-hidden"}>
          {caption}
        </caption>
        <thead>
          <tr>
            {selection ? (
              <th scope="col" className="cw-table__select">
                <MixedCheckbox
                  label={chosen === keys.length && chosen > 0 ? "Select none" : "Select all shown"}
                  state={chosen === 0 ? "none" : chosen === keys.length ? "all" : "some"}
                  onChange={() => selection.onChange(new Set(chosen === keys.length ? [] : keys))}
                />
              </th>
            ) : null}
            {columns.map((column) => (
              <HeadCell key={column.key} column={column} sorting={sorting} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const key = keyOf(row);
            const selected = selection?.selected.has(key) ?? false;
            const tone = toneOf?.(row);
            return (
              <tr
                key={key}
                className={
                  classes(
                    selected || tone === "selected" ? "cw-table__row--selected" : null,
                    tone === "quiet" && "cw-table__row--quiet",
                  ) || undefined
                }
                aria-selected={selection ? selected : undefined}
              >
                {selection ? (
                  <td className="cw-table__select">
                    <input
                      type="checkbox"
                      className="cw-check__box"
                      aria-label={`Select ${selection.labelOf(key)}`}
                      checked={selected}
                      onChange={() => selection.onChange(toggled(selection.selected, key))}
                    />
                  </td>
                ) : null}
                {columns.map((column) => {
                  const className = cellClass(column);
                  return column.rowHeading ? (
                    <th key={column.key} scope="row" className={className}>
                      {column.cell(row)}
                    </th>
                  ) : (
                    <td key={column.key} className={className}>
                      {column.cell(row)}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function useScrollsSideways(region: RefObject<HTMLElement | null>): boolean {
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const box = region.current;
    if (!box || typeof ResizeObserver === "undefined") return;
    const look = () =>
      setScrolls(box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).overflowX !== "visible");
    const observer = new ResizeObserver(look);
    observer.observe(box);
    if (box.firstElementChild) observer.observe(box.firstElementChild);
    return () => observer.disconnect();
  }, [region]);
  return scrolls;
}

function cellClass<Row>(column: Column<Row>): string | undefined {
  return (
    classes(
      column.align === "right" && "cw-right",
      column.nowrap && "cw-nowrap",
      column.width && `cw-table__cell--${column.width}`,
    ) || undefined
  );
}

function HeadCell<Row>({ column, sorting }: { column: Column<Row>; sorting: Sorting | undefined }) {
  const sort = column.sort;
  if (!sort || !sorting) {
    return (
      <th scope="col" className={cellClass(column)}>
        {column.heading}
      </th>
    );
  }
  const down = sorting.by === `-${sort}`;
  const up = sorting.by === sort;
  return (
    <th scope="col" className={cellClass(column)} aria-sort={up ? "ascending" : down ? "descending" : "none"}>
      <button type="button" className="cw-table__sort" onClick={() => sorting.onSort(up ? `-${sort}` : sort)}>
        {column.heading}
        <span aria-hidden="true" className="cw-table__arrow">
          {up ? "▲" : down ? "▼" : "↕"}
        </span>
      </button>
    </th>
  );
}

function toggled(set: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(key)) next.add(key);
  return next;
}

function MixedCheckbox({
  label,
  state,
  onChange,
}: {
  label: string;
  state: "none" | "some" | "all";
  onChange: () => void;
}) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.indeterminate = state === "some";
  }, [state]);
  return (
    <input
      ref={box}
      type="checkbox"
      className="cw-check__box"
      aria-label={label}
      checked={state === "all"}
      onChange={onChange}
    />
  );
}
