import { queryOptions } from "@tanstack/react-query";
import { answer, api, ifMatch, type Schemas } from "@/api/client.ts";
import { pagesOptions } from "@/api/pages.ts";

export type ExternalFinding = Schemas["ExternalFinding"];
export type Figures = Schemas["ExternalFigures"];
export type Stage = Schemas["ExternalStage"];
export type File = Schemas["ExternalFileIn"];
export type Preview = Schemas["ImportPreview"];

export const template = "/api/v1/external-findings/template";

export function figuresQuery(auditId: string) {
  return queryOptions({
    queryKey: ["see_external_figures", auditId],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/v1/audits/{audit_id}/external-figures", { params: { path: { audit_id: auditId } }, signal }),
      ),
  });
}

export function externalPages(auditId: string, stage: Stage | undefined) {
  return pagesOptions(["list_external_findings", auditId, stage ?? null], (cursor, signal) =>
    answer(
      api.GET("/api/v1/audits/{audit_id}/external-findings", {
        params: { path: { audit_id: auditId }, query: { stage, cursor } },
        signal,
      }),
    ),
  );
}

export function previewFile(auditId: string, body: File) {
  return answer(
    api.POST("/api/v1/audits/{audit_id}/external-findings/preview", { params: { path: { audit_id: auditId } }, body }),
  );
}

export function importFile(auditId: string, body: File) {
  return answer(
    api.POST("/api/v1/audits/{audit_id}/external-findings", { params: { path: { audit_id: auditId } }, body }),
  );
}

const of = (one: ExternalFinding) => ({ path: { item_id: one.item_id }, header: ifMatch(one.item_version) });

export function decide(one: ExternalFinding, decision: Omit<Schemas["ExternalDecisionIn"], "no">) {
  return answer(
    api.POST("/api/v1/audit-items/{item_id}/external-decisions", {
      params: of(one),
      body: { decisions: [{ no: one.no, ...decision }] },
    }),
  );
}

export function recordOutcome(one: ExternalFinding, body: Omit<Schemas["ExternalOutcomeIn"], "no">) {
  return answer(
    api.POST("/api/v1/audit-items/{item_id}/external-outcome", { params: of(one), body: { no: one.no, ...body } }),
  );
}
