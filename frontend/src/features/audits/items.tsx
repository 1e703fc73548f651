// The episodes of an audit, in the random order of their draw. Never with codes: those open in the worksheet.
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { rowsOf } from "@/api/pages.ts";
import { None, Pagination, Tag, type Tone } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { Confirm } from "@/kit/confirm.tsx";
import { day, instantNear } from "@/kit/dates.ts";
import { TextField } from "@/kit/field.tsx";
import { FilterBar, FilterSelect } from "@/kit/filter-bar.tsx";
import { counted } from "@/kit/numbers.ts";
import { EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import type { Audit } from "@/parts/audit.ts";
import { type Item, itemPages, replaceItem } from "./data.ts";
import { statesOf } from "./words.ts";

const route = getRouteApi("/signed-in/audits/$auditId");

const tones: Partial<Record<Item["state"], Tone>> = {
  coding: "blue",
  comparing: "blue",
  decided: "green",
  with_coder: "amber",
  settled: "green",
  unsafe: "red",
};

export function Items({ audit }: { audit: Audit }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const states = statesOf(audit.kind);
  const external = audit.kind === "external";
  const state = states.find((one) => one.value === search.state)?.value;
  const mine = search.mine === "yes" || undefined;
  const items = useInfiniteQuery(itemPages(audit.audit_id, { state, mine }));
  const rows = rowsOf(items.data);
  const seconds = rows.filter((item) => item.second).length;
  const [replacing, setReplacing] = useState<Item | null>(null);
  const stratified = audit.sampling.method !== "simple" && !external;
  const columns: readonly Column<Item>[] = [
    {
      key: "no",
      heading: "No.",
      align: "right",
      width: "narrow",
      rowHeading: true,
      cell: (item) =>
        audit.can.work === true && item.state !== "replaced" ? (
          <Link
            to="/audits/$auditId/worksheet/$itemId"
            params={{ auditId: audit.audit_id, itemId: item.item_id }}
            aria-label={`Episode ${item.no}`}
          >
            {item.no}
          </Link>
        ) : (
          item.no
        ),
    },
    {
      key: "state",
      heading: "State",
      nowrap: true,
      cell: (item) => (
        <>
          <Tag tone={tones[item.state] ?? "grey"}>
            {states.find((one) => one.value === item.state)?.label ?? item.state_label}
          </Tag>{" "}
          {item.state_reason ? <span className="cw-quiet">{item.state_reason}</span> : null}
        </>
      ),
    },
    {
      key: "specialty",
      heading: "Specialty",
      width: "grow",
      cell: (item) => item.specialty_name ?? item.specialty_code ?? <None />,
    },
    { key: "ended", heading: "Ended", nowrap: true, align: "right", cell: (item) => day(item.ended_on) },
    ...(stratified
      ? [{ key: "stratum", heading: "Stratum", cell: (item: Item) => item.stratum ?? <None>hidden</None> }]
      : []),
    {
      key: "coder",
      heading: "Coder",
      nowrap: true,
      cell: (item) => (item.hidden ? <None>hidden</None> : (item.coder?.name ?? <None>not named</None>)),
    },
    {
      key: "auditor",
      heading: "Auditor",
      nowrap: true,
      cell: (item) => (
        <>
          {item.mine ? "you" : (item.auditor_name ?? <None>nobody yet</None>)}
          {item.second ? (
            <>
              {" "}
              <Tag>second audit</Tag>
            </>
          ) : null}
          {item.replaces_no ? <span className="cw-quiet"> in place of {item.replaces_no}</span> : null}
        </>
      ),
    },
    {
      key: "decided",
      heading: "Finished",
      align: "right",
      nowrap: true,
      cell: (item) => (item.decided_at ? instantNear(item.decided_at) : <None>not yet</None>),
    },
    {
      key: "act",
      heading: <span className="cw-hidden">Act</span>,
      width: "narrow",
      cell: (item) =>
        item.can.replace === true && !item.second ? (
          <Button small look="link" onClick={() => setReplacing(item)} aria-label={`Replace episode ${item.no}`}>
            Replace
          </Button>
        ) : null,
    },
  ];
  return (
    <>
      <FilterBar label="Filter the episodes">
        <FilterSelect
          label="State"
          any="Any"
          value={state}
          options={states}
          onChange={(value) => navigate({ search: (now) => ({ ...now, state: value }) })}
        />
        {external ? null : (
          <FilterSelect
            label="Auditor"
            any="Anybody"
            value={mine ? "yes" : undefined}
            options={[{ value: "yes", label: "Me" }]}
            onChange={(value) => navigate({ search: (now) => ({ ...now, mine: value }) })}
          />
        )}
      </FilterBar>
      {items.isPending ? <SkeletonRows label="Loading the episodes" /> : null}
      {items.isError ? <ErrorState error={items.error} onRetry={() => items.refetch()} /> : null}
      {items.data && rows.length === 0 ? <EmptyState title="No episode matches these filters" /> : null}
      {rows.length > 0 ? (
        <>
          <DataTable
            caption="Episodes of this audit"
            columns={columns}
            rows={rows}
            keyOf={(item) => item.item_id}
            toneOf={(item) => (item.state === "replaced" ? "quiet" : undefined)}
          />
          <Pagination
            shown={rows.length - seconds}
            noun={`${rows.length - seconds === 1 ? "episode" : "episodes"}${seconds > 0 ? ` and ${counted(seconds, "second audit")}` : ""}`}
            hasMore={items.hasNextPage}
            busy={items.isFetchingNextPage}
            onMore={() => items.fetchNextPage()}
          />
        </>
      ) : null}
      {replacing ? <Replace audit={audit} item={replacing} onClose={() => setReplacing(null)} /> : null}
    </>
  );
}

function Replace({ audit, item, onClose }: { audit: Audit; item: Item; onClose: () => void }) {
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const replace = useMutation({
    mutationFn: () => replaceItem(item, reason.trim()),
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ["list_audit_items", audit.audit_id] });
      void client.invalidateQueries({ queryKey: ["see_audit", audit.audit_id] });
      confirmDone(`Episode ${made.no} came in place of ${made.replaces_no}`);
      onClose();
    },
  });
  return (
    <Confirm
      title={`Replace episode ${item.no}?`}
      act="Replace"
      busy={replace.isPending}
      error={replace.error}
      refusal={reason.trim().length < 3 ? "Say why" : null}
      onAct={() => replace.mutate()}
      onClose={onClose}
    >
      <p>
        It leaves the sample and the next ticket of its stratum comes in its place. Nobody chooses which. The reason
        stands in the report. What was typed for it is lost.
      </p>
      <TextField label="Why" value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
    </Confirm>
  );
}
