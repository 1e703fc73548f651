import { queryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client.ts";

export type TimetableRow = Schemas["TimetableRow"];
export type NewRow = Schemas["TimetableRowIn"];

export const timetableQuery = queryOptions({
  queryKey: ["list_timetable"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/sus-timetable", { signal })),
  staleTime: 5 * 60_000,
});

export function loadTimetable(body: Schemas["TimetableIn"]) {
  return answer(api.PUT("/api/v1/sus-timetable", { body }));
}
