// What was not taken in, reason by reason: how many there are of each, where they came from, and on opening the rows.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { rowsOf } from "@/api/pages.ts";
import { Mono } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { count, counted } from "@/kit/numbers.ts";
import { ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type FaultFilter, type FaultGroup, faultPages } from "./data.ts";
import { FaultTable } from "./fault-table.tsx";
import { where } from "./reject-reasons.tsx";

/** What a filter on the origin is called in the address: a file's job, or all that came in no file. */
export const POSTED = "messages";

type Source = FaultGroup["sources"][number];

export function FaultGroups({
  groups,
  filter,
  onFrom,
}: {
  groups: readonly FaultGroup[];
  filter: Omit<FaultFilter, "reason_id">;
  onFrom: (from: string) => void;
}) {
  return (
    <div className="cw-stack">
      {groups.map((group) => (
        // One reason alone is what everybody would open.
        <Group key={group.reason_id} {...{ group, filter, onFrom }} open={groups.length === 1} />
      ))}
    </div>
  );
}

function Group({
  group,
  filter,
  onFrom,
  open: first,
}: {
  group: FaultGroup;
  filter: Omit<FaultFilter, "reason_id">;
  onFrom: (from: string) => void;
  open: boolean;
}) {
  const [open, setOpen] = useState(first);
  return (
    <details className="cw-details" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <strong>{howMany(group.faults, group.sources)}</strong>: <Mono>{where(group)}</Mono> {group.reason}{" "}
        <span className="cw-quiet">({origins(group.sources, group.more_sources)})</span>
      </summary>
      <div className="cw-details__body">
        <p>{group.what_to_do}</p>
        {group.sources.length + group.more_sources > 1 ? (
          <Sources sources={group.sources} others={group.more_sources} onFrom={onFrom} />
        ) : null}
        {open ? <Rows group={group} filter={filter} /> : null}
      </div>
    </details>
  );
}

const SHOWN = 6;

function Sources({
  sources,
  others,
  onFrom,
}: {
  sources: readonly Source[];
  others: number;
  onFrom: (from: string) => void;
}) {
  const more = Math.max(0, sources.length - SHOWN) + others;
  return (
    <ul className="cw-plain" aria-label="Where they came from">
      {sources.slice(0, SHOWN).map((source) => (
        <li key={source.job_id ?? POSTED}>
          <Button look="link" small onClick={() => onFrom(source.job_id ?? POSTED)}>
            <span className="cw-hidden">Only from </span>
            {source.file_name ?? "messages sent one by one"}
          </Button>{" "}
          <span className="cw-quiet">{count(source.faults)}</span>
        </li>
      ))}
      {more > 0 ? <li className="cw-quiet">and {counted(more, "more file")}</li> : null}
    </ul>
  );
}

function Rows({ group, filter }: { group: FaultGroup; filter: Omit<FaultFilter, "reason_id"> }) {
  const faults = useInfiniteQuery(faultPages({ ...filter, reason_id: group.reason_id }));
  if (faults.isPending) return <SkeletonRows rows={3} />;
  if (faults.isError) return <ErrorState error={faults.error} onRetry={() => faults.refetch()} />;
  return (
    <FaultTable faults={rowsOf(faults.data)} pages={faults} caption={`Not taken in: ${where(group)} ${group.reason}`} />
  );
}

/** `12 rows`, `1 message`, `14 rows and messages`. */
export function howMany(n: number, sources: readonly Source[]): string {
  const files = sources.some((source) => source.job_id !== null);
  const posts = sources.some((source) => source.job_id === null);
  if (files && posts) return counted(n, "row or message", "rows and messages");
  return counted(n, posts ? "message" : "row");
}

/** `nightly.csv`, `3 files`, `2 files, and messages sent one by one`; `others` are files that are not named. */
export function origins(sources: readonly Source[], others = 0): string {
  const files = sources.filter((source) => source.job_id !== null);
  const posts = files.length < sources.length ? "messages sent one by one" : "";
  const n = files.length + others;
  const named = n === 1 ? (files[0]?.file_name ?? "1 file") : n > 1 ? counted(n, "file") : "";
  return [named, posts].filter(Boolean).join(", and ");
}
