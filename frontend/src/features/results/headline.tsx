// The four classes: totals, share correct with its interval against the thresholds, and verdicts.
import { Link } from "@tanstack/react-router";
import { Details, Tag } from "@/kit/bits.tsx";
import { aimed, count } from "@/kit/numbers.ts";
import { type Column, DataTable } from "@/kit/table.tsx";
import type { ClassFigures, PositionFilter, Results, Treatment } from "./data.ts";
import { RangeBar, Share } from "./figure.tsx";
import { scaleFrom, verdictOf, withPrimary } from "./words.ts";

/** A whole number that leads to the codes that make it up. */
export function Behind({ auditId, n, filter }: { auditId: string; n: number; filter: PositionFilter }) {
  if (n === 0) return <>0</>;
  return (
    <Link to="/audits/$auditId/results" params={{ auditId }} search={{ tab: "codes", ...filter }}>
      {count(n)}
    </Link>
  );
}

export function Headline({ results }: { results: Results }) {
  const way = results.headline;
  return (
    <>
      <ClassTable results={results} way={way} caption="Accuracy by class" />
      <dl className="re-totals">
        <div>
          <dt>Episodes without a counted error</dt>
          <dd>
            <Share figure={way.all_correct} strong />{" "}
            <span className="cw-quiet">
              {count(way.all_correct.counted)} of {count(way.all_correct.of)}
            </span>
          </dd>
        </div>
        <div>
          <dt>Unsafe to audit</dt>
          <dd>
            <Share figure={results.unsafe.share} strong />{" "}
            <span className="cw-quiet">
              {count(results.unsafe.share.counted)} of {count(results.unsafe.share.of)} looked at
            </span>
          </dd>
        </div>
        <div>
          <dt>Discrepancies</dt>
          <dd>
            <b>{count(results.totals.discrepancies)}</b>
          </dd>
        </div>
        <div>
          <dt>Counted as errors by the methodology</dt>
          <dd>
            <b>{count(results.totals.errors)}</b>{" "}
            <span className="cw-quiet">
              {count(results.totals.coder)} the coder's, {count(results.totals.non_coder)} not
            </span>
          </dd>
        </div>
        {way.levels.map((level) => {
          const said = verdictOf(level);
          return (
            <div key={level.key}>
              <dt>{level.name}</dt>
              <dd>
                {level.met === null
                  ? "nothing to go by"
                  : level.met
                    ? "every class reaches it"
                    : "not every class reaches it"}
                ; the intervals say <Tag tone={said.tone}>{said.word}</Tag>
              </dd>
            </div>
          );
        })}
      </dl>
      <Details summary="The other ways of counting">
        <div className="cw-stack">
          {results.treatments
            .filter((other) => !other.used)
            .map((other) => (
              <ClassTable key={other.label} results={results} way={other} caption={other.label} shown />
            ))}
        </div>
      </Details>
      <Details summary="What was counted, and how">
        <p>
          <b>{way.label}.</b> That is what methodology {results.rules.methodology_key}, version{" "}
          {results.rules.methodology_version}, asks for.
          {results.rules.regime ? ` Thresholds: ${results.rules.regime}.` : ""}
        </p>
        <ul>
          {results.rules.said.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </Details>
    </>
  );
}

function ClassTable({
  results,
  way,
  caption,
  shown,
}: {
  results: Results;
  way: Treatment;
  caption: string;
  shown?: boolean;
}) {
  const needed = way.classes.flatMap((row) => row.levels.flatMap((level) => level.needed ?? []));
  const from = scaleFrom(
    way.classes.map((row) => row.correct),
    needed,
  );
  const treatment: PositionFilter = way.used ? {} : { unsafe: way.unsafe, non_coder_counts: way.non_coder_counts };
  const of = (row: ClassFigures, outcome: PositionFilter["outcome"], n: number, more: PositionFilter = {}) => (
    <Behind auditId={results.audit_id} n={n} filter={{ code_class: row.code_class, outcome, ...treatment, ...more }} />
  );
  const columns: readonly Column<ClassFigures>[] = [
    { key: "class", heading: "Class", rowHeading: true, nowrap: true, cell: (row) => row.label },
    { key: "trust", heading: "Trust", align: "right", cell: (row) => of(row, "trust", row.trust_n) },
    { key: "auditor", heading: "Auditor", align: "right", cell: (row) => of(row, "auditor", row.auditor_n) },
    { key: "agreed", heading: "Agreed", align: "right", cell: (row) => of(row, "agreed", row.agreed) },
    {
      key: "errors",
      heading: "Errors",
      align: "right",
      cell: (row) => {
        const elsewhere = withPrimary(row.code_class, results);
        return (
          <>
            {of(row, "error", row.errors)}
            {elsewhere > 0 ? <span className="re-needed">{count(elsewhere)} counted with the primary</span> : null}
          </>
        );
      },
    },
    {
      key: "coder",
      heading: "Coder",
      align: "right",
      cell: (row) => of(row, "error", row.coder, { attribution: "coder" }),
    },
    {
      key: "non_coder",
      heading: "Non-coder",
      align: "right",
      cell: (row) => of(row, "error", row.non_coder, { attribution: "non_coder" }),
    },
    { key: "over", heading: "Not required", align: "right", cell: (row) => of(row, "not_required", row.not_required) },
    { key: "correct", heading: "Correct", nowrap: true, cell: (row) => <Share figure={row.correct} strong stacked /> },
    {
      key: "bar",
      heading: `${(from * 100).toFixed(0)} to 100 %`,
      cell: (row) => (
        <RangeBar
          figure={row.correct}
          from={from}
          label={row.label}
          needed={row.levels.flatMap((level) =>
            level.needed === null ? [] : [{ share: level.needed, name: level.name }],
          )}
        />
      ),
    },
    ...(way.classes[0]?.levels ?? []).map((level) => ({
      key: `level-${level.key}`,
      heading: level.name,
      nowrap: true,
      cell: (row: ClassFigures) => {
        const found = row.levels.find((one) => one.key === level.key);
        if (!found) return null;
        const said = verdictOf(found);
        return (
          <span title={said.hint}>
            <Tag tone={said.tone}>{said.word}</Tag>
            <span className="re-needed">
              {found.needed === null ? "" : aimed(found.needed)}
              {found.met === null ? "" : found.met ? " reached" : " not reached"}
            </span>
          </span>
        );
      },
    })),
  ];
  return (
    <DataTable
      caption={caption}
      captionShown={shown ?? false}
      columns={columns}
      rows={way.classes}
      keyOf={(row) => row.code_class}
      sticky={false}
    />
  );
}
