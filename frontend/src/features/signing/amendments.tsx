// The codes that the audit agreed on and that the episode does not have yet: put into force one by one.
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "@/api/me.ts";
import { rowsOf } from "@/api/pages.ts";
import { None, Pagination, Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { Confirm, whyNot } from "@/kit/confirm.tsx";
import { day, instantNear, month } from "@/kit/dates.ts";
import { EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { DataTable } from "@/kit/table.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { CodeChanges } from "./code-changes.tsx";
import { type Amendment, amend, amendmentPages } from "./data.ts";

export function Amendments({ auditId }: { auditId: string }) {
  const list = useInfiniteQuery(amendmentPages(auditId));
  const rows = rowsOf(list.data);
  const [applying, setApplying] = useState<Amendment | null>(null);
  const may = useMay();
  return (
    <section className="cw-stack" aria-labelledby="amend-title">
      <h2 id="amend-title">Agreed codes</h2>
      <p className="cw-quiet">
        Where an error was found. Applied, they are a version of the audit's, not the coder's; the episode goes into no
        queue, and what was audited stays as it was.
      </p>
      {list.isPending ? <SkeletonRows rows={3} label="Loading the agreed codes" /> : null}
      {list.isError ? <ErrorState error={list.error} onRetry={() => list.refetch()} /> : null}
      {list.data && rows.length === 0 ? <EmptyState title="No settled episode has an error" /> : null}
      {rows.length > 0 ? (
        <>
          <DataTable<Amendment>
            caption="Settled episodes in which an error was found, with the codes that were agreed"
            sticky={false}
            rows={rows}
            keyOf={(row) => row.item_id}
            columns={[
              { key: "no", heading: "No.", align: "right", rowHeading: true, cell: (row) => row.no },
              {
                key: "ended",
                heading: "Ended",
                nowrap: true,
                cell: (row) => (
                  <Link to="/episodes/$episodeId" params={{ episodeId: row.episode_id }}>
                    {day(row.ended_on)}
                  </Link>
                ),
              },
              { key: "specialty", heading: "Specialty", cell: (row) => row.specialty?.name ?? <None /> },
              {
                key: "changes",
                heading: "From the codes now",
                width: "grow",
                cell: (row) => <CodeChanges changes={row.changes} />,
              },
              {
                key: "freeze",
                heading: "Month",
                nowrap: true,
                cell: (row) => (
                  <>
                    {month(row.activity_month)} {row.after_freeze ? <Tag tone="amber">after freeze</Tag> : null}
                  </>
                ),
              },
              { key: "stands", heading: "Stands", nowrap: true, cell: (row) => <Stands row={row} /> },
              {
                key: "act",
                heading: <span className="cw-hidden">Act</span>,
                width: "narrow",
                cell: (row) =>
                  row.stands === "to_apply" && may("audit:work") ? (
                    <Button
                      small
                      refusal={whyNot(row.can_apply)}
                      onClick={() => setApplying(row)}
                      aria-label={`Apply the agreed codes of episode ${row.no}`}
                    >
                      Apply
                    </Button>
                  ) : null,
              },
            ]}
          />
          <Pagination
            shown={rows.length}
            noun={rows.length === 1 ? "episode" : "episodes"}
            hasMore={list.hasNextPage}
            busy={list.isFetchingNextPage}
            onMore={() => list.fetchNextPage()}
          />
        </>
      ) : null}
      {applying ? <Apply auditId={auditId} row={applying} onClose={() => setApplying(null)} /> : null}
    </section>
  );
}

function Stands({ row }: { row: Amendment }) {
  if (row.stands === "applied" && row.applied)
    return (
      <>
        <Tag tone="green">applied</Tag> <span className="cw-quiet">{instantNear(row.applied.at)}</span>
      </>
    );
  if (row.stands === "in_force") return <Tag tone="green">in force</Tag>;
  return (
    <>
      <Tag tone="blue">to apply</Tag> {row.changed_since ? <Tag tone="amber">coded since</Tag> : null}
    </>
  );
}

function Apply({ auditId, row, onClose }: { auditId: string; row: Amendment; onClose: () => void }) {
  const client = useQueryClient();
  const apply = useMutation({
    mutationFn: () => amend(row),
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ["list_amendments", auditId] });
      void client.invalidateQueries({ queryKey: ["list_after_freeze_changes", auditId] });
      confirmDone(`In force as version ${made.coding_version}`);
      onClose();
    },
  });
  return (
    <Confirm
      title={`Apply the agreed codes of episode ${row.no}?`}
      act="Apply"
      danger={false}
      busy={apply.isPending}
      error={apply.error}
      onAct={() => apply.mutate()}
      onClose={onClose}
    >
      {row.changed_since ? (
        <p>
          <strong>The episode was coded again after it was audited.</strong> The agreed codes come in place of those it
          has now.
        </p>
      ) : null}
      <CodeChanges changes={row.changes} />
      {row.after_freeze ? (
        <p>
          The freeze of {month(row.activity_month)} was on {day(row.freeze_on)}: this month's submission will not carry
          the change, and it is listed as one after the freeze.
        </p>
      ) : null}
    </Confirm>
  );
}
