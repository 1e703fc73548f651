// How the worksheet talks to the server: the sheet, the draft, the codes, the decisions and what ends an episode.
import { queryOptions } from "@tanstack/react-query";
import { answer, api, ifMatch, type Schemas } from "@/api/client.ts";

export type Worksheet = Schemas["WorksheetOut"];
export type Position = Schemas["SheetPosition"];
export type Decision = Schemas["DecisionIn"];
export type Citation = Schemas["CitationOut"];

const FOREVER = Number.POSITIVE_INFINITY;
const item = (itemId: string) => ({ path: { item_id: itemId } });

export const sheetQuery = (itemId: string) =>
  queryOptions({
    queryKey: ["see_worksheet", itemId],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/audit-items/{item_id}/worksheet", { params: item(itemId), signal })),
    // What is being typed and decided must not be pulled away from under the auditor.
    staleTime: FOREVER,
    gcTime: 0,
    refetchOnReconnect: false,
  });

/** The figures of the audit so far, for the foot; the page does without while there are none. */
export const totalsQuery = (auditId: string) =>
  queryOptions({
    queryKey: ["see_results", auditId, "foot"],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/audits/{audit_id}/results", { params: { path: { audit_id: auditId } }, signal })),
    retry: false,
    staleTime: 30_000,
  });

export function takeNext(auditId: string) {
  return answer(api.POST("/api/v1/audits/{audit_id}/take-next", { params: { path: { audit_id: auditId } } }));
}

export function takeItem(itemId: string) {
  return answer(api.POST("/api/v1/audit-items/{item_id}/take", { params: item(itemId) }));
}

export function releaseItem(itemId: string) {
  return answer(api.POST("/api/v1/audit-items/{item_id}/release", { params: item(itemId) }));
}

export function renewItem(itemId: string) {
  return answer(api.POST("/api/v1/audit-items/{item_id}/renew", { params: item(itemId) }));
}

export function saveAuditDraft(itemId: string, body: Schemas["AuditDraftIn"], version: number) {
  return answer(
    api.PUT("/api/v1/audit-items/{item_id}/draft", { params: { ...item(itemId), header: ifMatch(version) }, body }),
  );
}

export function saveCodes(itemId: string, body: Schemas["AuditCodesIn"], version: number) {
  return answer(
    api.POST("/api/v1/audit-items/{item_id}/codes", { params: { ...item(itemId), header: ifMatch(version) }, body }),
  );
}

export function reviseCodes(itemId: string, body: Schemas["AuditRevisionIn"], version: number) {
  return answer(
    api.PUT("/api/v1/audit-items/{item_id}/revision", { params: { ...item(itemId), header: ifMatch(version) }, body }),
  );
}

export function decide(itemId: string, decisions: Decision[], version: number) {
  return answer(
    api.POST("/api/v1/audit-items/{item_id}/decisions", {
      params: { ...item(itemId), header: ifMatch(version) },
      body: { decisions },
    }),
  );
}

export function finishItem(itemId: string, body: Schemas["FinishIn"], version: number) {
  return answer(
    api.POST("/api/v1/audit-items/{item_id}/finish", { params: { ...item(itemId), header: ifMatch(version) }, body }),
  );
}

export function markUnsafe(itemId: string, body: Schemas["UnsafeIn"], version: number) {
  return answer(
    api.POST("/api/v1/audit-items/{item_id}/unsafe", { params: { ...item(itemId), header: ifMatch(version) }, body }),
  );
}

export function reopenItem(itemId: string, reason: string, version: number) {
  return answer(
    api.POST("/api/v1/audit-items/{item_id}/reopen", {
      params: { ...item(itemId), header: ifMatch(version) },
      body: { reason },
    }),
  );
}
