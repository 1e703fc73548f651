// Every audit of the Trust: what it is, how far it is, and when it is due.
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useMay } from "@/api/me.ts";
import { rowsOf } from "@/api/pages.ts";
import { Mono, None, PageHead, Pagination, Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { day, dayRange } from "@/kit/dates.ts";
import { FilterBar, FilterSelect } from "@/kit/filter-bar.tsx";
import { useShortcut } from "@/kit/keyboard.ts";
import { EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import { auditState, kinds } from "@/parts/audit.ts";
import { type AuditFilter, type AuditRow, auditPages } from "./data.ts";
import { Done } from "./done.tsx";

const route = getRouteApi("/signed-in/audits");

const columns: readonly Column<AuditRow>[] = [
  { key: "reference", heading: "Reference", nowrap: true, cell: (audit) => <Mono>{audit.reference}</Mono> },
  {
    key: "title",
    heading: "Audit",
    width: "grow",
    rowHeading: true,
    cell: (audit) => (
      <Link to="/audits/$auditId" params={{ auditId: audit.audit_id }}>
        {audit.title}
      </Link>
    ),
  },
  { key: "kind", heading: "Type", nowrap: true, cell: (audit) => audit.kind_label },
  {
    key: "period",
    heading: "Episodes ended",
    nowrap: true,
    cell: (audit) => dayRange(audit.period_from, audit.period_to),
  },
  { key: "lead", heading: "Lead", nowrap: true, cell: (audit) => audit.lead_name ?? <None>nobody yet</None> },
  {
    key: "state",
    heading: "State",
    nowrap: true,
    cell: (audit) => <Tag tone={auditState(audit.state).tone}>{auditState(audit.state).label}</Tag>,
  },
  { key: "done", heading: "Audited", nowrap: true, cell: (audit) => <Done progress={audit.progress} /> },
  {
    key: "due",
    heading: "Due",
    align: "right",
    nowrap: true,
    cell: (audit) =>
      audit.due_on ? audit.overdue ? <Tag tone="red">{day(audit.due_on)}, overdue</Tag> : day(audit.due_on) : <None />,
  },
];

const states = [
  { value: "open", label: "Open" },
  { value: "setting_up", label: "Being set up" },
  { value: "running", label: "Running" },
  { value: "correcting", label: "Being corrected" },
  { value: "signed", label: "Signed" },
  { value: "abandoned", label: "Abandoned" },
] as const;

export default function AuditsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const go = useNavigate();
  const may = useMay();
  const state = states.find((one) => one.value === search.state)?.value;
  const filter: AuditFilter = {
    kind: kinds.find((one) => one.value === search.kind)?.value,
    mine: search.mine === "yes" || undefined,
    words: search.words,
    ...(state === "open" ? { open: true } : { state }),
  };
  const audits = useInfiniteQuery(auditPages(filter));
  const rows = rowsOf(audits.data);
  const maySetUp = may("audit:set_up");
  const add = () => go({ to: "/audits/new" });
  useShortcut({ keys: "Alt+A", label: "Set up an audit", group: "Audits", enabled: maySetUp, onPress: add });
  const filtered = Boolean(search.state || search.kind || search.mine || search.words);

  return (
    <div className="cw-page">
      <PageHead
        title="Audits"
        sub="Samples of coded episodes, coded again and compared"
        actions={
          maySetUp ? (
            <Button look="primary" keys="Alt+A" onClick={add}>
              Set up an audit
            </Button>
          ) : undefined
        }
      />
      <FilterBar label="Filter the audits">
        <FilterSelect
          label="State"
          any="Any"
          value={state}
          options={states}
          onChange={(value) => navigate({ search: (now) => ({ ...now, state: value }) })}
        />
        <FilterSelect
          label="Type"
          any="Any"
          value={filter.kind}
          options={kinds}
          onChange={(value) => navigate({ search: (now) => ({ ...now, kind: value }) })}
        />
        <FilterSelect
          label="Auditor"
          any="Anybody"
          value={search.mine === "yes" ? "yes" : undefined}
          options={[{ value: "yes", label: "Me" }]}
          onChange={(value) => navigate({ search: (now) => ({ ...now, mine: value }) })}
        />
        <form
          className="cw-filter"
          onSubmit={(event) => {
            event.preventDefault();
            const words = String(new FormData(event.currentTarget).get("words") ?? "").trim();
            void navigate({ search: (now) => ({ ...now, words: words || undefined }) });
          }}
        >
          <label className="cw-filter__label" htmlFor="audit-words">
            Title or reference
          </label>
          <input
            id="audit-words"
            name="words"
            type="search"
            className="cw-input cw-input--compact"
            defaultValue={search.words}
            maxLength={100}
          />
        </form>
      </FilterBar>
      {audits.isPending ? <SkeletonRows label="Loading the audits" /> : null}
      {audits.isError ? <ErrorState error={audits.error} onRetry={() => audits.refetch()} /> : null}
      {audits.data && rows.length === 0 ? (
        filtered ? (
          <EmptyState title="No audit matches these filters" action={<Link to="/audits">Clear the filters</Link>} />
        ) : (
          <EmptyState title="No audit yet">
            <p>An auditor sets the first one up: what and why, which episodes, how many, and who audits.</p>
          </EmptyState>
        )
      ) : null}
      {rows.length > 0 ? (
        <>
          <DataTable caption="Audits, newest first" columns={columns} rows={rows} keyOf={(audit) => audit.audit_id} />
          <Pagination
            shown={rows.length}
            noun={rows.length === 1 ? "audit" : "audits"}
            hasMore={audits.hasNextPage}
            busy={audits.isFetchingNextPage}
            onMore={() => audits.fetchNextPage()}
          />
        </>
      ) : null}
    </div>
  );
}
