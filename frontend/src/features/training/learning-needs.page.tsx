// What coders are to learn, found in signed audits, and the standards that are missed most.
import "./training.scss";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "@/api/me.ts";
import { rowsOf } from "@/api/pages.ts";
import { None, PageHead, Pagination, Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { DateField } from "@/kit/date-field.tsx";
import { day, londonDay } from "@/kit/dates.ts";
import { FilterBar, FilterSelect } from "@/kit/filter-bar.tsx";
import { count, counted, interval, measured } from "@/kit/numbers.ts";
import { EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import { Tabs } from "@/kit/tabs.tsx";
import { choicesOf, yearTo } from "./choices.ts";
import { Codes } from "./codes.tsx";
import {
  codersQuery,
  type Missed,
  missedStandardsQuery,
  myNeedPages,
  type Need,
  needPages,
  specialtiesQuery,
} from "./data.ts";
import { NeedDialog } from "./need.dialog.tsx";
import { classes, needStates } from "./words.ts";

const route = getRouteApi("/signed-in/learning-needs");

export default function LearningNeedsPage() {
  const may = useMay();
  const all = may("learning_need:list");
  const own = may("finding:reply");
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/learning-needs" });
  const go = (to: Partial<typeof search>) => void navigate({ search: { ...search, ...to }, replace: true });
  const tabs = [
    ...(all
      ? [
          { key: "needs", label: "Needs", panel: <Needs /> },
          { key: "standards", label: "Top standards missed", panel: <Standards /> },
        ]
      : []),
    ...(own ? [{ key: "mine", label: "My own", panel: <Mine /> }] : []),
  ];
  return (
    <div className="cw-page">
      <PageHead
        title="Learning needs"
        sub="From findings of signed audits: what the coder could have known, and a standard says"
      />
      {tabs.length === 1 ? (
        tabs[0]?.panel
      ) : (
        <Tabs
          label="Learning needs"
          tabs={tabs}
          open={search.tab ?? tabs[0]?.key ?? ""}
          onOpen={(tab) => go({ tab: tab as NonNullable<typeof search.tab> })}
        />
      )}
    </div>
  );
}

function needColumns(withCoder: boolean, onOpen?: (need: Need) => void): readonly Column<Need>[] {
  return [
    {
      key: "standard",
      heading: "Standard",
      rowHeading: true,
      cell: (need) => (
        <>
          {need.standard || <None>none cited</None>}{" "}
          {need.standard_title ? <span className="cw-quiet cw-small">{need.standard_title}</span> : null}
        </>
      ),
    },
    ...(withCoder
      ? [{ key: "coder", heading: "Coder", nowrap: true, cell: (need: Need) => need.coder_name } as Column<Need>]
      : []),
    { key: "class", heading: "Class", nowrap: true, cell: (need) => need.class_label },
    { key: "error", heading: "Error", cell: (need) => need.error_label },
    { key: "times", heading: "Times", align: "right", cell: (need) => count(need.findings) },
    { key: "codes", heading: "Codes", width: "grow", cell: (need) => <Codes need={need} /> },
    { key: "last", heading: "Last found", nowrap: true, cell: (need) => day(need.last_on) },
    {
      key: "state",
      heading: "Stands",
      nowrap: true,
      cell: (need) => <Tag tone={needStates[need.state].tone}>{needStates[need.state].label}</Tag>,
    },
    ...(onOpen
      ? [
          {
            key: "act",
            heading: <span className="cw-hidden">Act</span>,
            width: "narrow",
            cell: (need: Need) => (
              <Button
                small
                aria-label={`Open ${need.standard || "the need"} of ${need.coder_name}`}
                onClick={() => onOpen(need)}
              >
                Open
              </Button>
            ),
          } as Column<Need>,
        ]
      : []),
  ];
}

const states = (Object.keys(needStates) as Need["state"][]).map((state) => ({
  value: state,
  label: needStates[state].label,
}));

function Needs() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/learning-needs" });
  const go = (to: Partial<typeof search>) => void navigate({ search: { ...search, ...to }, replace: true });
  const filter = {
    state: search.state,
    code_class: search.klass,
    coder_id: search.coder,
    standard: search.standard,
  };
  const needs = useInfiniteQuery(needPages(filter));
  const rows: Need[] = rowsOf<Need>(needs.data);
  const coded = useQuery(codersQuery(yearTo(londonDay(Date.now()))));
  const missed = useQuery(missedStandardsQuery({}));
  const coders = choicesOf(
    [
      ...rows.map((need) => ({ value: need.coder_id, label: need.coder_name })),
      ...(coded.data?.items ?? []).map((one) => ({ value: one.person_id ?? "", label: one.name ?? "" })),
    ],
    search.coder,
    "The coder chosen",
  );
  const standards = choicesOf(
    [...rows, ...(missed.data?.items ?? [])].map(({ standard }) => ({ value: standard, label: standard })),
    search.standard,
  );
  const [openId, setOpenId] = useState<string | null>(null);
  const open = rows.find((need) => need.need_id === openId);
  return (
    <div className="cw-stack">
      <FilterBar>
        <FilterSelect
          label="Stands"
          any="all but withdrawn"
          value={search.state}
          options={states}
          onChange={(state) => go({ state: state as Need["state"] | undefined } as Partial<typeof search>)}
        />
        <FilterSelect
          label="Coder"
          any="any"
          value={search.coder}
          options={coders}
          onChange={(coder) => go({ coder } as Partial<typeof search>)}
        />
        <FilterSelect
          label="Standard"
          any="any"
          value={search.standard}
          options={standards}
          onChange={(standard) => go({ standard } as Partial<typeof search>)}
        />
        <FilterSelect
          label="Class"
          any="any"
          value={search.klass}
          options={classes}
          onChange={(klass) => go({ klass: klass as Need["code_class"] | undefined } as Partial<typeof search>)}
        />
      </FilterBar>
      {needs.isPending ? <SkeletonRows label="Loading learning needs" /> : null}
      {needs.isError ? <ErrorState error={needs.error} onRetry={() => needs.refetch()} /> : null}
      {needs.isSuccess && rows.length === 0 ? (
        <EmptyState title="There is no such learning need">
          <p>Each finding that is the coder’s raises one as soon as its audit is signed.</p>
        </EmptyState>
      ) : null}
      {rows.length > 0 ? (
        <>
          <DataTable
            caption="Learning needs, the most often found first"
            columns={needColumns(true, (need) => setOpenId(need.need_id))}
            rows={rows}
            keyOf={(need) => need.need_id}
          />
          <Pagination
            shown={rows.length}
            noun="needs"
            hasMore={needs.hasNextPage}
            busy={needs.isFetchingNextPage}
            onMore={() => void needs.fetchNextPage()}
          />
        </>
      ) : null}
      {open ? <NeedDialog key={open.version} need={open} onClose={() => setOpenId(null)} /> : null}
    </div>
  );
}

function Mine() {
  const needs = useInfiniteQuery(myNeedPages(undefined));
  const rows: Need[] = rowsOf<Need>(needs.data);
  return (
    <div className="cw-stack">
      {needs.isPending ? <SkeletonRows label="Loading your learning needs" /> : null}
      {needs.isError ? <ErrorState error={needs.error} onRetry={() => needs.refetch()} /> : null}
      {needs.isSuccess && rows.length === 0 ? (
        <EmptyState title="No learning need of yours is known">
          <p>Findings of signed audits come here: the standard, your codes and what they should have been.</p>
        </EmptyState>
      ) : null}
      {rows.length > 0 ? (
        <>
          <DataTable
            caption="My learning needs, the most often found first"
            columns={needColumns(false)}
            rows={rows}
            keyOf={(need) => need.need_id}
          />
          <Pagination
            shown={rows.length}
            noun="needs"
            hasMore={needs.hasNextPage}
            busy={needs.isFetchingNextPage}
            onMore={() => void needs.fetchNextPage()}
          />
        </>
      ) : null}
    </div>
  );
}

const missedColumns: readonly Column<Missed>[] = [
  {
    key: "standard",
    heading: "Standard",
    rowHeading: true,
    width: "grow",
    cell: (one) => (
      <>
        {one.standard || <None>none cited</None>} {one.title ? <span className="cw-quiet">{one.title}</span> : null}
      </>
    ),
  },
  { key: "findings", heading: "Findings", align: "right", cell: (one) => count(one.findings) },
  { key: "of", heading: "Of codes compared", align: "right", cell: (one) => count(one.of) },
  {
    key: "share",
    heading: "Share",
    align: "right",
    nowrap: true,
    cell: (one) => <span className={one.small ? "tr-small" : undefined}>{measured(one.share)}</span>,
  },
  {
    key: "interval",
    heading: "95 % interval",
    align: "right",
    nowrap: true,
    cell: (one) => (
      <span className={one.small ? "tr-small" : undefined}>
        {interval(one.low, one.high)}
        {one.small ? " (few)" : ""}
      </span>
    ),
  },
  { key: "episodes", heading: "Episodes", align: "right", cell: (one) => count(one.episodes) },
  { key: "coders", heading: "Coders", align: "right", cell: (one) => count(one.coders) },
  {
    key: "errors",
    heading: "How",
    cell: (one) => one.errors.map((error) => `${error.label} ×${error.times}`).join(", "),
  },
];

function Standards() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/learning-needs" });
  const go = (to: Record<string, string | undefined>) =>
    void navigate({ search: { ...search, ...to } as typeof search, replace: true });
  const filter = {
    signed_from: search.from,
    signed_to: search.to,
    specialty: search.specialty,
    code_class: search.klass,
  };
  const missed = useQuery(missedStandardsQuery(filter));
  const found = missed.data;
  const coded = useQuery(specialtiesQuery(yearTo(londonDay(Date.now()))));
  const specialties = choicesOf(
    (coded.data?.items ?? []).map(({ code, name }) => ({ value: code, label: name ? `${name} (${code})` : code })),
    search.specialty,
  );
  return (
    <div className="cw-stack">
      <FilterBar>
        <DateField
          label="Signed from"
          value={search.from ?? ""}
          onSettled={(from) => go({ from: from || undefined })}
        />
        <DateField label="to" value={search.to ?? ""} onSettled={(to) => go({ to: to || undefined })} />
        <FilterSelect
          label="Class"
          any="any"
          value={search.klass}
          options={classes}
          onChange={(klass) => go({ klass })}
        />
        <FilterSelect
          label="Specialty"
          any="any"
          value={search.specialty}
          options={specialties}
          onChange={(specialty) => go({ specialty })}
        />
      </FilterBar>
      {missed.isPending ? <SkeletonRows label="Counting the standards missed" /> : null}
      {missed.isError ? <ErrorState error={missed.error} onRetry={() => missed.refetch()} /> : null}
      {found ? (
        <p className="tr-facts">
          <span>
            Audits signed {day(found.signed_from)} to {day(found.signed_to)}: <b>{counted(found.audits, "audit")}</b>
          </span>
          <span>
            <b>{count(found.findings)}</b> coder findings in {counted(found.episodes, "episode")} and{" "}
            {counted(found.codes, "code")} compared
          </span>
          <span className="cw-quiet">Targeted samples speak of what was audited, not of the Trust.</span>
        </p>
      ) : null}
      {found && found.items.length === 0 ? (
        <EmptyState title="No standard was missed">
          <p>
            No audit signed in this period has a finding that is the coder’s. See the <Link to="/audits">audits</Link>.
          </p>
        </EmptyState>
      ) : null}
      {found && found.items.length > 0 ? (
        <DataTable
          caption="Standards missed most"
          columns={missedColumns}
          rows={found.items}
          keyOf={(one) => one.standard}
        />
      ) : null}
    </div>
  );
}
