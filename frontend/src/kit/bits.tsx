// Small pieces with no state of their own.
import type { ReactNode } from "react";
import { useEffect, useRef } from "react";
import { classes } from "./classes.ts";

export type Tone = "grey" | "blue" | "amber" | "red" | "green";

/** A word in a tint. The word carries the meaning; the tint only helps the eye. */
export function Tag({ tone = "grey", children }: { tone?: Tone; children: ReactNode }) {
  return <span className={classes("cw-tag", tone !== "grey" && `cw-tag--${tone}`)}>{children}</span>;
}

/** A code of a classification, in the monospaced face. */
export function Mono({ children }: { children: ReactNode }) {
  return <span className="cw-mono">{children}</span>;
}

/** What stands in a cell that has nothing: never an empty one. */
export function None({ children = "none" }: { children?: ReactNode }) {
  return <span className="cw-quiet">{children}</span>;
}

export function Details({ summary, children, open }: { summary: ReactNode; children: ReactNode; open?: boolean }) {
  return (
    <details className="cw-details" open={open}>
      <summary>{summary}</summary>
      <div className="cw-details__body">{children}</div>
    </details>
  );
}

/** Name and value pairs of one thing. */
export function Facts({
  items,
  inline,
}: {
  items: readonly (readonly [ReactNode, ReactNode] | null)[];
  inline?: boolean;
}) {
  return (
    <dl className={classes("cw-facts", inline && "cw-facts--inline")}>
      {items.map((item, index) =>
        item ? (
          // The pairs stand in a fixed order, so their place is their key.
          <div key={index}>
            <dt>{item[0]}</dt>
            <dd>{item[1]}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}

/** The head of a page: its title (which takes focus on arrival), a quiet line, and its one action. */
export function PageHead({
  title,
  sub,
  actions,
  trail,
}: {
  title: ReactNode;
  sub?: ReactNode;
  actions?: ReactNode;
  trail?: ReactNode;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tab is named again when the title changes.
  useEffect(() => {
    document.title = `${heading.current?.textContent ?? ""} · Codewell`;
  }, [title]);
  return (
    <div className="cw-page-head">
      {trail ? <div className="cw-page-head__trail">{trail}</div> : null}
      <div className="cw-page-head__row">
        <h1 ref={heading} tabIndex={-1} data-page-title>
          {title}
        </h1>
        {sub ? <span className="cw-page-head__sub">{sub}</span> : null}
        {actions ? <div className="cw-page-head__actions">{actions}</div> : null}
      </div>
    </div>
  );
}

/** Keyset paging: there is only more, or no more. */
export function Pagination({
  shown,
  total,
  noun,
  hasMore,
  busy,
  onMore,
}: {
  shown: number;
  total?: string | undefined;
  noun: string;
  hasMore: boolean;
  busy?: boolean;
  onMore: () => void;
}) {
  return (
    <div className="cw-pagination">
      <span className="cw-quiet" role="status">
        {shown.toLocaleString("en-GB")}
        {total ? ` of ${total}` : ""} {noun} shown
      </span>
      {hasMore ? (
        <button type="button" className="cw-button cw-button--link" onClick={onMore} aria-disabled={busy || undefined}>
          {busy ? "Loading more" : "Show more"}
        </button>
      ) : null}
    </div>
  );
}
