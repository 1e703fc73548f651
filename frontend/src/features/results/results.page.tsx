// What an audit came to: figures with intervals, what makes them up, agreement, HRGs, and the way from audit to audit.
import "./results.scss";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "@/api/me.ts";
import { PageHead } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { instant } from "@/kit/dates.ts";
import { useShortcut } from "@/kit/keyboard.ts";
import { counted } from "@/kit/numbers.ts";
import { Banner, EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { Tabs } from "@/kit/tabs.tsx";
import { type Audit, auditQuery } from "@/parts/audit.ts";
import { AuditHead } from "@/parts/audit-head.tsx";
import { RecommendationForm } from "@/parts/recommendation-form.tsx";
import { AgreementPanel } from "./agreement.tsx";
import { Codes, ComparedEpisode } from "./codes.tsx";
import { type PositionFilter, type Results, resultsQuery } from "./data.ts";
import { Errors, Named } from "./errors.tsx";
import { Groups } from "./groups.tsx";
import { Headline } from "./headline.tsx";
import { HrgPanel } from "./hrg.tsx";
import { TrendPanel } from "./trend.tsx";

const route = getRouteApi("/signed-in/audits/$auditId/results");

export default function ResultsPage() {
  const { auditId } = route.useParams();
  const audit = useQuery(auditQuery(auditId));
  const results = useQuery(resultsQuery(auditId));
  if (!audit.data || !results.data) {
    const failed = audit.isError ? audit : results.isError ? results : null;
    return (
      <div className="cw-page">
        <PageHead title="Results" />
        {failed ? <ErrorState error={failed.error} onRetry={() => failed.refetch()} /> : <SkeletonRows />}
      </div>
    );
  }
  return <ResultsOf audit={audit.data} results={results.data} />;
}

function ResultsOf({ audit, results }: { audit: Audit; results: Results }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay();
  const [recommending, setRecommending] = useState(false);
  const mayRecommend = may("recommendation:edit");
  useShortcut({
    keys: "Alt+R",
    label: "Recommend something",
    group: "Results",
    enabled: mayRecommend,
    onPress: () => setRecommending(true),
  });
  const { tab = "classes", item, by = "kind", key, ...rest } = search;
  const filter: PositionFilter = rest as PositionFilter;
  const tabs = [
    { key: "classes", label: "Classes", panel: <Headline results={results} /> },
    { key: "coder", label: "Coders", panel: <Groups results={results} by="coder" heading="Coder" /> },
    { key: "specialty", label: "Specialties", panel: <Groups results={results} by="specialty" heading="Specialty" /> },
    { key: "auditor", label: "Auditors", panel: <Groups results={results} by="auditor" heading="Auditor" /> },
    { key: "stratum", label: "Strata", panel: <Groups results={results} by="stratum" heading="Stratum" /> },
    { key: "errors", label: "Errors", panel: <Errors results={results} /> },
    { key: "standards", label: "Standards", panel: <Named results={results} of="standards" /> },
    { key: "reasons", label: "Reasons", panel: <Named results={results} of="reasons" /> },
    {
      key: "codes",
      label: "Codes",
      panel: (
        <Codes
          results={results}
          filter={filter}
          onFilter={(change) => navigate({ search: (now) => ({ ...now, ...change, tab: "codes" }), replace: true })}
          onOpen={(itemId) => navigate({ search: (now) => ({ ...now, item: itemId }) })}
        />
      ),
    },
    { key: "agreement", label: "Agreement", panel: <AgreementPanel results={results} /> },
    { key: "hrg", label: "HRG and money", panel: <HrgPanel results={results} /> },
    { key: "trend", label: "Trend", panel: <TrendPanel results={results} by={by} of={key} /> },
  ];
  return (
    <div className="cw-page">
      <AuditHead
        audit={audit}
        here="results"
        actions={
          <>
            <Link to="/actions" search={{ audit: audit.audit_id }}>
              Recommendations
            </Link>{" "}
            {mayRecommend ? (
              <Button look="primary" keys="Alt+R" onClick={() => setRecommending(true)}>
                Recommend
              </Button>
            ) : null}
          </>
        }
      />
      <p className="cw-quiet">
        {results.source === "signed"
          ? `As signed ${instant(results.signed_at)} by ${results.signed_by_name}, version ${results.signed_version}.`
          : `As it stands now: ${counted(results.progress.audited, "episode")} of ${results.progress.selected} audited, ${results.progress.unsafe} unsafe.`}{" "}
        {results.weighted ? "The draw was weighted: shares are estimates for its population." : ""}
      </p>
      {results.left_out > 0 ? (
        <Banner kind="info">
          {counted(results.left_out, "episode is", "episodes are")} left out of everything you see here: you may still
          code them blind.
        </Banner>
      ) : null}
      {results.episodes.looked_at === 0 && tab !== "trend" ? (
        <EmptyState title="No episode is decided yet">Figures stand here as soon as the first is finished.</EmptyState>
      ) : (
        <Tabs
          label="Results"
          tabs={tabs}
          open={tab}
          onOpen={(open) => navigate({ search: { tab: open as typeof tab } })}
        />
      )}
      {item ? (
        <ComparedEpisode
          auditId={audit.audit_id}
          itemId={item}
          onClose={() => navigate({ search: (now) => ({ ...now, item: undefined }), replace: true })}
        />
      ) : null}
      {recommending ? <RecommendationForm auditId={audit.audit_id} onClose={() => setRecommending(false)} /> : null}
    </div>
  );
}
