// Episodes in a queue, one dense row each. The patient is a letter and an age: a list needs no more.
import { Link } from "@tanstack/react-router";
import { Mono, None } from "@/kit/bits.tsx";
import { day, dayShort, month } from "@/kit/dates.ts";
import { DueTag } from "@/kit/due-tag.tsx";
import { type Column, DataTable, type Selection } from "@/kit/table.tsx";
import type { WorkItem } from "./data.ts";
import { personShort } from "./words.ts";

const COLUMNS: readonly Column<WorkItem>[] = [
  {
    key: "queue",
    heading: "Queue",
    nowrap: true,
    rowHeading: true,
    cell: (item) => (
      <Link to="/episodes/$episodeId" params={{ episodeId: item.episode_id }}>
        {item.queue_label}
        <span className="cw-hidden">: {describe(item)}</span>
      </Link>
    ),
  },
  {
    key: "reference",
    heading: "Spell, FCE",
    nowrap: true,
    // As the workbench says it, and as the find box understands it.
    cell: (item) =>
      item.spell_number ? (
        <>
          <Mono>{item.spell_number}</Mono> / {item.episode_number}
        </>
      ) : (
        <None>not known</None>
      ),
  },
  { key: "patient", heading: "Patient", nowrap: true, cell: (item) => personShort(item.sex, item.age) },
  {
    key: "specialty",
    heading: "Specialty",
    nowrap: true,
    cell: (item) => (item.specialty ? (item.specialty.name ?? item.specialty.code) : <None>not known</None>),
  },
  {
    key: "discharged",
    heading: "Discharged",
    align: "right",
    nowrap: true,
    cell: (item) =>
      item.discharged_on ? (
        <span title={day(item.discharged_on)}>{dayShort(item.discharged_on)}</span>
      ) : (
        <None>in hospital</None>
      ),
  },
  { key: "days", heading: "Days", align: "right", cell: (item) => item.age_days },
  { key: "why", heading: "Why here", width: "grow", cell: (item) => item.why.text },
  { key: "month", heading: "Month", nowrap: true, cell: (item) => month(item.activity_month).slice(0, 3) },
  {
    key: "due",
    heading: "Due",
    nowrap: true,
    cell: (item) => <DueTag item={item} />,
  },
  { key: "with", heading: "With", nowrap: true, cell: (item) => <With item={item} /> },
];

export function WorkTable({
  caption,
  items,
  selection,
  captionShown,
}: {
  caption: string;
  items: readonly WorkItem[];
  selection?: Selection | undefined;
  captionShown?: boolean;
}) {
  return (
    <DataTable
      caption={caption}
      captionShown={captionShown}
      columns={COLUMNS}
      rows={items}
      keyOf={(item) => item.episode_id}
      toneOf={(item) => (item.lease_owner && !item.lease_owner.me ? "quiet" : undefined)}
      {...(selection ? { selection } : {})}
    />
  );
}

/** Names a row to a screen reader: what a person would say of it. */
export function describe(item: WorkItem): string {
  return `${personShort(item.sex, item.age)}, ${item.specialty?.name ?? "specialty not known"}, ${item.age_days} days`;
}

function With({ item }: { item: WorkItem }) {
  if (item.lease_owner) return <b>{item.lease_owner.me ? "you, open now" : `${item.lease_owner.name}, now`}</b>;
  if (item.assignee) return <>{item.assignee.me ? "you" : item.assignee.name}</>;
  return <None>unassigned</None>;
}
