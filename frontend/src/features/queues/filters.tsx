// The choices above the list. What is chosen is the address, and each choice can be taken away again.
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { londonDay, month } from "@/kit/dates.ts";
import { type ChosenFilter, FilterBar, FilterSelect } from "@/kit/filter-bar.tsx";
import { specialtiesQuery } from "./data.ts";
import { AGES, ASSIGNED, ageWords, HELD, QUEUES, type QueueSearch, recentMonths, SORTS, toQuery } from "./search.ts";

export function Filters({ search }: { search: QueueSearch }) {
  const navigate = useNavigate();
  const set = (change: Partial<QueueSearch>) =>
    void navigate({ to: "/queues", search: { ...search, ...change }, replace: true });
  const months = recentMonths(londonDay(Date.now())).map((value) => ({ value, label: month(value) }));
  const specialties = useQuery(specialtiesQuery(toQuery(search).queue));
  const options = (specialties.data?.items ?? []).map(({ code, name, count }) => ({
    value: code,
    label: `${name ?? code} (${count})`,
  }));
  if (search.specialty && !options.some(({ value }) => value === search.specialty))
    options.push({ value: search.specialty, label: search.specialty });
  const label = (from: readonly { value: string; label: string }[], value: string | undefined) =>
    from.find((one) => one.value === value)?.label ?? value;
  const chosen: ChosenFilter[] = [
    search.queue
      ? { key: "queue", label: `Queue: ${label(QUEUES, search.queue)}`, onRemove: () => set({ queue: undefined }) }
      : null,
    search.specialty
      ? {
          key: "specialty",
          label: `Specialty: ${specialties.data?.items.find(({ code }) => code === search.specialty)?.name ?? search.specialty}`,
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
    search.min_age || search.max_age
      ? {
          key: "age",
          label: `Age: ${ageWords(search.min_age, search.max_age)}`,
          onRemove: () => set({ min_age: undefined, max_age: undefined }),
        }
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
        value={search.max_age ? undefined : search.min_age}
        onChange={(min_age) => set({ min_age, max_age: undefined })}
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
