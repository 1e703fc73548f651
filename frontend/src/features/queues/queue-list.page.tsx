// What waits to be coded: the five queues, one list, its filters in the address.
import "./queues.scss";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "@/api/me.ts";
import { PageHead, Pagination } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { londonDay, month, time } from "@/kit/dates.ts";
import { type ChosenFilter, FilterBar, FilterSelect } from "@/kit/filter-bar.tsx";
import { useShortcut } from "@/kit/keyboard.ts";
import { count, counted } from "@/kit/numbers.ts";
import { Banner, EmptyState, ErrorState, refusalOf, SkeletonRows } from "@/kit/states.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { AssignDialog, MoveDialog } from "./bulk.dialogs.tsx";
import { countsQuery, type MovedMany, undoMove, type WorkItem, workItemsQuery } from "./data.ts";
import { QueueTiles } from "./queue-tiles.tsx";
import { AGES, ASSIGNED, HELD, QUEUES, type QueueSearch, recentMonths, SORTS, toQuery } from "./search.ts";
import { useClaim } from "./use-claim.ts";
import { describe, WorkTable } from "./work-table.tsx";

const route = getRouteApi("/signed-in/queues");

export default function QueueListPage() {
  const search: QueueSearch = route.useSearch();
  const may = useMay();
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
  const shownIds = new Set(items.map((item) => item.episode_id));
  const chosen = [...selected].filter((id) => shownIds.has(id));

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
      <Filters search={search} items={items} />
      <BulkBar
        chosen={chosen}
        manages={manages}
        canAssign={may("work_item:assign")}
        canMove={may("work_item:move_many")}
        asOf={list.dataUpdatedAt}
        onRefresh={() => {
          void list.refetch();
          void counts.refetch();
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

function Filters({ search, items }: { search: QueueSearch; items: readonly WorkItem[] }) {
  const navigate = useNavigate();
  const set = (change: Partial<QueueSearch>) =>
    void navigate({ to: "/queues", search: { ...search, ...change }, replace: true });
  const months = recentMonths(londonDay(Date.now())).map((value) => ({ value, label: month(value) }));
  const specialties = new Map(
    items.flatMap((item) =>
      item.specialty ? [[item.specialty.code, item.specialty.name ?? item.specialty.code] as const] : [],
    ),
  );
  if (search.specialty && !specialties.has(search.specialty)) specialties.set(search.specialty, search.specialty);
  const options = [...specialties]
    .map(([value, label]) => ({ value, label }))
    .sort((a, b) => a.label.localeCompare(b.label));
  const label = (from: readonly { value: string; label: string }[], value: string | undefined) =>
    from.find((one) => one.value === value)?.label ?? value;
  const chosen: ChosenFilter[] = [
    search.queue
      ? { key: "queue", label: `Queue: ${label(QUEUES, search.queue)}`, onRemove: () => set({ queue: undefined }) }
      : null,
    search.specialty
      ? {
          key: "specialty",
          label: `Specialty: ${label(options, search.specialty)}`,
          onRemove: () => set({ specialty: undefined }),
        }
      : null,
    search.month
      ? {
          key: "month",
          label: `Month: ${month(search.month) || search.month}`,
          onRemove: () => set({ month: undefined }),
        }
      : null,
    search.min_age
      ? { key: "min_age", label: `Age: ${label(AGES, search.min_age)}`, onRemove: () => set({ min_age: undefined }) }
      : null,
    search.assignee
      ? {
          key: "assignee",
          label: `Assigned: ${label(ASSIGNED, search.assignee)}`,
          onRemove: () => set({ assignee: undefined }),
        }
      : null,
    search.held
      ? { key: "held", label: label(HELD, search.held) ?? "", onRemove: () => set({ held: undefined }) }
      : null,
  ].filter((one) => one !== null);
  return (
    <FilterBar
      label="Filter the queues"
      chosen={chosen}
      onClear={() => void navigate({ to: "/queues", search: search.sort ? { sort: search.sort } : {}, replace: true })}
    >
      <FilterSelect
        label="Queue"
        any="All queues"
        options={QUEUES}
        value={search.queue}
        onChange={(queue) => set({ queue })}
      />
      <FilterSelect
        label="Specialty"
        any="Any"
        options={options}
        value={search.specialty}
        onChange={(specialty) => set({ specialty })}
      />
      <FilterSelect
        label="Month of discharge"
        any="Any"
        options={months}
        value={search.month}
        onChange={(value) => set({ month: value })}
      />
      <FilterSelect
        label="Age"
        any="Any"
        options={AGES}
        value={search.min_age}
        onChange={(min_age) => set({ min_age })}
      />
      <FilterSelect
        label="Assigned"
        any="Anyone"
        options={ASSIGNED}
        value={search.assignee}
        onChange={(assignee) => set({ assignee })}
      />
      <FilterSelect
        label="Held"
        any="Held or not"
        options={HELD}
        value={search.held}
        onChange={(held) => set({ held })}
      />
      <FilterSelect
        label="Order"
        any="Most urgent first"
        options={SORTS.slice(1)}
        value={search.sort === "due" ? undefined : search.sort}
        onChange={(sort) => set({ sort })}
      />
    </FilterBar>
  );
}

function BulkBar({
  chosen,
  manages,
  canAssign,
  canMove,
  asOf,
  onRefresh,
  onClear,
}: {
  chosen: readonly string[];
  manages: boolean;
  canAssign: boolean;
  canMove: boolean;
  asOf: number;
  onRefresh: () => void;
  onClear: () => void;
}) {
  const client = useQueryClient();
  const [open, setOpen] = useState<"assign" | "hold" | "move" | null>(null);
  const [skipped, setSkipped] = useState<MovedMany["skipped"]>([]);
  const [problem, setProblem] = useState<unknown>(null);
  const refresh = () => {
    for (const key of ["list_work_items", "count_work_items", "list_my_work", "list_assignees"])
      void client.invalidateQueries({ queryKey: [key] });
  };
  const undo = async (moveId: string) => {
    try {
      const back = await undoMove(moveId);
      confirmDone(`Undone: ${counted(back.moved, "episode")} back where they were`);
      setSkipped(back.skipped);
    } catch (error) {
      setProblem(error);
    }
    refresh();
  };
  const done = (verb: string) => (result: MovedMany, words: string) => {
    setOpen(null);
    setSkipped(result.skipped);
    setProblem(null);
    onClear();
    refresh();
    if (result.moved > 0)
      confirmDone(`${counted(result.moved, "episode")} ${verb} ${words}`, {
        label: "Undo",
        onPress: () => void undo(result.move_id),
      });
  };
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a row of actions is no fieldset of a form. */}
      <div
        className={chosen.length > 0 ? "qu-bulk qu-bulk--on" : "qu-bulk"}
        role="group"
        aria-label="What to do with the chosen episodes"
      >
        {chosen.length > 0 ? (
          <>
            <b role="status">{chosen.length} selected</b>
            {canAssign ? (
              <Button look="link" onClick={() => setOpen("assign")}>
                Assign
              </Button>
            ) : null}
            {canMove ? (
              <>
                <Button look="link" onClick={() => setOpen("hold")}>
                  Hold until…
                </Button>
                <Button look="link" onClick={() => setOpen("move")}>
                  Move to queue
                </Button>
              </>
            ) : null}
            <span className="cw-push" />
            <Button look="link" onClick={onClear}>
              Clear selection
            </Button>
          </>
        ) : (
          <>
            <span className="cw-quiet">
              {manages
                ? "Select rows to assign, hold or move several at once."
                : "Open a row to read the episode, or take the next."}
            </span>
            <span className="cw-push" />
            <span className="cw-quiet">{asOf ? `As of ${time(asOf)}` : ""}</span>
            <Button look="link" onClick={onRefresh}>
              Refresh
            </Button>
          </>
        )}
      </div>
      {problem ? <ErrorState error={problem} /> : null}
      {skipped.length > 0 ? (
        <Banner kind="warn">
          <b>
            {counted(skipped.length, "episode")} stayed where {skipped.length === 1 ? "it was" : "they were"}:
          </b>{" "}
          {[...new Set(skipped.map((one) => one.reason))].join("; ")}{" "}
          <Button look="link" onClick={() => setSkipped([])}>
            Dismiss
          </Button>
        </Banner>
      ) : null}
      {open === "assign" ? <AssignDialog ids={chosen} onClose={() => setOpen(null)} onDone={done("assigned")} /> : null}
      {open === "hold" || open === "move" ? (
        <MoveDialog ids={chosen} hold={open === "hold"} onClose={() => setOpen(null)} onDone={done("moved")} />
      ) : null}
    </>
  );
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
