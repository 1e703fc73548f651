import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { rowsOf } from "@/api/pages.ts";
import { Pagination } from "@/kit/bits.tsx";
import { day, instant, month } from "@/kit/dates.ts";
import { ErrorState } from "@/kit/states.tsx";
import { DataTable } from "@/kit/table.tsx";
import { CodeChanges } from "./code-changes.tsx";
import { type AfterFreeze, afterFreezePages } from "./data.ts";

/** What the audit changed after the freeze of its month: nothing is shown where there is none. */
export function AfterFreezeList({ auditId }: { auditId: string }) {
  const list = useInfiniteQuery(afterFreezePages(auditId));
  const rows = rowsOf(list.data);
  if (list.isError) return <ErrorState error={list.error} onRetry={() => list.refetch()} />;
  if (rows.length === 0) return null;
  return (
    <section className="cw-stack" aria-labelledby="freeze-title">
      <h2 id="freeze-title">Changed after freeze</h2>
      <DataTable<AfterFreeze>
        caption="Codes that this audit changed after the freeze of their month"
        sticky={false}
        rows={rows}
        keyOf={(row) => row.amendment_id}
        columns={[
          {
            key: "month",
            heading: "Month",
            rowHeading: true,
            nowrap: true,
            cell: (row) => (
              <Link to="/episodes/$episodeId" params={{ episodeId: row.episode_id }}>
                {month(row.activity_month)}
              </Link>
            ),
          },
          { key: "freeze", heading: "Freeze", nowrap: true, cell: (row) => day(row.freeze_on) },
          { key: "at", heading: "Changed", nowrap: true, cell: (row) => instant(row.at) },
          { key: "by", heading: "By", cell: (row) => row.by_name },
          { key: "changes", heading: "What", width: "grow", cell: (row) => <CodeChanges changes={row.changes} /> },
        ]}
      />
      <Pagination
        shown={rows.length}
        noun={rows.length === 1 ? "change" : "changes"}
        hasMore={list.hasNextPage}
        busy={list.isFetchingNextPage}
        onMore={() => list.fetchNextPage()}
      />
    </section>
  );
}
