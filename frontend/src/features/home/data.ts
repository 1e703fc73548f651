// What the home page reads beside what every page counts.
import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client.ts";

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
