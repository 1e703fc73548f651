// What waits to be coded: the five queues, one list, its filters in the address.
import "./queues.scss";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "@/api/me.ts";
import { PageHead, Pagination } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { useShortcut } from "@/kit/keyboard.ts";
import { count, counted } from "@/kit/numbers.ts";
import { Banner, EmptyState, ErrorState, refusalOf, SkeletonRows } from "@/kit/states.tsx";
import { countsQuery } from "@/parts/waiting.ts";
import { BulkBar } from "./bulk-bar.tsx";
import { type WorkItem, workItemsQuery } from "./data.ts";
import { Filters } from "./filters.tsx";
import { QueueTiles } from "./queue-tiles.tsx";
import { knownSearch, type QueueSearch, toQuery } from "./search.ts";
import { useClaim } from "./use-claim.ts";
import { describe, WorkTable } from "./work-table.tsx";

const route = getRouteApi("/signed-in/queues");

export default function QueueListPage() {
  const search = knownSearch(route.useSearch());
  const may = useMay();
  const client = useQueryClient();
  const counts = useQuery(countsQuery);
  const list = useInfiniteQuery(workItemsQuery(search));
  const claim = useClaim();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const items: WorkItem[] = list.data?.pages.flatMap((page) => page.items) ?? [];
  const query = toQuery(search);
  const from = {
    queues: query.queue ? [query.queue] : null,
    specialties: search.specialty ? [search.specialty] : null,
  };
  const take = () => claim.mutate(from);
  const manages = may("work_item:move_many") || may("work_item:assign");
  const chosen = items.filter((item) => selected.has(item.episode_id));

  useShortcut({
    keys: "Alt+N",
    label: "Take the next episode",
    group: "Queues",
    enabled: may("work_item:claim") && !claim.isPending,
    onPress: take,
  });

  return (
    <div className="cw-page qu">
      <PageHead
        title="Queues"
        sub={
          counts.data
            ? `${counted(counts.data.total, "episode")} not coded · ${count(counts.data.held)} held`
            : undefined
        }
        actions={
          may("work_item:claim") ? (
            <Button look="primary" keys="Alt+N" busy={claim.isPending} onClick={take}>
              Take the next
            </Button>
          ) : undefined
        }
      />
      {claim.isError ? (
        <div className="qu-note">
          <Banner kind="warn">
            <b>{refusalOf(claim.error).title}.</b>{" "}
            {query.queue || search.specialty
              ? "The filters count for taking too: clear them to take from all queues."
              : refusalOf(claim.error).detail}
          </Banner>
        </div>
      ) : null}
      {counts.isError ? (
        <ErrorState error={counts.error} onRetry={() => counts.refetch()} />
      ) : counts.data ? (
        <QueueTiles counts={counts.data} search={search} />
      ) : (
        <div className="qu-tiles qu-tiles--waiting" />
      )}
      <Filters search={search} />
      <BulkBar
        chosen={chosen}
        manages={manages}
        canAssign={may("work_item:assign")}
        canMove={may("work_item:move_many")}
        asOf={list.dataUpdatedAt}
        onRefresh={() => {
          void list.refetch();
          void counts.refetch();
          void client.invalidateQueries({ queryKey: ["count_work_items_by_specialty"] });
        }}
        onClear={() => setSelected(new Set())}
      />
      {list.isPending ? <SkeletonRows rows={12} label="Loading the queue" /> : null}
      {list.isError ? <ErrorState error={list.error} onRetry={() => list.refetch()} /> : null}
      {list.isSuccess && items.length === 0 ? <NothingHere search={search} /> : null}
      {items.length > 0 ? (
        <>
          <WorkTable
            caption="Episodes that are not coded"
            items={items}
            selection={
              manages
                ? {
                    selected,
                    onChange: setSelected,
                    labelOf: (key) => {
                      const item = items.find((one) => one.episode_id === key);
                      return item ? `${item.queue_label}: ${describe(item)}` : "";
                    },
                  }
                : undefined
            }
          />
          <Pagination
            shown={items.length}
            total={totalOf(search, counts.data)}
            noun="episodes"
            hasMore={list.hasNextPage}
            busy={list.isFetchingNextPage}
            onMore={() => void list.fetchNextPage()}
          />
        </>
      ) : null}
    </div>
  );
}

/** The total is known without asking when the list is a whole queue, or all of them. */
function totalOf(
  search: QueueSearch,
  counts: { total: number; queues: { queue: string; count: number }[] } | undefined,
): string | undefined {
  const { queue, sort: _, ...others } = search;
  if (!counts || Object.values(others).some(Boolean)) return undefined;
  return count(queue ? counts.queues.find((one) => one.queue === queue)?.count : counts.total);
}

function NothingHere({ search }: { search: QueueSearch }) {
  const filtered = Object.entries(search).some(([key, value]) => key !== "sort" && value);
  return filtered ? (
    <EmptyState title="No episode matches these filters" action={<Link to="/queues">Clear the filters</Link>}>
      <p>Take a filter away above, or clear them all.</p>
    </EmptyState>
  ) : (
    <EmptyState title="Everything is coded">
      <p>New episodes come here as soon as the PAS sends them.</p>
    </EmptyState>
  );
}
