// What waits, and by when: read by the frame, the home page and the queues, and kept once for all of them.
import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client.ts";

export const deadlinesQuery = queryOptions({
  queryKey: ["list_deadlines"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/deadlines", { signal })),
  staleTime: 5 * 60_000,
});

export const countsQuery = queryOptions({
  queryKey: ["count_work_items"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/work-items/counts", { signal })),
  staleTime: 30_000,
});

export const programmeCountsQuery = queryOptions({
  queryKey: ["count_programme"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/programme-counts", { signal })),
  staleTime: 60_000,
});

/** Findings of audits that wait for the person: to reply to, to answer, to rule on. */
export const findingCountsQuery = queryOptions({
  queryKey: ["count_findings"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/findings/counts", { signal })),
  staleTime: 60_000,
});

/** Actions of the person's that are due soon or overdue, and what waits for them to verify or answer. */
export const actionCountsQuery = queryOptions({
  queryKey: ["count_my_actions"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/my-actions/counts", { signal })),
  staleTime: 60_000,
});
