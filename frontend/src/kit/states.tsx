// The states that every page has: waiting, empty, refused, changed meanwhile, not allowed. Made on purpose, in one place.
import type { ReactNode } from "react";
import { useEffect, useRef } from "react";
import { Button } from "./button.tsx";

/** Says what would be here, and what to do. */
export function EmptyState({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="cw-state">
      <p className="cw-state__title">{title}</p>
      {children ? <div className="cw-state__body">{children}</div> : null}
      {action ? <div className="cw-state__action">{action}</div> : null}
    </div>
  );
}

/** What the kit needs of a refusal; the whole problem document satisfies it. */
export type Refusal = {
  title: string;
  detail?: string | undefined;
  reference?: string | undefined;
  status?: number;
};

export function refusalOf(error: unknown): Refusal {
  if (error instanceof Error && "title" in error) return error as Error & Refusal;
  return {
    title: "Something went wrong on this page",
    detail: "Reload the page. If it comes back, tell your system administrator.",
  };
}

export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const refusal = refusalOf(error);
  if (refusal.status === 403) return <NoPermission detail={refusal.detail} />;
  // A page that can be read again and again, and is not there: asking again leads nowhere.
  if (refusal.status === 404 && onRetry) return <NotThere refusal={refusal} />;
  return (
    <div className="cw-state cw-state--error" role="alert">
      <p className="cw-state__title">{refusal.title}</p>
      <div className="cw-state__body">
        {refusal.detail && refusal.detail !== refusal.title ? <p>{refusal.detail}</p> : null}
        {refusal.reference ? (
          <p className="cw-quiet">
            Reference <span className="cw-mono">{refusal.reference}</span>
          </p>
        ) : null}
      </div>
      {onRetry ? (
        <div className="cw-state__action">
          <Button onClick={onRetry}>Try again</Button>
        </div>
      ) : null}
    </div>
  );
}

function NotThere({ refusal }: { refusal: Refusal }) {
  return (
    <div className="cw-state cw-state--none" role="alert">
      <p className="cw-state__title">{refusal.detail ?? refusal.title}</p>
      <div className="cw-state__body">
        <p>
          The address may be mistyped, or what it named is not there any more. <a href="/">Go to the home page</a>.
        </p>
      </div>
    </div>
  );
}

export function NoPermission({ detail }: { detail?: string | undefined }) {
  return (
    <div className="cw-state cw-state--none">
      <p className="cw-state__title">Your role does not include this</p>
      <div className="cw-state__body">
        <p>{detail ?? "Ask your coding manager or system administrator if you need it for your work."}</p>
      </div>
    </div>
  );
}

/** Changed since it was opened: what, by whom, and the choice of looking again. */
export function StaleState({
  children,
  onReload,
  reloadLabel = "Show it as it is now",
}: {
  children?: ReactNode;
  onReload: () => void;
  reloadLabel?: string;
}) {
  const box = useRef<HTMLDivElement>(null);
  // It may stand above what the person was typing in: it comes to them.
  // (In braces: newer browsers answer with a promise, and an effect may give back only its undoing.)
  useEffect(() => {
    box.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <div ref={box} className="cw-banner cw-banner--warn cw-banner--come" role="status">
      <div>
        <strong>Changed since you opened it.</strong> {children}
      </div>
      <Button small onClick={onReload}>
        {reloadLabel}
      </Button>
    </div>
  );
}

/** Rows where rows will be, so that nothing jumps when they come. */
export function SkeletonRows({ rows = 8, label = "Loading" }: { rows?: number; label?: string }) {
  return (
    <div className="cw-skeleton" role="status">
      <span className="cw-hidden">{label}</span>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="cw-skeleton__row" aria-hidden="true" />
      ))}
    </div>
  );
}

/** Inline message that stays: information, warning or error of a form or a page part. */
export function Banner({
  kind = "info",
  children,
}: {
  kind?: "info" | "warn" | "error" | "success";
  children: ReactNode;
}) {
  return (
    <div className={`cw-banner cw-banner--${kind}`} role={kind === "error" ? "alert" : undefined}>
      <div>{children}</div>
    </div>
  );
}

export type SummaryError = { text: string; fieldId?: string | undefined };

/** The NHS error summary: takes focus when it appears, and leads to each field. */
export function ErrorSummary({
  title = "There is a problem",
  errors,
}: {
  title?: string;
  errors: readonly SummaryError[];
}) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (errors.length > 0) box.current?.focus();
  }, [errors]);
  if (errors.length === 0) return null;
  return (
    <div className="cw-error-summary" ref={box} tabIndex={-1} role="alert" aria-labelledby="error-summary-title">
      <h2 id="error-summary-title">{title}</h2>
      <ul>
        {errors.map((error) => (
          <li key={`${error.fieldId}${error.text}`}>
            {error.fieldId ? (
              <a
                href={`#${error.fieldId}`}
                onClick={(event) => {
                  event.preventDefault();
                  document.getElementById(error.fieldId ?? "")?.focus();
                }}
              >
                {error.text}
              </a>
            ) : (
              error.text
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
