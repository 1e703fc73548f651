// Draws that recur: what each draws, when it is next due, and what came of it.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { None, Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { day, londonDay } from "@/kit/dates.ts";
import { EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import { type Programme, type Recurring, recurringQuery } from "./data.ts";
import { MissedRuns } from "./missed-runs.tsx";
import { RecurringDialog } from "./recurring.dialog.tsx";
import { RecurringEdit } from "./recurring-edit.dialog.tsx";
import { runStates, scheduleWords, wantedWords } from "./words.ts";

export function RecurringTab({ programme, mayEdit }: { programme: Programme | undefined; mayEdit: boolean }) {
  const draws = useQuery(recurringQuery);
  const [openId, setOpenId] = useState<string | null>(null);
  const [editing, setEditing] = useState<Recurring | "new" | null>(null);
  const rows = draws.data?.items ?? [];
  const open = rows.find((row) => row.recurring_draw_id === openId);
  const columns: readonly Column<Recurring>[] = [
    {
      key: "title",
      heading: "Draw",
      rowHeading: true,
      width: "grow",
      cell: (row) => (
        <>
          <Button look="link" onClick={() => setOpenId(row.recurring_draw_id)}>
            {row.title}
          </Button>{" "}
          {row.stopped_at ? <Tag>stopped</Tag> : null}{" "}
          {row.missed > 0 ? <Tag tone="red">{row.missed} missed</Tag> : null}
        </>
      ),
    },
    { key: "what", heading: "Draws", nowrap: true, cell: (row) => wantedWords(row.template) },
    { key: "when", heading: "When", nowrap: true, cell: (row) => scheduleWords(row) },
    { key: "auditors", heading: "Audited by", cell: (row) => row.template.auditors.map((one) => one.name).join(", ") },
    {
      key: "next",
      heading: "Next",
      nowrap: true,
      cell: (row) =>
        row.next_on ? (
          <>
            {day(row.next_on)} {row.next_on === londonDay(Date.now()) ? <Tag tone="blue">today</Tag> : null}
          </>
        ) : (
          <None>{row.stopped_at ? "stopped" : "over"}</None>
        ),
    },
    {
      key: "last",
      heading: "Last",
      nowrap: true,
      cell: (row) =>
        row.last ? (
          <>
            {day(row.last.due_on)} <Tag tone={runStates[row.last.state].tone}>{runStates[row.last.state].label}</Tag>{" "}
            {row.last.state === "made" && row.last.late_days > 0 ? <Tag tone="amber">late</Tag> : null}
          </>
        ) : (
          <None>not run yet</None>
        ),
    },
  ];
  return (
    <div className="cw-stack">
      <MissedRuns />
      <div className="cw-section__head">
        <h2>Recurring draws</h2>
        {mayEdit ? <Button onClick={() => setEditing("new")}>Add a recurring draw</Button> : null}
      </div>
      {draws.isPending ? <SkeletonRows rows={4} label="Loading the recurring draws" /> : null}
      {draws.isError ? <ErrorState error={draws.error} onRetry={() => draws.refetch()} /> : null}
      {draws.data && rows.length === 0 ? (
        <EmptyState title="No draw recurs yet">
          <p>
            A recurring draw, such as ten episodes of each coder every month, makes its audits by itself. One that could
            not be made is shown here and on the home page until somebody deals with it.
          </p>
        </EmptyState>
      ) : null}
      {rows.length > 0 ? (
        <DataTable
          caption="Recurring draws"
          columns={columns}
          rows={rows}
          keyOf={(row) => row.recurring_draw_id}
          toneOf={(row) => (row.stopped_at ? "quiet" : undefined)}
        />
      ) : null}
      {open ? (
        <RecurringDialog
          draw={open}
          programme={programme}
          onEdit={() => {
            setEditing(open);
            setOpenId(null);
          }}
          onClose={() => setOpenId(null)}
        />
      ) : null}
      {editing ? (
        <RecurringEdit
          programme={programme}
          {...(editing === "new" ? {} : { draw: editing })}
          onClose={() => setEditing(null)}
        />
      ) : null}
    </div>
  );
}
