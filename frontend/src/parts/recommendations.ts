// Recommendations as more than one page makes and reads them.
import { queryOptions } from "@tanstack/react-query";
import { answer, api, ifMatch, intention, type Schemas } from "@/api/client.ts";

export type Recommendation = Schemas["RecommendationDetail"];
export type RecommendationBody = Schemas["RecommendationIn"];

export const ownersQuery = queryOptions({
  queryKey: ["list_action_owners"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/action-owners", { signal })),
  staleTime: 5 * 60_000,
});

export function makeRecommendation(auditId: string, body: RecommendationBody) {
  return answer(
    api.POST("/api/v1/audits/{audit_id}/recommendations", {
      params: { path: { audit_id: auditId }, header: intention() },
      body,
    }),
  );
}

export function editRecommendation(was: Recommendation, body: RecommendationBody) {
  return answer(
    api.PUT("/api/v1/recommendations/{recommendation_id}", {
      params: { path: { recommendation_id: was.recommendation_id }, header: ifMatch(was.version) },
      body,
    }),
  );
}
