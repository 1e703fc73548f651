// What came of audits: recommendations and the actions that answer them, as lists or as a board.
import "./actions.scss";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useMay } from "@/api/me.ts";
import { rowsOf } from "@/api/pages.ts";
import { PageHead, Pagination, Tag } from "@/kit/bits.tsx";
import { day } from "@/kit/dates.ts";
import { FilterBar, FilterSelect } from "@/kit/filter-bar.tsx";
import { counted } from "@/kit/numbers.ts";
import { Banner, EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import { Tabs } from "@/kit/tabs.tsx";
import {
  type ActionFilter,
  type ActionRow,
  actionPages,
  myActionsQuery,
  type RecommendationFilter,
  type RecommendationRow,
  recommendationPages,
} from "./data.ts";
import {
  actionStates,
  actionTones,
  dueWords,
  priorities,
  priorityTones,
  recommendationStates,
  recommendationTones,
} from "./words.ts";

const route = getRouteApi("/signed-in/actions");

function Due({ action }: { action: ActionRow }) {
  const words = dueWords(action);
  return (
    <>
      {day(action.due_on)} {words ? <Tag tone={action.reminder === "overdue" ? "red" : "amber"}>{words}</Tag> : null}
    </>
  );
}

function ActionLink({ action }: { action: ActionRow }) {
  return (
    <Link
      to="/actions/$recommendationId"
      params={{ recommendationId: action.recommendation_id }}
      hash={`action-${action.action_id}`}
    >
      {action.text}
    </Link>
  );
}

const columns: readonly Column<ActionRow>[] = [
  { key: "text", heading: "Action", rowHeading: true, width: "grow", cell: (row) => <ActionLink action={row} /> },
  { key: "audit", heading: "Audit", cell: (row) => row.audit_title },
  { key: "priority", heading: "Priority", cell: (row) => <Tag tone={priorityTones[row.priority]}>{row.priority}</Tag> },
  { key: "owner", heading: "Owner", cell: (row) => row.owner.name },
  {
    key: "state",
    heading: "State",
    nowrap: true,
    cell: (row) => <Tag tone={actionTones[row.state]}>{row.state_label}</Tag>,
  },
  { key: "evidence", heading: "Evidence", align: "right", cell: (row) => row.evidence_count },
  { key: "due", heading: "Due", nowrap: true, cell: (row) => <Due action={row} /> },
];

const recommended: readonly Column<RecommendationRow>[] = [
  { key: "no", heading: "No.", align: "right", cell: (row) => row.no },
  {
    key: "text",
    heading: "Recommendation",
    rowHeading: true,
    width: "grow",
    cell: (row) => (
      <Link to="/actions/$recommendationId" params={{ recommendationId: row.recommendation_id }}>
        {row.text}
      </Link>
    ),
  },
  { key: "audit", heading: "Audit", cell: (row) => row.audit_title },
  { key: "priority", heading: "Priority", cell: (row) => <Tag tone={priorityTones[row.priority]}>{row.priority}</Tag> },
  { key: "owner", heading: "Owner", cell: (row) => row.owner.name },
  {
    key: "state",
    heading: "State",
    nowrap: true,
    cell: (row) => <Tag tone={recommendationTones[row.state]}>{row.state_label}</Tag>,
  },
  {
    key: "actions",
    heading: "Actions closed",
    align: "right",
    cell: (row) => `${row.actions_closed} of ${row.actions_n}`,
  },
  {
    key: "due",
    heading: "Due",
    nowrap: true,
    cell: (row) => (
      <>
        {day(row.due_on)} {row.overdue ? <Tag tone="red">overdue</Tag> : null}
      </>
    ),
  },
];

export default function ActionsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const mine = useQuery(myActionsQuery);
  const tab = search.tab ?? (search.audit ? "recommendations" : "list");
  return (
    <div className="cw-page">
      <PageHead
        title="Recommendations and actions"
        sub="What audits ask for, who does it, and what shows that it was done"
      />
      {mine.data ? <Mine counts={mine.data.counts} /> : null}
      {search.audit ? (
        <p>
          Of one audit only.{" "}
          <Link to="/audits/$auditId/results" params={{ auditId: search.audit }}>
            Its results
          </Link>{" "}
          ·{" "}
          <Link to="/actions" search={{ tab }}>
            All audits
          </Link>
        </p>
      ) : null}
      <Tabs
        label="Recommendations and actions"
        open={tab}
        onOpen={(open) => navigate({ search: (now) => ({ ...now, tab: open as typeof tab, state: undefined }) })}
        tabs={[
          { key: "list", label: "Actions", panel: <List /> },
          { key: "board", label: "Board", panel: <Board /> },
          { key: "recommendations", label: "Recommendations", panel: <Recommendations /> },
        ]}
      />
    </div>
  );
}

function Mine({ counts }: { counts: { overdue: number; due_soon: number; to_verify: number; to_respond: number } }) {
  const said = [
    counts.overdue > 0 ? `${counted(counts.overdue, "action")} of yours overdue` : null,
    counts.due_soon > 0 ? `${counted(counts.due_soon, "action")} of yours due soon` : null,
    counts.to_verify > 0 ? `${counted(counts.to_verify, "action")} for you to verify` : null,
    counts.to_respond > 0 ? `${counted(counts.to_respond, "recommendation")} awaiting a response` : null,
  ].filter((line) => line !== null);
  if (said.length === 0) return null;
  return <Banner kind={counts.overdue > 0 ? "warn" : "info"}>{said.join(" · ")}.</Banner>;
}

function useFilter(): ActionFilter {
  const search = route.useSearch();
  return {
    priority: search.priority,
    audit: search.audit,
    reminder: search.reminder,
    ...(search.owner === "me" ? { owner: "me" } : {}),
  };
}

function Filters({ states }: { states?: readonly { value: string; label: string }[] }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <FilterBar label="Filter the actions">
      {states ? (
        <FilterSelect
          label="State"
          any="Any"
          value={search.state}
          options={states}
          onChange={(state) => navigate({ search: (now) => ({ ...now, state }) })}
        />
      ) : null}
      <FilterSelect
        label="Priority"
        any="Any"
        value={search.priority}
        options={priorities}
        onChange={(value) => navigate({ search: (now) => ({ ...now, priority: value as typeof search.priority }) })}
      />
      <FilterSelect
        label="Owner"
        any="Anybody"
        value={search.owner}
        options={[{ value: "me", label: "Me" }]}
        onChange={(owner) => navigate({ search: (now) => ({ ...now, owner }) })}
      />
      <FilterSelect
        label="Reminders"
        any="All"
        value={search.reminder}
        options={[
          { value: "overdue", label: "Overdue" },
          { value: "due_soon", label: "Due soon" },
        ]}
        onChange={(value) => navigate({ search: (now) => ({ ...now, reminder: value as typeof search.reminder }) })}
      />
    </FilterBar>
  );
}

function List() {
  const search = route.useSearch();
  const state = actionStates.find((one) => one.value === search.state)?.value;
  const actions = useInfiniteQuery(actionPages({ ...useFilter(), state }));
  const rows = rowsOf(actions.data);
  return (
    <>
      <Filters states={actionStates} />
      {actions.isPending ? <SkeletonRows /> : null}
      {actions.isError ? <ErrorState error={actions.error} onRetry={() => actions.refetch()} /> : null}
      {actions.data && rows.length === 0 ? (
        <EmptyState title="No action is like that">
          Actions are added to recommendations that the Trust agreed to.
        </EmptyState>
      ) : null}
      {rows.length > 0 ? (
        <>
          <DataTable caption="Actions" columns={columns} rows={rows} keyOf={(row) => row.action_id} />
          <Pagination
            shown={rows.length}
            noun="actions"
            hasMore={actions.hasNextPage}
            busy={actions.isFetchingNextPage}
            onMore={() => actions.fetchNextPage()}
          />
        </>
      ) : null}
    </>
  );
}

function Board() {
  const filter = useFilter();
  return (
    <>
      <Filters />
      <div className="ac-board">
        {actionStates
          .filter((column) => column.value !== "cancelled")
          .map((column) => (
            <BoardColumn key={column.value} label={column.label} filter={{ ...filter, state: column.value }} />
          ))}
      </div>
    </>
  );
}

function BoardColumn({ label, filter }: { label: string; filter: ActionFilter }) {
  const actions = useInfiniteQuery(actionPages(filter));
  const rows = rowsOf(actions.data);
  return (
    <section className="ac-column" aria-label={label}>
      <h2>
        {label} <span className="cw-quiet">{actions.hasNextPage ? `${rows.length} and more` : rows.length}</span>
      </h2>
      {actions.isPending ? <SkeletonRows rows={2} /> : null}
      {actions.isError ? <ErrorState error={actions.error} onRetry={() => actions.refetch()} /> : null}
      <ul>
        {rows.map((action) => (
          <li key={action.action_id} className="ac-card">
            <ActionLink action={action} />
            <p>
              <Tag tone={priorityTones[action.priority]}>{action.priority}</Tag> {action.owner.name}
            </p>
            <p className="cw-quiet">
              <Due action={action} />
            </p>
          </li>
        ))}
      </ul>
      {actions.hasNextPage ? (
        <button type="button" className="cw-button cw-button--link" onClick={() => actions.fetchNextPage()}>
          More
        </button>
      ) : null}
    </section>
  );
}

function Recommendations() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay();
  const filter: RecommendationFilter = {
    state: recommendationStates.find((one) => one.value === search.state)?.value,
    priority: search.priority,
    audit: search.audit,
  };
  const found = useInfiniteQuery(recommendationPages(filter));
  const rows = rowsOf(found.data);
  return (
    <>
      <FilterBar label="Filter the recommendations">
        <FilterSelect
          label="State"
          any="Any"
          value={search.state}
          options={recommendationStates}
          onChange={(state) => navigate({ search: (now) => ({ ...now, state }) })}
        />
        <FilterSelect
          label="Priority"
          any="Any"
          value={search.priority}
          options={priorities}
          onChange={(value) => navigate({ search: (now) => ({ ...now, priority: value as typeof search.priority }) })}
        />
      </FilterBar>
      {found.isPending ? <SkeletonRows /> : null}
      {found.isError ? <ErrorState error={found.error} onRetry={() => found.refetch()} /> : null}
      {found.data && rows.length === 0 ? (
        <EmptyState title="No recommendation is like that">
          {may("recommendation:edit") ? "They are made on an audit's results." : undefined}
        </EmptyState>
      ) : null}
      {rows.length > 0 ? (
        <>
          <DataTable
            caption="Recommendations"
            columns={recommended}
            rows={rows}
            keyOf={(row) => row.recommendation_id}
          />
          <Pagination
            shown={rows.length}
            noun="recommendations"
            hasMore={found.hasNextPage}
            busy={found.isFetchingNextPage}
            onMore={() => found.fetchNextPage()}
          />
        </>
      ) : null}
    </>
  );
}
