import { answer, api, type Schemas } from "@/api/client.ts";

export type TrailLine = Schemas["TrailRecordLine"];
export type TrailSearch = Schemas["TrailSearch"];

/** By POST: whom one looks for is not written into addresses and logs. */
export function searchTrail(search: TrailSearch, signal?: AbortSignal) {
  return answer(api.POST("/api/v1/trail/search", { body: search, signal }));
}

export function peopleByName(signal: AbortSignal) {
  return answer(api.GET("/api/v1/people", { params: { query: { limit: 200 } }, signal }));
}
