import { queryOptions } from "@tanstack/react-query";
import { answer, api, ifMatch, intention, type Schemas } from "@/api/client.ts";
import { pagesOptions } from "@/api/pages.ts";
import type { paths } from "@/api/schema.d.ts";
import type { Recommendation } from "@/parts/recommendations.ts";

export type RecommendationRow = Schemas["RecommendationOut"];
export type ActionRow = Schemas["ActionOut"];
export type Action = Schemas["ActionDetail"];
export type ActionFilter = NonNullable<paths["/api/v1/actions"]["get"]["parameters"]["query"]>;
export type RecommendationFilter = NonNullable<paths["/api/v1/recommendations"]["get"]["parameters"]["query"]>;

export function actionPages(filter: ActionFilter) {
  return pagesOptions(["list_actions", filter], (cursor, signal) =>
    answer(api.GET("/api/v1/actions", { params: { query: { ...filter, cursor } }, signal })),
  );
}

export function recommendationPages(filter: RecommendationFilter) {
  return pagesOptions(["list_recommendations", filter], (cursor, signal) =>
    answer(api.GET("/api/v1/recommendations", { params: { query: { ...filter, cursor } }, signal })),
  );
}

export const myActionsQuery = queryOptions({
  queryKey: ["list_my_actions"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/my-actions", { signal })),
});

export function recommendationQuery(recommendationId: string) {
  return queryOptions({
    queryKey: ["see_recommendation", recommendationId],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/v1/recommendations/{recommendation_id}", {
          params: { path: { recommendation_id: recommendationId } },
          signal,
        }),
      ),
  });
}

const of = (one: Recommendation) => ({
  path: { recommendation_id: one.recommendation_id },
  header: ifMatch(one.version),
});

export type Answer = Schemas["RespondIn"];

export function respond(one: Recommendation, body: Answer) {
  return answer(api.POST("/api/v1/recommendations/{recommendation_id}/respond", { params: of(one), body }));
}

export function moveRecommendation(one: Recommendation, move: "withdraw" | "close" | "reopen", reason: string) {
  const params = of(one);
  if (move === "withdraw")
    return answer(api.POST("/api/v1/recommendations/{recommendation_id}/withdraw", { params, body: { reason } }));
  if (move === "close") return answer(api.POST("/api/v1/recommendations/{recommendation_id}/close", { params }));
  return answer(api.POST("/api/v1/recommendations/{recommendation_id}/reopen", { params }));
}

export function linkReAudit(one: Recommendation, auditId: string | null) {
  return answer(
    api.POST("/api/v1/recommendations/{recommendation_id}/re-audit", { params: of(one), body: { audit_id: auditId } }),
  );
}

export function makeAction(one: Recommendation, body: Schemas["ActionIn"]) {
  return answer(
    api.POST("/api/v1/recommendations/{recommendation_id}/actions", {
      params: { path: { recommendation_id: one.recommendation_id }, header: intention() },
      body,
    }),
  );
}

const at = (one: ActionRow) => ({ path: { action_id: one.action_id }, header: ifMatch(one.version) });

export function editAction(one: ActionRow, body: Schemas["ActionIn"]) {
  return answer(api.PUT("/api/v1/actions/{action_id}", { params: at(one), body }));
}

export type Move = "start" | "finish" | "verify" | "close" | "send_back" | "cancel" | "reopen";

export function moveAction(one: ActionRow, move: Move, said: string) {
  const params = at(one);
  switch (move) {
    case "start":
      return answer(api.POST("/api/v1/actions/{action_id}/start", { params, body: { text: said } }));
    case "finish":
      return answer(api.POST("/api/v1/actions/{action_id}/finish", { params, body: { text: said } }));
    case "verify":
      return answer(api.POST("/api/v1/actions/{action_id}/verify", { params, body: { text: said } }));
    case "close":
      return answer(api.POST("/api/v1/actions/{action_id}/close", { params, body: { text: said } }));
    case "send_back":
      return answer(api.POST("/api/v1/actions/{action_id}/send-back", { params, body: { reason: said } }));
    case "cancel":
      return answer(api.POST("/api/v1/actions/{action_id}/cancel", { params, body: { reason: said } }));
    case "reopen":
      return answer(api.POST("/api/v1/actions/{action_id}/reopen", { params, body: { reason: said } }));
  }
}

export function noteAction(one: ActionRow, said: string) {
  return answer(
    api.POST("/api/v1/actions/{action_id}/notes", {
      params: { path: { action_id: one.action_id }, header: intention() },
      body: { text: said },
    }),
  );
}

export function addEvidence(one: ActionRow, body: Schemas["EvidenceIn"]) {
  return answer(
    api.POST("/api/v1/actions/{action_id}/evidence", {
      params: { path: { action_id: one.action_id }, header: intention() },
      body,
    }),
  );
}

export function uploadEvidence(one: ActionRow, title: string, file: File) {
  return answer(
    api.POST("/api/v1/actions/{action_id}/evidence/files", {
      params: { path: { action_id: one.action_id } },
      body: { title, file: "" },
      bodySerializer: () => {
        const form = new FormData();
        form.append("title", title);
        form.append("file", file);
        return form;
      },
    }),
  );
}

export function withdrawEvidence(one: ActionRow, evidenceId: string, reason: string) {
  return answer(
    api.POST("/api/v1/actions/{action_id}/evidence/{evidence_id}/withdraw", {
      params: { path: { action_id: one.action_id, evidence_id: evidenceId } },
      body: { reason },
    }),
  );
}

/** Where a file of evidence is downloaded from, as an attachment. */
export function evidenceHref(actionId: string, evidenceId: string): string {
  return `/api/v1/actions/${actionId}/evidence/${evidenceId}/file`;
}
