// What audits found in the person's own coding.
import "./findings.scss";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { rowsOf } from "@/api/pages.ts";
import { PageHead, Pagination } from "@/kit/bits.tsx";
import { FilterBar, FilterSelect } from "@/kit/filter-bar.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { myFindingPages } from "./data.ts";
import { OwnSheets } from "./own-sheet.tsx";
import { FindingRows } from "./rows.tsx";

const route = getRouteApi("/signed-in/findings");

export default function MyFindingsPage() {
  const { show } = route.useSearch();
  const navigate = route.useNavigate();
  const open = show === "open" ? true : show === "settled" ? false : undefined;
  const list = useInfiniteQuery(myFindingPages(open));
  const rows = rowsOf(list.data);
  return (
    <div className="cw-page">
      <PageHead title="My findings" sub="What audits found in your own coding; only you and the audit see it" />
      <FilterBar label="Filter the findings">
        <FilterSelect
          label="Show"
          any="All"
          value={show}
          options={[
            { value: "open", label: "Waiting for me" },
            { value: "settled", label: "Not waiting for me" },
          ]}
          onChange={(value) => navigate({ search: { show: value as typeof show } })}
        />
      </FilterBar>
      {list.isPending ? <SkeletonRows label="Loading your findings" /> : null}
      {list.isError ? <ErrorState error={list.error} onRetry={() => list.refetch()} /> : null}
      {list.data && rows.length === 0 ? (
        <EmptyState title={show ? "Nothing here now" : "No findings"}>
          <p>When an audit of your coding finds something, it comes here and you have some working days to reply.</p>
        </EmptyState>
      ) : null}
      {rows.length > 0 ? (
        <>
          <OwnSheets rows={rows} />
          <FindingRows
            caption="Audited episodes that you coded, with findings"
            rows={rows}
            to="/findings/$itemId"
            whose={false}
          />
          <Pagination
            shown={rows.length}
            noun={rows.length === 1 ? "episode" : "episodes"}
            hasMore={list.hasNextPage}
            busy={list.isFetchingNextPage}
            onMore={() => list.fetchNextPage()}
          />
        </>
      ) : null}
    </div>
  );
}
