import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Schemas } from "@/api/client.ts";
import { None } from "@/kit/bits.tsx";
import { time } from "@/kit/dates.ts";
import { DueTag } from "@/kit/due-tag.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import { myWorkQuery } from "./data.ts";

type Item = Schemas["WorkItemOut"];

/** Sex as the NHS Data Dictionary codes it, short for a dense list. */
const sexes: Record<string, string> = { "1": "M", "2": "F" };

const columns: readonly Column<Item>[] = [
  {
    key: "patient",
    heading: "Patient",
    rowHeading: true,
    nowrap: true,
    cell: (item) => (
      <Link to="/episodes/$episodeId" params={{ episodeId: item.episode_id }}>
        {sexes[item.sex ?? ""] ?? "–"} {item.age ?? "?"}
      </Link>
    ),
  },
  {
    key: "specialty",
    heading: "Specialty",
    cell: (item) => item.specialty?.name ?? item.specialty?.code ?? <None>not known</None>,
  },
  { key: "queue", heading: "Queue", nowrap: true, cell: (item) => item.queue_label },
  { key: "why", heading: "Why here", width: "grow", cell: (item) => item.why.text },
  { key: "days", heading: "Days", align: "right", cell: (item) => item.age_days },
  { key: "due", heading: "Due", nowrap: true, cell: (item) => <DueTag item={item} /> },
  {
    key: "yours",
    heading: "Yours",
    nowrap: true,
    cell: (item) => (item.lease_until ? `until ${time(item.lease_until)}` : "assigned"),
  },
];

export function MyWork() {
  const mine = useQuery(myWorkQuery);
  const items = mine.data ? [...mine.data.leased, ...mine.data.assigned] : [];
  return (
    <section aria-labelledby="mine-title">
      <div className="cw-section__head">
        <h2 id="mine-title">My work</h2>
        {items.length > 5 ? (
          <Link className="cw-small" to="/my-work">
            All {items.length}
          </Link>
        ) : null}
      </div>
      {mine.isPending ? <SkeletonRows rows={3} /> : null}
      {mine.isError ? <ErrorState error={mine.error} onRetry={() => mine.refetch()} /> : null}
      {mine.data && items.length === 0 ? (
        <EmptyState title="Nothing is open or assigned to you">
          <p>
            Take the next episode, or choose one in the queues. What you open stays yours until you submit or release
            it.
          </p>
        </EmptyState>
      ) : null}
      {items.length > 0 ? (
        <DataTable
          caption="Episodes that are open by me or assigned to me"
          columns={columns}
          rows={items.slice(0, 5)}
          keyOf={(item) => item.episode_id}
          sticky={false}
        />
      ) : null}
    </section>
  );
}
