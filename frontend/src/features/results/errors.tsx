// What was wrong: by kind of error, by the standard that was missed, by reasons that are not the coder's.
import { count } from "@/kit/numbers.ts";
import { EmptyState } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import type { Results } from "./data.ts";
import { Share } from "./figure.tsx";
import { Behind } from "./headline.tsx";

type Kind = Results["errors"][number];
type Sub = Results["sub_classes"][number];
type NamedShare = Results["standards"][number];

export function Errors({ results }: { results: Results }) {
  if (results.errors.length === 0) return <EmptyState title="No difference has been found" />;
  const columns: readonly Column<Kind>[] = [
    { key: "class", heading: "Class", rowHeading: true, cell: (row) => row.class_label },
    {
      key: "error",
      heading: "Error",
      cell: (row) => (row.official_key ? `${row.label} (${row.official_key})` : row.label),
    },
    { key: "whose", heading: "Whose", cell: (row) => row.attribution_label },
    {
      key: "n",
      heading: "Discrepancies",
      align: "right",
      cell: (row) => (
        <Behind
          auditId={results.audit_id}
          n={row.discrepancies}
          filter={{
            outcome: "discrepancy",
            code_class: row.code_class,
            error_type: row.error_type,
            attribution: row.attribution,
          }}
        />
      ),
    },
    { key: "counted", heading: "Counted as errors", align: "right", cell: (row) => count(row.counted) },
    { key: "rate", heading: "Share", nowrap: true, cell: (row) => <Share figure={row.rate} /> },
    { key: "of", heading: "Of", cell: (row) => <span className="cw-quiet">{row.rate.of_what}</span> },
  ];
  const subs: readonly Column<Sub>[] = [
    {
      key: "kind",
      heading: "Kind of code",
      rowHeading: true,
      cell: (row) => `${row.label}, ${row.class_label.toLowerCase()}`,
    },
    { key: "n", heading: "Auditor", align: "right", cell: (row) => count(row.auditor_n) },
    { key: "errors", heading: "Errors", align: "right", cell: (row) => count(row.errors) },
    { key: "correct", heading: "Correct", nowrap: true, cell: (row) => <Share figure={row.correct} /> },
  ];
  return (
    <div className="cw-stack">
      <DataTable
        caption="Errors by class and kind"
        columns={columns}
        rows={results.errors}
        keyOf={(row) => `${row.code_class} ${row.error_type} ${row.attribution}`}
        sticky={false}
      />
      {results.sub_classes.length > 0 ? (
        <DataTable
          caption="External causes, morphology and sites"
          captionShown
          columns={subs}
          rows={results.sub_classes}
          keyOf={(row) => `${row.sub_class} ${row.code_class}`}
          sticky={false}
        />
      ) : null}
    </div>
  );
}

export function Named({ results, of }: { results: Results; of: "standards" | "reasons" }) {
  const rows = results[of];
  if (rows.length === 0) {
    return (
      <EmptyState title={of === "standards" ? "No standard has been cited" : "No error is anybody's but the coder's"} />
    );
  }
  const columns: readonly Column<NamedShare>[] = [
    { key: "name", heading: of === "standards" ? "Standard" : "Reason", rowHeading: true, cell: (row) => row.label },
    {
      key: "n",
      heading: "Discrepancies",
      align: "right",
      cell: (row) => (
        <Behind
          auditId={results.audit_id}
          n={row.discrepancies}
          filter={{ outcome: "discrepancy", [of === "standards" ? "standard" : "reason"]: row.key }}
        />
      ),
    },
    { key: "counted", heading: "Counted as errors", align: "right", cell: (row) => count(row.counted) },
    { key: "coder", heading: "The coder's", align: "right", cell: (row) => count(row.coder) },
    { key: "share", heading: "Share of all differences", nowrap: true, cell: (row) => <Share figure={row.share} /> },
  ];
  return (
    <DataTable
      caption={of === "standards" ? "Differences by the standard cited" : "Differences by reason"}
      columns={columns}
      rows={rows}
      keyOf={(row) => row.key}
      sticky={false}
    />
  );
}
