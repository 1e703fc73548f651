// How far auditors agree with one another and with the proposals, with the size that makes it believable or not.
import { useQuery } from "@tanstack/react-query";
import { None } from "@/kit/bits.tsx";
import { count } from "@/kit/numbers.ts";
import { ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import { type Agreement, agreementQuery, allAgreementQuery, type Results } from "./data.ts";
import { Share } from "./figure.tsx";
import { Behind } from "./headline.tsx";

type Row = Agreement["overall"] & { key: string; label: string };

function coefficient(found: Row["kappa"]) {
  if (!found) return <None>cannot be had</None>;
  return (
    <>
      <b>{found.value.toFixed(2)}</b>{" "}
      <span className="re-interval">
        {found.low.toFixed(2)} to {found.high.toFixed(2)}
      </span>
    </>
  );
}

const columns: readonly Column<Row>[] = [
  { key: "what", heading: "Codes", rowHeading: true, cell: (row) => row.label },
  { key: "n", heading: "Judged twice", align: "right", cell: (row) => count(row.n) },
  { key: "agreed", heading: "Agreed", nowrap: true, cell: (row) => <Share figure={row.agreed} /> },
  { key: "kappa", heading: "Cohen's kappa", nowrap: true, cell: (row) => coefficient(row.kappa) },
  { key: "ac1", heading: "Gwet's AC1", nowrap: true, cell: (row) => coefficient(row.ac1) },
  { key: "said", heading: "", cell: (row) => <span className="cw-quiet">{row.said}</span> },
];

export function AgreementPanel({ results }: { results: Results }) {
  const own = useQuery(agreementQuery(results.audit_id));
  const all = useQuery(allAgreementQuery);
  const proposals = results.proposals;
  return (
    <div className="cw-stack">
      <section className="cw-stack" aria-labelledby="proposals-title">
        <h2 id="proposals-title">Proposals</h2>
        <p>
          What was proposed is what was decided: <Share figure={proposals.agreement} strong />, of{" "}
          {count(proposals.agreement.of)} proposals. Accepted{" "}
          <Behind auditId={results.audit_id} n={proposals.accepted} filter={{ decision: "accepted" }} />, changed{" "}
          <Behind auditId={results.audit_id} n={proposals.changed} filter={{ decision: "changed" }} />, rejected{" "}
          <Behind auditId={results.audit_id} n={proposals.rejected} filter={{ decision: "rejected" }} />.
          {all.data ? (
            <>
              {" "}
              Over all audits: <Share figure={all.data.proposals} />.
            </>
          ) : null}
        </p>
      </section>
      <section className="cw-stack" aria-labelledby="auditors-title">
        <h2 id="auditors-title">Two auditors of the same episodes</h2>
        {own.isPending ? <SkeletonRows rows={3} /> : null}
        {own.isError ? <ErrorState error={own.error} onRetry={() => own.refetch()} /> : null}
        {own.data ? (
          <>
            <p>
              {count(own.data.finished)} of {count(own.data.pairs)} second audits are decided on both sides.{" "}
              {own.data.overall.said}
            </p>
            {own.data.overall.n > 0 ? (
              <DataTable
                caption="Agreement of this audit's auditors"
                columns={columns}
                rows={[
                  { key: "all", label: "All classes", ...own.data.overall },
                  ...own.data.classes.map((row) => ({ ...row, key: row.code_class })),
                ]}
                keyOf={(row) => row.key}
                sticky={false}
              />
            ) : null}
          </>
        ) : null}
        {all.data && all.data.quarters.length > 0 ? (
          <DataTable
            caption="All audits together, by quarter"
            captionShown
            columns={columns}
            rows={all.data.quarters.map((row) => ({ ...row, key: row.quarter, label: row.quarter }))}
            keyOf={(row) => row.key}
            sticky={false}
          />
        ) : null}
      </section>
    </div>
  );
}
