// What the home page reads. The keys are those of the operations, so that the frame and the queues share the answers.
import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client.ts";

export const deadlinesQuery = queryOptions({
  queryKey: ["list_deadlines"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/deadlines", { signal })),
  staleTime: 5 * 60_000,
});

export const findingCountsQuery = queryOptions({
  queryKey: ["count_findings"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/findings/counts", { signal })),
  staleTime: 60_000,
});

export const countsQuery = queryOptions({
  queryKey: ["count_work_items"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/work-items/counts", { signal })),
  staleTime: 60_000,
});

export const programmeCountsQuery = queryOptions({
  queryKey: ["count_programme"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/programme-counts", { signal })),
  staleTime: 60_000,
});

export const myWorkQuery = queryOptions({
  queryKey: ["list_my_work"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/my-work", { signal })),
});

export const latestJobsQuery = queryOptions({
  queryKey: ["list_jobs", "latest"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/intake/jobs", { params: { query: { limit: 5 } }, signal })),
});

export const openFaultsQuery = queryOptions({
  queryKey: ["list_faults", "open", "first"],
  queryFn: ({ signal }) =>
    answer(api.GET("/api/v1/intake/faults", { params: { query: { state: "open", limit: 50 } }, signal })),
});

export const editionsQuery = queryOptions({
  queryKey: ["list_editions"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/editions", { signal })),
});

export function claimNext() {
  return answer(api.POST("/api/v1/work-items/claim-next", { body: {} }));
}

/** Actions of audits that are due soon or overdue, and what waits for the person to verify or answer. */
export const actionCountsQuery = queryOptions({
  queryKey: ["count_my_actions"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/my-actions/counts", { signal })),
});
