import type { ReactNode } from "react";
import { Button } from "@/kit/button.tsx";

/** A small table of fields, with rows to add and take away. Every field has a label of its own, read and not shown. */
export function EditTable<Row>({
  caption,
  headings,
  rows,
  cells,
  nameOf,
  onAdd,
  onRemove,
  addLabel,
}: {
  caption: string;
  headings: readonly string[];
  rows: readonly Row[];
  cells: (row: Row, at: number) => readonly ReactNode[];
  nameOf: (row: Row, at: number) => string;
  onAdd: () => void;
  onRemove: (at: number) => void;
  addLabel: string;
}) {
  return (
    <div className="cw-stack">
      {rows.length > 0 ? (
        <div className="cw-table-region">
          <table className="au-edit">
            <caption className="cw-hidden">{caption}</caption>
            <thead>
              <tr>
                {headings.map((heading) => (
                  <th key={heading} scope="col">
                    {heading}
                  </th>
                ))}
                <th scope="col">
                  <span className="cw-hidden">Remove</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row, at) => (
                // Rows have no name of their own while they are typed, so their place is their key.
                <tr key={at}>
                  {cells(row, at).map((cell, column) => (
                    <td key={headings[column]}>{cell}</td>
                  ))}
                  <td>
                    <Button small look="link" aria-label={`Remove ${nameOf(row, at)}`} onClick={() => onRemove(at)}>
                      Remove
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      <div className="cw-row">
        <Button small onClick={onAdd}>
          {addLabel}
        </Button>
      </div>
    </div>
  );
}

/** A list with one of its members changed, or without it. */
export function changed<Row>(rows: readonly Row[], at: number, change: Partial<Row>): Row[] {
  return rows.map((row, index) => (index === at ? { ...row, ...change } : row));
}

export function without<Row>(rows: readonly Row[], at: number): Row[] {
  return rows.filter((_, index) => index !== at);
}
