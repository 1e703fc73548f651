// The codes behind a figure, and one episode's two lists side by side.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { rowsOf } from "@/api/pages.ts";
import { Mono, None, Pagination, Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { day } from "@/kit/dates.ts";
import { Dialog } from "@/kit/dialog.tsx";
import { FilterBar, FilterSelect } from "@/kit/filter-bar.tsx";
import { count, counted } from "@/kit/numbers.ts";
import { EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import {
  comparedQuery,
  type Position,
  type PositionFilter,
  positionCountQuery,
  positionPages,
  type Results,
} from "./data.ts";

const outcomes = [
  { value: "error", label: "Counted errors" },
  { value: "discrepancy", label: "All discrepancies" },
  { value: "wrong", label: "Wrong" },
  { value: "omitted", label: "Omitted" },
  { value: "not_required", label: "Not required" },
  { value: "agreed", label: "Agreed" },
  { value: "trust", label: "All the Trust's codes" },
  { value: "auditor", label: "All the auditor's codes" },
] as const;

const whose = [
  { value: "coder", label: "Coder" },
  { value: "non_coder", label: "Non-coder" },
  { value: "undetermined", label: "Not attributed yet" },
] as const;

const changes: Record<Position["outcome"], { word: string; tone: "grey" | "blue" | "amber" | "red" }> = {
  agreed: { word: "agreed", tone: "grey" },
  wrong: { word: "changed", tone: "amber" },
  omitted: { word: "added", tone: "blue" },
  not_required: { word: "removed", tone: "grey" },
  withdrawn: { word: "taken back", tone: "grey" },
  unsafe: { word: "unsafe to audit", tone: "red" },
};

function Code({ code }: { code: Position["trust"] }) {
  if (!code) return null;
  return (
    <span className="re-code">
      <Mono>{code.dotted}</Mono> {code.title ?? <None>not in the edition of that day</None>}
      {code.on ? <span className="cw-quiet"> {day(code.on)}</span> : null}
    </span>
  );
}

const sides: readonly Column<Position>[] = [
  { key: "auditor", heading: "Auditor", cell: (row) => <Code code={row.auditor} /> },
  { key: "trust", heading: "Trust's coding", cell: (row) => <Code code={row.trust} /> },
  {
    key: "change",
    heading: "Change",
    nowrap: true,
    cell: (row) => <Tag tone={changes[row.outcome].tone}>{row.moved ? "moved" : changes[row.outcome].word}</Tag>,
  },
  {
    key: "finding",
    heading: "Finding",
    cell: (row) =>
      row.error_label ? (
        <>
          {row.code_class_label}: {row.error_label.toLowerCase()}
          {row.counted ? null : <span className="cw-quiet"> (not counted)</span>}
        </>
      ) : null,
  },
  {
    key: "whose",
    heading: "Attribution and standard",
    cell: (row) =>
      row.error_type ? (
        <>
          {row.attribution_label}
          {row.reason ? `, ${row.reason.toLowerCase()}` : ""} {row.standards.join(", ")}
        </>
      ) : null,
  },
];

export function Codes({
  results,
  filter,
  onFilter,
  onOpen,
}: {
  results: Results;
  filter: PositionFilter;
  onFilter: (change: Partial<PositionFilter>) => void;
  onOpen: (itemId: string) => void;
}) {
  const positions = useInfiniteQuery(positionPages(results.audit_id, filter));
  const total = useQuery(positionCountQuery(results.audit_id, filter));
  const rows = rowsOf(positions.data);
  const groups = (["coder", "specialty", "auditor", "stratum"] as const).map((by) => ({
    by,
    label: { coder: "Coder", specialty: "Specialty", auditor: "Auditor", stratum: "Stratum" }[by],
    options: results.groups[by].map((group) => ({ value: group.key, label: group.label })),
  }));
  const kinds = [...new Map(results.errors.map((one) => [one.error_type, one.label]))].map(([value, label]) => ({
    value,
    label,
  }));
  const chosen = [
    ...(filter.standard
      ? [{ key: "standard", label: `Standard: ${filter.standard}`, onRemove: () => onFilter({ standard: undefined }) }]
      : []),
    ...(filter.reason
      ? [
          {
            key: "reason",
            label: `Reason: ${results.reasons.find((one) => one.key === filter.reason)?.label ?? filter.reason}`,
            onRemove: () => onFilter({ reason: undefined }),
          },
        ]
      : []),
    ...(filter.decision
      ? [{ key: "decision", label: `Proposals ${filter.decision}`, onRemove: () => onFilter({ decision: undefined }) }]
      : []),
    ...(filter.unsafe !== undefined || filter.non_coder_counts !== undefined
      ? [
          {
            key: "way",
            label: "Another way of counting",
            onRemove: () => onFilter({ unsafe: undefined, non_coder_counts: undefined }),
          },
        ]
      : []),
  ];
  const columns: readonly Column<Position>[] = [
    {
      key: "episode",
      heading: "Episode",
      nowrap: true,
      rowHeading: true,
      cell: (row) => (
        <button type="button" className="cw-button cw-button--link" onClick={() => onOpen(row.item_id)}>
          {row.item_no}
          <span className="cw-hidden">: both lists side by side</span>
        </button>
      ),
    },
    ...sides,
    { key: "coder", heading: "Coder", cell: (row) => row.coder_name },
  ];
  return (
    <>
      <FilterBar label="Filter the codes" chosen={chosen}>
        <FilterSelect
          label="Class"
          any="Any"
          value={filter.code_class ?? undefined}
          options={results.headline.classes.map((one) => ({ value: one.code_class, label: one.label }))}
          onChange={(value) => onFilter({ code_class: value as PositionFilter["code_class"] })}
        />
        <FilterSelect
          label="Which codes"
          any="Any"
          value={filter.outcome ?? undefined}
          options={outcomes}
          onChange={(value) => onFilter({ outcome: value as PositionFilter["outcome"] })}
        />
        <FilterSelect
          label="Error"
          any="Any"
          value={filter.error_type ?? undefined}
          options={kinds}
          onChange={(value) => onFilter({ error_type: value as PositionFilter["error_type"] })}
        />
        <FilterSelect
          label="Whose"
          any="Anybody's"
          value={filter.attribution ?? undefined}
          options={whose}
          onChange={(value) => onFilter({ attribution: value as PositionFilter["attribution"] })}
        />
        {groups.map(({ by, label, options }) =>
          options.length > 1 || filter[by] ? (
            <FilterSelect
              key={by}
              label={label}
              any="Any"
              value={filter[by] ?? undefined}
              options={options}
              onChange={(value) => onFilter({ [by]: value })}
            />
          ) : null,
        )}
      </FilterBar>
      {positions.isPending ? <SkeletonRows /> : null}
      {positions.isError ? <ErrorState error={positions.error} onRetry={() => positions.refetch()} /> : null}
      {positions.data && rows.length === 0 ? <EmptyState title="No code is like that" /> : null}
      {rows.length > 0 ? (
        <>
          <p aria-live="polite">
            {total.data
              ? `${counted(total.data.count, "code")} of ${counted(total.data.episodes, "episode")}`
              : "Counting"}
          </p>
          <DataTable
            caption="Codes behind the figure"
            columns={columns}
            rows={rows}
            keyOf={(row) => `${row.item_id} ${row.no}`}
          />
          <Pagination
            shown={rows.length}
            total={total.data ? count(total.data.count) : undefined}
            noun="codes"
            hasMore={positions.hasNextPage}
            busy={positions.isFetchingNextPage}
            onMore={() => positions.fetchNextPage()}
          />
        </>
      ) : null}
    </>
  );
}

/** Both lists of one audited episode, line by line. */
export function ComparedEpisode({
  auditId,
  itemId,
  onClose,
}: {
  auditId: string;
  itemId: string;
  onClose: () => void;
}) {
  const episode = useQuery(comparedQuery(auditId, itemId));
  const found = episode.data;
  return (
    <Dialog
      title={found ? `Episode ${found.no}, both lists` : "Both lists"}
      size="large"
      onClose={onClose}
      foot={<Button onClick={onClose}>Close</Button>}
    >
      {episode.isPending ? <SkeletonRows rows={5} /> : null}
      {episode.isError ? <ErrorState error={episode.error} onRetry={() => episode.refetch()} /> : null}
      {found ? (
        <>
          <p className="cw-quiet">
            Ended {day(found.ended_on)} · {found.specialty ?? "specialty not known"} · coded by {found.coder_name} ·
            audited by {found.auditor_name} · HRG{" "}
            {found.hrg_before ? `${found.hrg_before} before, ${found.hrg_after} after` : "not grouped"}
          </p>
          {found.unsafe_reason === null ? (
            <DataTable
              caption={`Codes of episode ${found.no}`}
              columns={sides}
              rows={found.positions}
              keyOf={(row) => String(row.no)}
              sticky={false}
            />
          ) : (
            <p>
              <Tag tone="red">unsafe to audit</Tag> {found.unsafe_reason}
            </p>
          )}
          {found.positions
            .filter((row) => row.comment !== "")
            .map((row) => (
              <p key={row.no}>
                <Mono>{(row.auditor ?? row.trust)?.dotted}</Mono> {row.comment}
              </p>
            ))}
          {found.comment ? <p>{found.comment}</p> : null}
        </>
      ) : null}
    </Dialog>
  );
}
