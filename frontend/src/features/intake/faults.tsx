import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { rowsOf } from "@/api/pages.ts";
import { FilterBar, FilterSelect } from "@/kit/filter-bar.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type FaultFilter, faultPages } from "./data.ts";
import { FaultTable } from "./fault-table.tsx";

const route = getRouteApi("/signed-in/intake");

/** Messages and rows that could not be taken, each with its reason and what to do. */
export function Faults({ state = "open", kind }: Pick<FaultFilter, "state" | "kind">) {
  const navigate = route.useNavigate();
  const faults = useInfiniteQuery(faultPages({ state, kind }));
  const rows = rowsOf(faults.data);
  return (
    <>
      <FilterBar>
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
      {faults.isPending ? <SkeletonRows /> : null}
      {faults.isError ? <ErrorState error={faults.error} onRetry={() => faults.refetch()} /> : null}
      {faults.data && rows.length === 0 ? (
        <EmptyState title={state === "open" ? "Everything that came was taken in" : `None is ${state}`}>
          <p>A message or row that cannot be taken waits here with its reason, and nothing of it is lost.</p>
        </EmptyState>
      ) : null}
      {rows.length > 0 ? <FaultTable faults={rows} pages={faults} /> : null}
    </>
  );
}
