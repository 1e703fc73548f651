// The rules that codes are checked against, and this Trust's own changes to them.
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { rowsOf } from "@/api/pages.ts";
import { Mono, None, PageHead, Pagination, Tag } from "@/kit/bits.tsx";
import { FilterBar, FilterSelect } from "@/kit/filter-bar.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import { type Rule, rulePages } from "./data.ts";
import { readable } from "./readable.ts";
import { RuleDialog } from "./rule-dialog.tsx";
import { families, familyLabel, SeverityTag, severities } from "./words.tsx";

const route = getRouteApi("/signed-in/check-rules");

const columns: readonly Column<Rule>[] = [
  {
    key: "rule",
    heading: "Rule",
    width: "narrow",
    nowrap: true,
    cell: (rule) => <Mono>{rule.rule_id}</Mono>,
  },
  { key: "severity", heading: "Severity", width: "narrow", cell: (rule) => <SeverityTag severity={rule.severity} /> },
  {
    key: "title",
    heading: "What it says",
    rowHeading: true,
    width: "grow",
    cell: (rule) => (
      <>
        <Link to="/check-rules" search={(now) => ({ ...now, rule: rule.rule_id })}>
          {readable(rule.title)}
        </Link>
        <div className="cw-quiet">{readable(rule.message)}</div>
      </>
    ),
  },
  { key: "family", heading: "Family", cell: (rule) => familyLabel(rule.family) },
  {
    key: "reference",
    heading: "Reference",
    cell: (rule) =>
      rule.national_ref ? (
        <>
          {rule.national_ref}
          {rule.national_ref_verified ? null : <div className="cw-quiet">not verified</div>}
        </>
      ) : (
        <None />
      ),
  },
  {
    key: "state",
    heading: "Here",
    cell: (rule) => (
      <span className="cw-row">
        {rule.enabled ? null : <Tag>switched off</Tag>}
        {rule.edited ? <Tag tone="blue">edited here</Tag> : null}
        {rule.edited?.on_older_version ? <Tag tone="amber">look again</Tag> : null}
        {rule.enabled && !rule.edited ? <span className="cw-quiet">as shipped</span> : null}
      </span>
    ),
  },
];

export default function CheckRulesPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const family = families.find((each) => each.value === search.family)?.value;
  const rules = useInfiniteQuery(
    rulePages({
      q: search.q,
      family,
      severity: search.severity,
      enabled: search.here === "off" ? false : undefined,
      edited: search.here === "edited" ? true : undefined,
    }),
  );
  const rows = rowsOf(rules.data);
  const [words, setWords] = useState(search.q ?? "");
  useEffect(() => {
    const timer = setTimeout(() => {
      if ((search.q ?? "") !== words.trim()) {
        void navigate({ search: (now) => ({ ...now, q: words.trim() || undefined }), replace: true });
      }
    }, 250);
    return () => clearTimeout(timer);
  }, [words, search.q, navigate]);

  return (
    <div className="cw-page">
      <PageHead title="Check rules" sub="What live checks say while an episode is coded, and at submission" />
      <FilterBar>
        <label className="cw-filter">
          <span className="cw-filter__label">Words or rule</span>
          <input
            type="search"
            className="cw-input cw-input--compact"
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
        </label>
        <FilterSelect
          label="Family"
          any="Any"
          value={search.family}
          options={families}
          onChange={(value) => navigate({ search: (now) => ({ ...now, family: value }) })}
        />
        <FilterSelect
          label="Severity"
          any="Any"
          value={search.severity}
          options={severities}
          onChange={(value) => navigate({ search: (now) => ({ ...now, severity: value as typeof search.severity }) })}
        />
        <FilterSelect
          label="In this Trust"
          any="All"
          value={search.here}
          options={[
            { value: "edited", label: "Edited here" },
            { value: "off", label: "Switched off" },
          ]}
          onChange={(value) => navigate({ search: (now) => ({ ...now, here: value as typeof search.here }) })}
        />
      </FilterBar>
      {rules.isPending ? <SkeletonRows /> : null}
      {rules.isError ? <ErrorState error={rules.error} onRetry={() => rules.refetch()} /> : null}
      {rules.data && rows.length === 0 ? (
        <EmptyState title="No rule fits these filters">
          <p>Use other words, or take a filter away.</p>
        </EmptyState>
      ) : null}
      {rows.length > 0 ? (
        <>
          <DataTable
            caption="Check rules"
            columns={columns}
            rows={rows}
            keyOf={(rule) => rule.rule_id}
            toneOf={(rule) => (rule.enabled ? undefined : "quiet")}
          />
          <Pagination
            shown={rows.length}
            noun={rows.length === 1 ? "rule" : "rules"}
            hasMore={rules.hasNextPage}
            busy={rules.isFetchingNextPage}
            onMore={() => rules.fetchNextPage()}
          />
        </>
      ) : null}
      {search.rule ? (
        <RuleDialog
          key={search.rule}
          ruleId={search.rule}
          onClose={() => navigate({ search: (now) => ({ ...now, rule: undefined }) })}
        />
      ) : null}
    </div>
  );
}
