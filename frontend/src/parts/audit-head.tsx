// The head of every page of one audit: what it is, how it stands, and the way to its other pages.
import "./audit-head.scss";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useMay } from "@/api/me.ts";
import { Mono, PageHead, Tag } from "@/kit/bits.tsx";
import { dayRange } from "@/kit/dates.ts";
import { type Audit, type AuditPageKey, auditPages, auditState } from "./audit.ts";

const pages: Record<AuditPageKey, { label: string; path: string; permission?: string }> = {
  overview: { label: "Overview", path: "" },
  "set-up": { label: "Set-up", path: "/set-up", permission: "audit:set_up" },
  draw: { label: "Draw", path: "/draw", permission: "audit:set_up" },
  import: { label: "Findings", path: "/import" },
  results: { label: "Results", path: "/results" },
  report: { label: "Report", path: "/report", permission: "report:see" },
  sign: { label: "Sign-off", path: "/sign" },
};

/** `page` names what stands below, for the title of the tab and the link that is here. */
export function AuditHead({
  audit,
  here,
  actions,
}: {
  audit: Pick<
    Audit,
    | "audit_id"
    | "reference"
    | "title"
    | "kind"
    | "kind_label"
    | "state"
    | "mode"
    | "period_from"
    | "period_to"
    | "drawn_at"
    | "progress"
  >;
  here: AuditPageKey;
  actions?: ReactNode;
}) {
  const may = useMay();
  const state = auditState(audit.state);
  const open = auditPages(audit).filter((key) => !pages[key].permission || may(pages[key].permission ?? ""));
  return (
    <>
      <PageHead
        title={here === "overview" ? audit.title : `${audit.title}: ${pages[here].label.toLowerCase()}`}
        trail={
          <>
            <Link to="/audits">Audits</Link> › <Mono>{audit.reference}</Mono> · {audit.kind_label}
            {/* Nobody of ours codes an external audit's episodes, so it is neither blind nor a review. */}
            {audit.kind === "external" ? "" : ` · ${audit.mode}`} · episodes ended{" "}
            {dayRange(audit.period_from, audit.period_to)}
          </>
        }
        sub={<Tag tone={state.tone}>{state.label}</Tag>}
        actions={actions}
      />
      <nav className="ah-pages" aria-label="Pages of this audit">
        <ul>
          {open.map((key) => (
            <li key={key}>
              <Link
                to={`/audits/$auditId${pages[key].path}` as "/audits/$auditId"}
                params={{ auditId: audit.audit_id }}
                // What is here is told by the page: its address may have more to it than the link.
                activeOptions={{ exact: true, includeSearch: false }}
                activeProps={{}}
                aria-current={key === here ? "page" : undefined}
              >
                {pages[key].label}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
    </>
  );
}
