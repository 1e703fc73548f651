// Figures by coder, specialty, auditor or stratum; few episodes are greyed, for their interval ranks nobody.
import { Link } from "@tanstack/react-router";
import { count } from "@/kit/numbers.ts";
import { EmptyState } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import type { Group, Results } from "./data.ts";
import { Share } from "./figure.tsx";
import { Behind } from "./headline.tsx";

export type GroupedBy = "coder" | "specialty" | "auditor" | "stratum";

export function Groups({ results, by, heading }: { results: Results; by: GroupedBy; heading: string }) {
  const rows = results.groups[by];
  if (rows.length === 0) return <EmptyState title="No episode has been audited yet" />;
  const columns: readonly Column<Group>[] = [
    {
      key: "who",
      heading,
      rowHeading: true,
      nowrap: true,
      cell: (row) =>
        by === "coder" || by === "specialty" ? (
          <Link
            to="/audits/$auditId/results"
            params={{ auditId: results.audit_id }}
            search={{ tab: "trend", by, key: row.key }}
          >
            {row.label}
            <span className="cw-hidden">, from audit to audit</span>
          </Link>
        ) : (
          row.label
        ),
    },
    { key: "episodes", heading: "Episodes", align: "right", cell: (row) => count(row.episodes) },
    { key: "all", heading: "All correct", nowrap: true, cell: (row) => <Share figure={row.all_correct} stacked /> },
    ...results.headline.classes.map((one) => ({
      key: one.code_class,
      heading: one.label,
      nowrap: true,
      cell: (row: Group) => {
        const found = row.classes.find((each) => each.code_class === one.code_class);
        return found ? <Share figure={found.correct} stacked /> : null;
      },
    })),
    {
      key: "errors",
      heading: "Errors",
      align: "right",
      cell: (row) => <Behind auditId={results.audit_id} n={row.errors} filter={{ outcome: "error", [by]: row.key }} />,
    },
    {
      key: "differences",
      heading: "Discrepancies",
      align: "right",
      cell: (row) => (
        <Behind auditId={results.audit_id} n={row.discrepancies} filter={{ outcome: "discrepancy", [by]: row.key }} />
      ),
    },
  ];
  return (
    <DataTable
      caption={`Figures by ${heading.toLowerCase()}`}
      columns={columns}
      rows={rows}
      keyOf={(row) => row.key}
      sticky={false}
    />
  );
}
