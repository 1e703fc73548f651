import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { answer, api, ifMatch, type Schemas } from "@/api/client.ts";
import { pagesOptions } from "@/api/pages.ts";

export type Job = Schemas["JobOut"];
export type Fault = Schemas["FaultOut"];
export type Reason = Schemas["FaultReasonOut"];
export type Source = Schemas["SourceOut"];

export const isMoving = (job: Job): boolean => job.state === "waiting" || job.state === "running";

export const jobPages = pagesOptions(["list_jobs"], (cursor, signal) =>
  answer(api.GET("/api/v1/intake/jobs", { params: { query: { cursor } }, signal })),
);

export function jobQuery(jobId: string) {
  return queryOptions({
    queryKey: ["see_job", jobId],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/intake/jobs/{job_id}", { params: { path: { job_id: jobId } }, signal })),
    // Watched while it moves, and only then.
    refetchInterval: ({ state }) => (state.data && isMoving(state.data) ? 1000 : false),
    staleTime: 0,
  });
}

/** Why rows of a file were not taken; empty where its rows are not kept. */
export function reasonsQuery(jobId: string) {
  return queryOptions({
    queryKey: ["list_reasons", jobId],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/intake/jobs/{job_id}/reasons", { params: { path: { job_id: jobId } }, signal })),
  });
}

export type FaultGroup = Schemas["FaultGroupOut"];

export type FaultFilter = {
  job_id?: string;
  posted?: boolean;
  reason_id?: string;
  kind?: Fault["kind"];
  state?: Fault["state"];
};

/** Why rows and messages were not taken, the commonest reason first. */
export function faultGroupsQuery(filter: Omit<FaultFilter, "reason_id">) {
  return queryOptions({
    queryKey: ["list_fault_groups", filter],
    queryFn: ({ signal }) => answer(api.GET("/api/v1/intake/fault-groups", { params: { query: filter }, signal })),
  });
}

export function faultPages(filter: FaultFilter) {
  return pagesOptions(["list_faults", filter], (cursor, signal) =>
    answer(api.GET("/api/v1/intake/faults", { params: { query: { ...filter, cursor } }, signal })),
  );
}

export const sourcesQuery = queryOptions({
  queryKey: ["list_sources"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/intake/sources", { signal })),
});

export type Sending = { file: File; preview: boolean; sourceId: string | undefined };

/** Sends the file as it is; the server reads it as it comes and never holds it whole. */
export function sendFile({ file, preview, sourceId }: Sending) {
  return answer(
    api.POST("/api/v1/intake/files", {
      params: { query: { preview, source_id: sourceId, file_name: file.name.slice(0, 100) } },
      headers: { "Content-Type": /\.(ndjson|jsonl)$/i.test(file.name) ? "application/x-ndjson" : "text/csv" },
      body: file as unknown as never,
      bodySerializer: (body: unknown) => body as File,
    }),
  );
}

export function commitJob(jobId: string) {
  return answer(api.POST("/api/v1/intake/jobs/{job_id}/commit", { params: { path: { job_id: jobId } } }));
}

export function cancelJob(jobId: string) {
  return answer(api.POST("/api/v1/intake/jobs/{job_id}/cancel", { params: { path: { job_id: jobId } } }));
}

export function retryFault(faultId: string, changes: Record<string, string | null>) {
  return answer(
    api.POST("/api/v1/intake/faults/{fault_id}/retry", {
      params: { path: { fault_id: faultId } },
      body: { changes },
    }),
  );
}

export function dismissFault(faultId: string, reason: string) {
  return answer(
    api.POST("/api/v1/intake/faults/{fault_id}/dismiss", {
      params: { path: { fault_id: faultId } },
      body: { reason },
    }),
  );
}

export function saveSource(sourceId: string, version: number, body: Schemas["SourceIn"]) {
  return answer(
    api.PUT("/api/v1/intake/sources/{source_id}", {
      params: { path: { source_id: sourceId }, header: ifMatch(version) },
      body,
    }),
  );
}

const OLD_AFTER_A_FILE = [
  "list_jobs",
  "list_faults",
  "list_fault_groups",
  "list_reasons",
  "count_work_items",
  "list_work_items",
  "list_deadlines",
];

/** What other pages say of faults, queues and counts is old once a file is in. */
export function refreshAfterFile(client: QueryClient): void {
  for (const key of OLD_AFTER_A_FILE) void client.invalidateQueries({ queryKey: [key] });
}
