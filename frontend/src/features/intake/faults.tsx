import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { FilterBar, FilterSelect } from "@/kit/filter-bar.tsx";
import { count } from "@/kit/numbers.ts";
import { EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type FaultFilter, faultGroupsQuery } from "./data.ts";
import { FaultGroups, POSTED } from "./fault-groups.tsx";

const route = getRouteApi("/signed-in/intake");

/** Messages and rows that could not be taken, by reason; each opens to its rows with what to do. */
export function Faults({
  state = "open",
  kind,
  from,
}: Pick<FaultFilter, "state" | "kind"> & {
  /** A file's job, or the messages that came in none. */
  from: string | undefined;
}) {
  const navigate = route.useNavigate();
  const filter = { state, kind, ...(from === POSTED ? { posted: true } : from ? { job_id: from } : {}) };
  const found = useQuery(faultGroupsQuery(filter));
  const groups = found.data?.items ?? [];
  const setFrom = (value: string | undefined) =>
    navigate({ search: (now) => ({ ...now, tab: "faults", from: value }) });
  const named = groups.flatMap(({ sources }) => sources).find(({ job_id }) => job_id === from)?.file_name;
  return (
    <>
      <FilterBar
        chosen={
          from
            ? [
                {
                  key: "from",
                  label: `From ${from === POSTED ? "messages sent one by one" : (named ?? "one file")}`,
                  onRemove: () => setFrom(undefined),
                },
              ]
            : []
        }
      >
        <FilterSelect
          label="State"
          any="Open"
          value={state === "open" ? undefined : state}
          options={[
            { value: "retried", label: "Retried" },
            { value: "dismissed", label: "Dismissed" },
          ]}
          onChange={(value) =>
            navigate({ search: (now) => ({ ...now, tab: "faults", state: (value ?? "open") as typeof state }) })
          }
        />
        <FilterSelect
          label="Why not"
          any="Any"
          value={kind}
          options={[
            { value: "rejected", label: "Cannot be read" },
            { value: "quarantined", label: "Contradicts something" },
          ]}
          onChange={(value) => navigate({ search: (now) => ({ ...now, tab: "faults", kind: value as typeof kind }) })}
        />
      </FilterBar>
      {found.isPending ? <SkeletonRows /> : null}
      {found.isError ? <ErrorState error={found.error} onRetry={() => found.refetch()} /> : null}
      {found.data && groups.length === 0 ? (
        <EmptyState title={state === "open" ? "Everything that came was taken in" : `None is ${state}`}>
          <p>A message or row that cannot be taken waits here with its reason, and nothing of it is lost.</p>
        </EmptyState>
      ) : null}
      {found.data && found.data.counted < found.data.all ? (
        <p className="cw-quiet">
          The newest {count(found.data.counted)} of {count(found.data.all)} are counted here.
        </p>
      ) : null}
      {groups.length > 0 ? (
        <FaultGroups
          // Other rows are asked for: what was open belongs to the question before.
          key={`${state} ${kind} ${from}`}
          groups={groups}
          filter={filter}
          onFrom={setFrom}
        />
      ) : null}
    </>
  );
}
