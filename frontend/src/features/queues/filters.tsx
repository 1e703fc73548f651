// The choices above the list. What is chosen is the address, and each choice can be taken away again.
import { useNavigate } from "@tanstack/react-router";
import { londonDay, month } from "@/kit/dates.ts";
import { type ChosenFilter, FilterBar, FilterSelect } from "@/kit/filter-bar.tsx";
import type { WorkItem } from "./data.ts";
import { AGES, ASSIGNED, HELD, QUEUES, type QueueSearch, recentMonths, SORTS } from "./search.ts";

export function Filters({ search, items }: { search: QueueSearch; items: readonly WorkItem[] }) {
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
