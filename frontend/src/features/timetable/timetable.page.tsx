// The dates by which SUS takes in a month: flex, freeze, annual refresh.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useMay } from "@/api/me.ts";
import { None, PageHead, Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { day, daysBetween, londonDay, month } from "@/kit/dates.ts";
import { Banner, EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import { type TimetableRow, timetableQuery } from "./data.ts";
import { LoadTimetable } from "./load-timetable.tsx";

type Phase = TimetableRow["phase"];
type Month = { month: string; dates: Partial<Record<Phase, TimetableRow>> };

export default function TimetablePage() {
  const may = useMay();
  const timetable = useQuery(timetableQuery);
  const [loading, setLoading] = useState(false);
  const today = londonDay(Date.now());
  const rows = timetable.data?.items ?? [];
  const allProvisional = rows.length > 0 && rows.every((row) => row.provisional);
  const byMonth = months(rows);
  const sources = [...new Set(rows.map((row) => row.source))];
  const columns: Column<Month>[] = [
    { key: "month", heading: "Activity of", rowHeading: true, nowrap: true, cell: (row) => month(row.month) },
    ...(
      [
        ["flex", "Flex"],
        ["freeze", "Freeze"],
        ["annual_refresh", "Annual refresh"],
      ] as const
    ).map(([phase, heading]) => ({
      key: phase,
      heading,
      nowrap: true,
      cell: (row: Month) => (
        <InclusionDate
          row={row.dates[phase]}
          today={today}
          tagged={!allProvisional}
          yearly={phase === "annual_refresh"}
        />
      ),
    })),
    // Where all dates come from one place, the foot of the page says it.
    ...(sources.length > 1
      ? [
          {
            key: "source",
            heading: "From",
            width: "grow" as const,
            cell: (row: Month) => [...new Set(Object.values(row.dates).map((date) => date.source))].join("; "),
          },
        ]
      : []),
  ];
  return (
    <div className="cw-page">
      <PageHead
        title="SUS timetable"
        sub="Inclusion dates of SUS+, by the month in which the activity ended"
        actions={
          may("timetable:load") ? (
            <Button look="primary" onClick={() => setLoading(true)}>
              Load dates
            </Button>
          ) : undefined
        }
      />
      <div className="cw-stack">
        {rows.some((row) => row.provisional) ? (
          <Banner kind="warn">
            <strong>{allProvisional ? "All dates are provisional." : "Some dates are provisional."}</strong> They are
            reckoned from earlier years. Load the published timetable of NHS England to replace them.
          </Banner>
        ) : null}
        {timetable.isPending ? <SkeletonRows /> : null}
        {timetable.isError ? <ErrorState error={timetable.error} onRetry={() => timetable.refetch()} /> : null}
        {timetable.data && rows.length === 0 ? (
          <EmptyState title="No dates are loaded">
            <p>
              Without them Codewell cannot say what is due. Load the timetable that NHS England publishes each year.
            </p>
          </EmptyState>
        ) : null}
        {byMonth.length > 0 ? (
          <DataTable caption="SUS inclusion dates" columns={columns} rows={byMonth} keyOf={(row) => row.month} />
        ) : null}
        {sources.length > 0 ? <p className="cw-quiet">Sources: {sources.join("; ")}</p> : null}
      </div>
      {loading ? <LoadTimetable onClose={() => setLoading(false)} /> : null}
    </div>
  );
}

function InclusionDate({
  row,
  today,
  tagged,
  yearly,
}: {
  row: TimetableRow | undefined;
  today: string;
  /** Provisional dates are marked one by one only where others are not. */
  tagged: boolean;
  /** There is one a year: a month without is nothing that is missing. */
  yearly: boolean;
}) {
  if (!row) return yearly ? null : <None>not set</None>;
  const away = daysBetween(today, row.inclusion_on);
  return (
    <span className={away < 0 ? "cw-quiet" : undefined}>
      {day(row.inclusion_on)} {row.provisional && tagged ? <Tag>provisional</Tag> : null}{" "}
      {away >= 0 && away <= 31 ? (
        <Tag tone={away <= 5 ? "red" : "amber"}>{away === 0 ? "today" : `in ${away} d`}</Tag>
      ) : null}
    </span>
  );
}

/** One line a month, the newest first. */
function months(rows: readonly TimetableRow[]): Month[] {
  const found = new Map<string, Month>();
  for (const row of rows) {
    const line = found.get(row.activity_month) ?? { month: row.activity_month, dates: {} };
    line.dates[row.phase] = row;
    found.set(row.activity_month, line);
  }
  return [...found.values()].sort((a, b) => b.month.localeCompare(a.month));
}
