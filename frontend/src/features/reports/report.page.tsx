// The report of an audit: its narrative on the left, the document on the right, and its files.
import "./reports.scss";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import { PageHead } from "@/kit/bits.tsx";
import { counted } from "@/kit/numbers.ts";
import { Banner, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { Tabs } from "@/kit/tabs.tsx";
import { type Audit, auditQuery } from "@/parts/audit.ts";
import { AuditHead } from "@/parts/audit-head.tsx";
import { fileOf, type Report, reportQuery } from "./data.ts";
import { Editor, type Texts } from "./editor.tsx";
import { Files } from "./files.tsx";
import { Preview } from "./preview.tsx";
import { Versions } from "./versions.tsx";

const route = getRouteApi("/signed-in/audits/$auditId/report");

export default function ReportPage() {
  const { auditId } = route.useParams();
  const audit = useQuery(auditQuery(auditId));
  const report = useQuery(reportQuery(auditId));
  if (!audit.data || !report.data) {
    const failed = audit.isError ? audit : report.isError ? report : null;
    return (
      <div className="cw-page">
        <PageHead title="Report" />
        {failed ? <ErrorState error={failed.error} onRetry={() => failed.refetch()} /> : <SkeletonRows />}
      </div>
    );
  }
  return <ReportOf audit={audit.data} report={report.data} />;
}

const kinds = [
  ["pdf", "PDF"],
  ["docx", "Word"],
  ["xlsx", "Excel"],
] as const;

function ReportOf({ audit, report }: { audit: Audit; report: Report }) {
  const { tab = "narrative" } = route.useSearch();
  const navigate = route.useNavigate();
  const [open, setOpen] = useState<string | null>(null);
  const [typed, setTyped] = useState<Texts>({});
  const paper = useRef<HTMLElement>(null);
  // What is edited and where it stands are seen together.
  useEffect(() => {
    const part = open ? document.getElementById(`rp-${open}`) : null;
    if (part && paper.current) paper.current.scrollTop = part.offsetTop - paper.current.offsetTop;
  }, [open]);
  const show = useCallback(
    (key: string) => void navigate({ search: key === "narrative" ? {} : { tab: key as "files" }, replace: true }),
    [navigate],
  );
  const edit = useCallback(
    (key: string) => {
      show("narrative");
      setOpen(key);
    },
    [show],
  );
  return (
    <div className="cw-page">
      <AuditHead
        audit={audit}
        here="report"
        actions={
          <nav className="rp-files" aria-label="Files of this report">
            {kinds.map(([form, name]) => (
              <a
                key={form}
                className="cw-button cw-button--quiet"
                href={fileOf(report.audit_id, `report.${form}`)}
                download
              >
                {name}
              </a>
            ))}
          </nav>
        }
      />
      {report.left_out > 0 ? (
        <Banner kind="warn">
          {counted(report.left_out, "episode")} that you still code blind {report.left_out === 1 ? "is" : "are"} in none
          of these figures.
        </Banner>
      ) : null}
      {report.masked.length > 0 ? <Masked places={report.masked} /> : null}
      <div className="rp-halves">
        <div className="rp-left">
          <Tabs
            label="Parts of the report"
            open={tab}
            onOpen={show}
            tabs={[
              {
                key: "narrative",
                label: "Narrative",
                panel: <Editor report={report} open={open} onOpen={setOpen} typed={typed} onTyped={setTyped} />,
              },
              { key: "files", label: "Sheets and summaries", panel: <Files report={report} /> },
              { key: "versions", label: "Versions", panel: <Versions report={report} /> },
            ]}
          />
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls by itself must be reachable by keyboard. */}
        <section ref={paper} className="rp-right-half" aria-label="Preview, as saved" tabIndex={0}>
          <Preview document={report.document} onEdit={report.can.edit === true ? edit : undefined} />
        </section>
      </div>
    </div>
  );
}

/** What was taken out of the set-up's words stands in the report without a word about it; its author is told here. */
function Masked({ places }: { places: Report["masked"] }) {
  return (
    <Banner kind="warn">
      <strong>A coder's name or an identifier is left out of this report.</strong> It stood in the words of the set-up,
      which now read:
      <ul className="rp-masked">
        {places.map((place) => (
          <li key={place.key}>
            {place.title}: {place.texts.map((text) => `“${text}”`).join("; ")}
          </li>
        ))}
      </ul>
    </Banner>
  );
}
