// Figures from audit to audit, and whether a follow-up shows a change: "no evidence of change" is an answer.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Mono, Tag } from "@/kit/bits.tsx";
import { dayRange } from "@/kit/dates.ts";
import { EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import { type Change, effectQuery, type Results, type Trend, trendQuery } from "./data.ts";
import { Share } from "./figure.tsx";

type Point = Trend["points"][number];

const tones = { better: "green", worse: "red", no_evidence: "grey" } as const;
const words = { better: "better", worse: "worse", no_evidence: "no evidence of change" } as const;
const points = (share: number) => `${share > 0 ? "+" : share < 0 ? "−" : ""}${Math.abs(share * 100).toFixed(1)}`;

const changeColumns: readonly Column<Change>[] = [
  { key: "what", heading: "Class", rowHeading: true, cell: (row) => row.label },
  {
    key: "before",
    heading: "Before",
    nowrap: true,
    cell: (row) => (row.before ? <Share figure={row.before} /> : null),
  },
  { key: "after", heading: "After", nowrap: true, cell: (row) => (row.after ? <Share figure={row.after} /> : null) },
  {
    key: "difference",
    heading: "Difference, in points",
    nowrap: true,
    cell: (row) =>
      row.difference === null ? (
        <span className="cw-quiet">not applicable</span>
      ) : (
        <>
          <b>{points(row.difference)}</b>{" "}
          <span className="re-interval">
            {points(row.low ?? 0)} to {points(row.high ?? 0)}
          </span>
        </>
      ),
  },
  {
    key: "said",
    heading: "What it says",
    nowrap: true,
    cell: (row) => (row.said ? <Tag tone={tones[row.said]}>{words[row.said]}</Tag> : null),
  },
];

export function Changes({ caption, changes }: { caption: string; changes: readonly Change[] }) {
  return (
    <DataTable
      caption={caption}
      captionShown
      columns={changeColumns}
      rows={changes}
      keyOf={(row) => row.key}
      sticky={false}
    />
  );
}

export function TrendPanel({ results, by, of }: { results: Results; by: Trend["by"]; of: string | undefined }) {
  const trend = useQuery(trendQuery(results.audit_id, by, of));
  const effect = useQuery(effectQuery(results.audit_id));
  const named =
    by === "kind"
      ? `${results.kind_label} audits`
      : (results.groups[by].find((group) => group.key === of)?.label ?? "One group");
  const columns: readonly Column<Point>[] = [
    {
      key: "audit",
      heading: "Audit",
      rowHeading: true,
      cell: (row) => (
        <Link to="/audits/$auditId/results" params={{ auditId: row.audit_id }} search={{}}>
          <Mono>{row.reference}</Mono> {row.title}
        </Link>
      ),
    },
    { key: "period", heading: "Episodes ended", nowrap: true, cell: (row) => dayRange(row.period_from, row.period_to) },
    {
      key: "signed",
      heading: "State",
      nowrap: true,
      cell: (row) =>
        row.signed_version === null ? <Tag tone="amber">not signed</Tag> : <Tag tone="green">signed</Tag>,
    },
    ...results.headline.classes.map((one) => ({
      key: one.code_class,
      heading: one.label,
      nowrap: true,
      cell: (row: Point) => {
        const found = row.classes.find((each) => each.code_class === one.code_class);
        return found ? <Share figure={found.correct} /> : null;
      },
    })),
    {
      key: "all",
      heading: "All correct",
      nowrap: true,
      cell: (row) => (row.all_correct ? <Share figure={row.all_correct} /> : null),
    },
  ];
  return (
    <div className="cw-stack">
      {trend.isPending ? <SkeletonRows rows={3} /> : null}
      {trend.isError ? <ErrorState error={trend.error} onRetry={() => trend.refetch()} /> : null}
      {trend.data ? (
        <section className="cw-stack" aria-labelledby="trend-title">
          <h2 id="trend-title">{named}, from audit to audit</h2>
          {by === "kind" ? null : (
            <p>
              <Link to="/audits/$auditId/results" params={{ auditId: results.audit_id }} search={{ tab: "trend" }}>
                See all audits of this type
              </Link>
            </p>
          )}
          {trend.data.points.length === 0 ? (
            <EmptyState title="No signed audit to stand beside this one" />
          ) : (
            <DataTable
              caption={named}
              columns={columns}
              rows={trend.data.points}
              keyOf={(row) => row.audit_id}
              sticky={false}
            />
          )}
          {trend.data.changes.length > 0 ? (
            <Changes caption="From the last but one to the last" changes={trend.data.changes} />
          ) : null}
          <ul>
            {trend.data.said.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </section>
      ) : null}
      <section className="cw-stack" aria-labelledby="effect-title">
        <h2 id="effect-title">Did it help?</h2>
        {effect.isPending ? <SkeletonRows rows={3} /> : null}
        {effect.isError ? <ErrorState error={effect.error} onRetry={() => effect.refetch()} /> : null}
        {effect.data?.pairs.length === 0 ? <p>No follow-up audit has been drawn yet, so nobody can say.</p> : null}
        {effect.data?.pairs.map((pair) => (
          <div key={`${pair.before_audit_id} ${pair.after_audit_id}`}>
            <Changes caption={`${pair.before_title}, and then ${pair.after_title}`} changes={pair.changes} />
            <ul>
              {pair.said.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          </div>
        ))}
      </section>
    </div>
  );
}
