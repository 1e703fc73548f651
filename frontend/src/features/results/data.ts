import { queryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client.ts";
import { pagesOptions } from "@/api/pages.ts";
import type { paths } from "@/api/schema.d.ts";

export type Results = Schemas["ResultsOut"];
export type Figure = Schemas["FigureOut"];
export type Treatment = Schemas["TreatmentOut"];
export type ClassFigures = Schemas["ClassFiguresOut"];
export type Level = Schemas["LevelOut"];
export type Group = Schemas["GroupOut"];
export type Position = Schemas["ResultPositionOut"];
export type ResultEpisode = Schemas["ResultEpisodeOut"];
export type Compared = Schemas["ComparedEpisodeOut"];
export type Agreement = Schemas["AuditAgreementOut"];
export type Trend = Schemas["TrendOut"];
export type Change = Schemas["ChangeOut"];
type Asked = NonNullable<paths["/api/v1/audits/{audit_id}/results/positions"]["get"]["parameters"]["query"]>;

/** What narrows a list of codes: each is in the address, or is not there. */
export type PositionFilter = {
  [Key in Exclude<keyof Asked, "cursor" | "limit">]?: Exclude<Asked[Key], null> | undefined;
};

const path = (auditId: string) => ({ path: { audit_id: auditId } });

export function resultsQuery(auditId: string) {
  return queryOptions({
    queryKey: ["see_results", auditId],
    queryFn: ({ signal }) => answer(api.GET("/api/v1/audits/{audit_id}/results", { params: path(auditId), signal })),
  });
}

export function positionPages(auditId: string, filter: PositionFilter) {
  return pagesOptions(["list_result_positions", auditId, filter], (cursor, signal) =>
    answer(
      api.GET("/api/v1/audits/{audit_id}/results/positions", {
        params: { ...path(auditId), query: { ...filter, cursor } },
        signal,
      }),
    ),
  );
}

export function positionCountQuery(auditId: string, filter: PositionFilter) {
  return queryOptions({
    queryKey: ["count_result_positions", auditId, filter],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/v1/audits/{audit_id}/results/positions/count", {
          params: { ...path(auditId), query: filter },
          signal,
        }),
      ),
  });
}

export function comparedQuery(auditId: string, itemId: string) {
  return queryOptions({
    queryKey: ["see_compared_episode", auditId, itemId],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/v1/audits/{audit_id}/results/episodes/{item_id}", {
          params: { path: { audit_id: auditId, item_id: itemId } },
          signal,
        }),
      ),
  });
}

export function agreementQuery(auditId: string) {
  return queryOptions({
    queryKey: ["see_agreement", auditId],
    queryFn: ({ signal }) => answer(api.GET("/api/v1/audits/{audit_id}/agreement", { params: path(auditId), signal })),
  });
}

export const allAgreementQuery = queryOptions({
  queryKey: ["see_all_agreement"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/audit-agreement", { signal })),
});

export function trendQuery(auditId: string, by: Trend["by"], key: string | undefined) {
  return queryOptions({
    queryKey: ["see_trend", auditId, by, key],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/v1/audits/{audit_id}/trend", {
          params: { ...path(auditId), query: by === "kind" ? { by } : { by, key } },
          signal,
        }),
      ),
  });
}

export function effectQuery(auditId: string) {
  return queryOptions({
    queryKey: ["see_effect", auditId],
    queryFn: ({ signal }) => answer(api.GET("/api/v1/audits/{audit_id}/effect", { params: path(auditId), signal })),
  });
}

export function loadGrouping(auditId: string, grouper: string, csv: string) {
  return answer(api.POST("/api/v1/audits/{audit_id}/grouping", { params: path(auditId), body: { grouper, csv } }));
}
