import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client.ts";

export type System = "icd10" | "opcs4";

/** Codes by the words typed; `on` chooses the edition in force that day. */
export function codesQuery(system: System, q: string, on: string | undefined) {
  return queryOptions({
    queryKey: ["search_codes", system, q, on ?? null],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/codes", { params: { query: { system, q, on, limit: 40 } }, signal })),
    enabled: q.trim() !== "",
    placeholderData: keepPreviousData,
    staleTime: 10 * 60_000,
  });
}

export function codeQuery(system: System, code: string, on: string | undefined) {
  return queryOptions({
    queryKey: ["see_code", system, code, on ?? null],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/codes/{system}/{code}", { params: { path: { system, code }, query: { on } }, signal })),
    staleTime: 10 * 60_000,
  });
}
