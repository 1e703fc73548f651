// Findings that an auditor answers, that wait for their coder, and that somebody rules on.
import "./findings.scss";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMay } from "@/api/me.ts";
import { rowsOf } from "@/api/pages.ts";
import { PageHead, Pagination } from "@/kit/bits.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { Tabs } from "@/kit/tabs.tsx";
import { disputePages, type Which } from "./data.ts";
import { FindingRows } from "./rows.tsx";

const route = getRouteApi("/signed-in/disputes");

const lists: Record<Which, { label: string; permission: string; empty: string; help: string }> = {
  to_answer: {
    label: "To answer",
    permission: "finding:answer",
    empty: "No dispute waits for your answer",
    help: "A coder's dispute of a finding of yours, or of an audit that you lead, comes here.",
  },
  with_coder: {
    label: "With the coder",
    permission: "finding:answer",
    empty: "Nothing waits for a coder",
    help: "What you sent and nobody has replied to yet. After the time limit it can be closed as not replied to.",
  },
  to_rule: {
    label: "To rule on",
    permission: "finding:rule",
    empty: "Nothing is escalated",
    help: "Disputes that coder and auditor could not settle come here, but none that you coded or audited.",
  },
};

export default function DisputesPage() {
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const open = (Object.keys(lists) as Which[]).filter((which) => may(lists[which].permission));
  const shown = open.includes(search.which as Which) ? (search.which as Which) : (open[0] ?? "to_rule");
  return (
    <div className="cw-page">
      <PageHead title="Disputes" sub="Findings of audits, between coder, auditor and whoever rules" />
      {open.length > 1 ? (
        <Tabs
          label="Which findings"
          open={shown}
          onOpen={(which) => navigate({ search: (now) => ({ ...now, which: which as Which }) })}
          tabs={open.map((which) => ({
            key: which,
            label: lists[which].label,
            panel: <List which={which} auditId={search.audit} />,
          }))}
        />
      ) : (
        <List which={shown} auditId={search.audit} />
      )}
    </div>
  );
}

function List({ which, auditId }: { which: Which; auditId: string | undefined }) {
  const list = useInfiniteQuery(disputePages(which, auditId));
  const rows = rowsOf(list.data);
  if (list.isPending) return <SkeletonRows label="Loading the findings" />;
  if (list.isError) return <ErrorState error={list.error} onRetry={() => list.refetch()} />;
  if (rows.length === 0)
    return (
      <EmptyState title={lists[which].empty}>
        <p>{lists[which].help}</p>
      </EmptyState>
    );
  return (
    <>
      <FindingRows caption={`Findings: ${lists[which].label.toLowerCase()}`} rows={rows} to="/disputes/$itemId" whose />
      <Pagination
        shown={rows.length}
        noun={rows.length === 1 ? "episode" : "episodes"}
        hasMore={list.hasNextPage}
        busy={list.isFetchingNextPage}
        onMore={() => list.fetchNextPage()}
      />
    </>
  );
}
