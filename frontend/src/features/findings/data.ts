import { queryOptions } from "@tanstack/react-query";
import { answer, api, ifMatch, type Schemas } from "@/api/client.ts";
import { pagesOptions } from "@/api/pages.ts";

export type FindingItem = Schemas["FindingItemOut"];
export type Finding = Schemas["CoderFinding"];
export type FindingRow = Schemas["FindingRow"];
export type Which = "to_answer" | "to_rule" | "with_coder";

export function myFindingPages(open: boolean | undefined) {
  return pagesOptions(["list_my_findings", open ?? null], (cursor, signal) =>
    answer(api.GET("/api/v1/findings", { params: { query: { open, cursor } }, signal })),
  );
}

export function findingQuery(itemId: string) {
  return queryOptions({
    queryKey: ["see_finding", itemId],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/findings/{item_id}", { params: { path: { item_id: itemId } }, signal })),
  });
}

export function disputePages(which: Which, auditId?: string) {
  return pagesOptions(["list_disputes", which, auditId ?? null], (cursor, signal) =>
    answer(api.GET("/api/v1/disputes", { params: { query: { which, audit_id: auditId, cursor } }, signal })),
  );
}

export function disputeQuery(itemId: string) {
  return queryOptions({
    queryKey: ["see_dispute", itemId],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/disputes/{item_id}", { params: { path: { item_id: itemId } }, signal })),
  });
}

/** Where a coder's own feedback sheet of an audit is fetched: a plain link, which the sign-in's cookie opens. */
export function sheetOf(auditId: string, personId: string): string {
  return `/api/v1/audits/${auditId}/feedback/${personId}.pdf`;
}

const of = (item: FindingItem) => ({ path: { item_id: item.item_id }, header: ifMatch(item.version) });

export function reply(item: FindingItem, replies: Schemas["FindingRepliesIn"]["replies"]) {
  return answer(api.POST("/api/v1/findings/{item_id}/replies", { params: of(item), body: { replies } }));
}

export function escalate(item: FindingItem, body: Schemas["FindingEscalateIn"]) {
  return answer(api.POST("/api/v1/findings/{item_id}/escalate", { params: of(item), body }));
}

export function answerDispute(item: FindingItem, body: Schemas["FindingAnswerIn"]) {
  return answer(api.POST("/api/v1/disputes/{item_id}/answer", { params: of(item), body }));
}

export function ruleOn(item: FindingItem, body: Schemas["FindingRulingIn"]) {
  return answer(api.POST("/api/v1/disputes/{item_id}/rule", { params: of(item), body }));
}

export function closeUnanswered(item: FindingItem, nos: number[], comment: string) {
  return answer(api.POST("/api/v1/disputes/{item_id}/no-reply", { params: of(item), body: { nos, comment } }));
}
