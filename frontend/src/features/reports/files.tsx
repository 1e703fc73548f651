// What can be had of a report: its files, the coders' feedback sheets, and the specialties' summaries.
import { None } from "@/kit/bits.tsx";
import { whyNot } from "@/kit/confirm.tsx";
import { EmptyState } from "@/kit/states.tsx";
import { DataTable } from "@/kit/table.tsx";
import { fileOf, type Report } from "./data.ts";

export function Files({ report }: { report: Report }) {
  return (
    <section className="cw-stack" aria-label="Sheets and summaries">
      <h2>Feedback sheets for coders</h2>
      <p className="cw-quiet">Each is for that coder, the auditors of this audit and the coding manager.</p>
      {report.sheets.length === 0 ? (
        <EmptyState title="No coder of this Trust has findings in this audit yet" />
      ) : (
        <DataTable
          caption="Feedback sheets"
          sticky={false}
          rows={report.sheets}
          keyOf={(row) => row.person_id}
          columns={[
            { key: "name", heading: "Coder", rowHeading: true, width: "grow", cell: (row) => row.name },
            { key: "episodes", heading: "Episodes", align: "right", cell: (row) => row.episodes },
            {
              key: "file",
              heading: "Sheet",
              cell: (row) => {
                const why = whyNot(row.can_open);
                if (why) return <None>{why}</None>;
                return (
                  <a href={fileOf(report.audit_id, `feedback/${row.person_id}.pdf`)} download>
                    PDF<span className="cw-hidden"> for {row.name}</span>
                  </a>
                );
              },
            },
          ]}
        />
      )}
      <h2>Summaries for clinicians</h2>
      <p className="cw-quiet">One page in plain words for each specialty, without a coder's name.</p>
      {report.summaries.length === 0 ? (
        <EmptyState title="No episode has been audited yet" />
      ) : (
        <DataTable
          caption="Specialty summaries"
          sticky={false}
          rows={report.summaries}
          keyOf={(row) => row.specialty}
          columns={[
            { key: "name", heading: "Specialty", rowHeading: true, width: "grow", cell: (row) => row.name },
            { key: "episodes", heading: "Episodes", align: "right", cell: (row) => row.episodes },
            {
              key: "file",
              heading: "Summary",
              cell: (row) => (
                <a
                  href={fileOf(report.audit_id, `summary.pdf?specialty=${encodeURIComponent(row.specialty)}`)}
                  download
                >
                  PDF<span className="cw-hidden"> for {row.name}</span>
                </a>
              ),
            },
          ]}
        />
      )}
    </section>
  );
}
