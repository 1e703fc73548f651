// The queues on the wire: lists, counts, claims, moves of many and their undo.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, api, type intention, type Schemas } from "@/api/client.ts";
import type { QueueSearch } from "./search.ts";
import { toQuery } from "./search.ts";

export type WorkItem = Schemas["WorkItemOut"];
export type MovedMany = Schemas["MovedMany"];
export type Queue = WorkItem["queue"];
export type Assignee = Schemas["Assignee"];

/** Every specialty of a queue, or of all of them: more than the rows that are loaded show. */
export const specialtiesQuery = (queue: Queue | undefined) =>
  queryOptions({
    queryKey: ["count_work_items_by_specialty", queue],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/work-items/specialties", { params: { query: queue ? { queue } : {} }, signal })),
    staleTime: 30_000,
  });

export const workItemsQuery = (search: QueueSearch) =>
  infiniteQueryOptions({
    queryKey: ["list_work_items", search],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET("/api/v1/work-items", {
          params: { query: { ...toQuery(search), limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const myWorkQuery = queryOptions({
  queryKey: ["list_my_work"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/my-work", { signal })),
  staleTime: 15_000,
});

export const assigneesQuery = queryOptions({
  queryKey: ["list_assignees"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/work-items/assignees", { signal })),
  staleTime: 60_000,
});

export function claimNext(body: Schemas["Claim"]) {
  return answer(api.POST("/api/v1/work-items/claim-next", { body }));
}

type Key = ReturnType<typeof intention>;

export function moveMany(body: Schemas["MoveMany"], headers: Key): Promise<MovedMany> {
  return answer(api.POST("/api/v1/work-items/bulk-move", { headers, body }));
}

export function assignMany(body: Schemas["AssignMany"], headers: Key): Promise<MovedMany> {
  return answer(api.POST("/api/v1/work-items/bulk-assign", { headers, body }));
}

export function undoMove(moveId: string): Promise<MovedMany> {
  return answer(api.POST("/api/v1/work-moves/{move_id}/undo", { params: { path: { move_id: moveId } } }));
}
