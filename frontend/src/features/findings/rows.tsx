// Episodes with findings, as a list of the coder's, the auditor's or the adjudicator's.
import { Link } from "@tanstack/react-router";
import { Mono, None, Tag } from "@/kit/bits.tsx";
import { day, instantNear } from "@/kit/dates.ts";
import { type Column, DataTable } from "@/kit/table.tsx";
import type { FindingRow } from "./data.ts";
import { standsOf } from "./words.ts";

export function FindingRows({
  caption,
  rows,
  to,
  whose,
}: {
  caption: string;
  rows: readonly FindingRow[];
  to: "/findings/$itemId" | "/disputes/$itemId";
  /** Whose coding it is goes without saying on one's own list. */
  whose: boolean;
}) {
  const columns: readonly Column<FindingRow>[] = [
    {
      key: "episode",
      heading: "Episode ended",
      rowHeading: true,
      nowrap: true,
      cell: (row) => (
        <Link to={to} params={{ itemId: row.item_id }}>
          {day(row.ended_on)}
        </Link>
      ),
    },
    {
      key: "specialty",
      heading: "Specialty",
      nowrap: true,
      cell: (row) => row.specialty?.name ?? row.specialty?.code ?? <None />,
    },
    {
      key: "audit",
      heading: "Audit",
      width: "grow",
      cell: (row) => (
        <>
          <Mono>{row.audit.reference}</Mono> {row.audit.title}
        </>
      ),
    },
    ...(whose
      ? [{ key: "coder", heading: "Coder", cell: (row: FindingRow) => row.coder_name ?? <None>not named</None> }]
      : []),
    { key: "auditor", heading: "Auditor", nowrap: true, cell: (row) => row.auditor_name ?? <None /> },
    { key: "findings", heading: "Findings", align: "right", cell: (row) => row.findings },
    { key: "stands", heading: "How they stand", nowrap: true, cell: (row) => standsOf(row) || <None /> },
    {
      key: "due",
      heading: "By",
      align: "right",
      nowrap: true,
      cell: (row) =>
        row.due_on ? (
          <>
            {row.overdue ? <Tag tone="red">overdue</Tag> : null} {day(row.due_on)}
          </>
        ) : (
          <None>nothing due</None>
        ),
    },
    {
      key: "sent",
      heading: "Sent",
      align: "right",
      nowrap: true,
      cell: (row) => (row.sent_at ? instantNear(row.sent_at) : <None />),
    },
  ];
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={rows}
      keyOf={(row) => row.item_id}
      toneOf={(row) => (row.open === 0 ? "quiet" : undefined)}
    />
  );
}
