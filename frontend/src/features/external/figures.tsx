import { None } from "@/kit/bits.tsx";
import { count, interval } from "@/kit/numbers.ts";
import { DataTable } from "@/kit/table.tsx";
import type { Figures } from "./data.ts";

/** The four classes as the external auditor said them and as they stand agreed, side by side. */
export function FigureTable({ figures }: { figures: Figures }) {
  const rows = figures.said.map((said, at) => ({ said, agreed: figures.agreed[at] ?? said }));
  return (
    <section className="cw-stack" aria-labelledby="figures-title">
      <h2 id="figures-title">Figures as said and as agreed</h2>
      <DataTable
        caption="Figures of each class, as the external auditor said them and as agreed so far"
        sticky={false}
        rows={rows}
        keyOf={(row) => row.said.code_class}
        columns={[
          { key: "class", heading: "Class", rowHeading: true, cell: (row) => row.said.label },
          { key: "n", heading: "Codes that should stand", align: "right", cell: (row) => count(row.said.auditor_n) },
          { key: "e", heading: "Errors said", align: "right", cell: (row) => count(row.said.errors) },
          { key: "s", heading: "Correct as said", align: "right", cell: (row) => <Share of={row.said} /> },
          { key: "an", heading: "Agreed codes", align: "right", cell: (row) => count(row.agreed.auditor_n) },
          { key: "ae", heading: "Errors agreed", align: "right", cell: (row) => count(row.agreed.errors) },
          { key: "as", heading: "Correct as agreed", align: "right", cell: (row) => <Share of={row.agreed} /> },
        ]}
      />
      <p className="cw-quiet">What is neither accepted nor concluded stands in both as it was said.</p>
    </section>
  );
}

function Share({ of }: { of: Figures["said"][number] }) {
  if (of.percent === null) return <None>not applicable</None>;
  return (
    <>
      {of.percent} % <span className="cw-quiet">{interval(of.low, of.high)}</span>
    </>
  );
}
