// The report as a page: what PDF, Word and Excel are made of.
import { Fragment, memo, type ReactNode } from "react";
import { Button } from "@/kit/button.tsx";
import { classes } from "@/kit/classes.ts";
import { Bars, Intervals } from "./charts.tsx";
import type { Document, Section, Table } from "./data.ts";
import { headingNumbers, isNumber, shown } from "./shown.ts";

/** So many rows of a table are shown; the rest is in the files. */
const rowsShown = 25;

export const Preview = memo(function Preview({
  document,
  onEdit,
}: {
  document: Document;
  /** Given where the caller may edit: opens the block of a section. */
  onEdit?: ((key: string) => void) | undefined;
}) {
  const numbers = headingNumbers(document.sections);
  return (
    <article className="rp-paper" aria-label="Preview of the report">
      <header className="rp-front">
        <p className="cw-quiet">{document.trust}</p>
        <h2>{document.title}</h2>
        <p className="cw-quiet">{document.subtitle}</p>
        <p>
          <strong className={document.draft ? "rp-status rp-status--draft" : "rp-status"}>{document.status}</strong>
        </p>
        {document.warning ? <p className="rp-warning">{document.warning}</p> : null}
        <Pairs items={document.front} />
      </header>
      {document.sections.map((section, n) => (
        <section key={section.key} id={`rp-${section.key}`}>
          <Heading section={section} number={numbers[n] ?? ""}>
            {section.block && onEdit ? (
              <Button
                small
                look="link"
                aria-label={`Edit ${section.title}`}
                onClick={() => section.block && onEdit(section.block)}
              >
                Edit
              </Button>
            ) : null}
          </Heading>
          {section.blocks.map((block, k) => (
            // The parts of a section stand in a fixed order, so their place is their key.
            <Fragment key={k}>{partOf(block)}</Fragment>
          ))}
        </section>
      ))}
    </article>
  );
});

function Heading({ section, number, children }: { section: Section; number: string; children: ReactNode }) {
  const words = `${section.appendix ? "Appendix " : ""}${number} ${section.title}`;
  return (
    <div className="rp-heading">
      {section.level === 1 ? <h3>{words}</h3> : <h4>{words}</h4>}
      {children}
    </div>
  );
}

function partOf(block: Section["blocks"][number]): ReactNode {
  switch (block.kind) {
    case "para":
      return <p>{block.text}</p>;
    case "bullets":
      return (
        <ul>
          {block.items.map((item) => (
            <li key={item}>{item}</li>
          ))}
        </ul>
      );
    case "note":
      return <p className="rp-note">{block.text}</p>;
    case "pairs":
      return <Pairs items={block.items} />;
    case "table":
      return <TableOf table={block} />;
    case "intervals":
      return <Intervals chart={block} />;
    case "bars":
      return <Bars chart={block} />;
  }
}

function Pairs({ items }: { items: readonly { term: string; value: string }[] }) {
  return (
    <dl className="rp-pairs">
      {items.map((item) => (
        <div key={item.term + item.value}>
          <dt>{item.term}</dt>
          <dd>{item.value}</dd>
        </div>
      ))}
    </dl>
  );
}

function TableOf({ table }: { table: Table }) {
  const rows = table.rows.slice(0, rowsShown);
  const more = table.rows.length - rows.length;
  return (
    // A wide table scrolls by itself, and by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard.
    <section className="rp-table" aria-label={table.caption} tabIndex={0}>
      <table>
        <caption>{table.caption}</caption>
        <thead>
          <tr>
            {table.columns.map((column) => (
              <th key={column.title} scope="col" className={isNumber(column) ? "rp-right" : undefined}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, n) => (
            // Rows of a report have no other name than their place.
            <tr key={n} className={table.total && n === table.rows.length - 1 ? "rp-total" : undefined}>
              {table.columns.map((column, k) => (
                <td
                  key={column.title}
                  className={classes(isNumber(column) && "rp-right", column.kind === "code" && "cw-mono")}
                >
                  {shown(row[k] ?? null, column, table.reach)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 ? <p className="cw-quiet cw-small">{more} more rows are in the files.</p> : null}
      {table.note ? <p className="cw-quiet cw-small">{table.note}</p> : null}
    </section>
  );
}
