import { queryOptions } from "@tanstack/react-query";
import { answer, api, ifMatch, type Schemas } from "@/api/client.ts";

export type Report = Schemas["ReportOut"];
export type Block = Schemas["ReportBlockOut"];
export type Document = Schemas["ReportDocument"];
export type Section = Schemas["ReportSection"];
export type Table = Schemas["ReportTable"];
export type Column = Schemas["ReportColumn"];
export type IntervalChart = Schemas["IntervalChart"];
export type BarChart = Schemas["BarChart"];
export type Version = Schemas["ReportVersionOut"];

export function reportQuery(auditId: string) {
  return queryOptions({
    queryKey: ["see_report", auditId],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/audits/{audit_id}/report", { params: { path: { audit_id: auditId } }, signal })),
  });
}

export function versionsQuery(auditId: string) {
  return queryOptions({
    queryKey: ["list_report_versions", auditId],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/audits/{audit_id}/report/versions", { params: { path: { audit_id: auditId } }, signal })),
  });
}

export function versionQuery(auditId: string, version: number) {
  return queryOptions({
    queryKey: ["see_report_version", auditId, version],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/v1/audits/{audit_id}/report/versions/{version}", {
          params: { path: { audit_id: auditId, version } },
          signal,
        }),
      ),
  });
}

export type Edit = { key: string; text: string | null };

export function saveBlocks(report: Report, blocks: Edit[]) {
  return answer(
    api.PUT("/api/v1/audits/{audit_id}/report/blocks", {
      params: { path: { audit_id: report.audit_id }, header: ifMatch(report.version) },
      body: { blocks },
    }),
  );
}

export function keepVersion(auditId: string, body: { name: string }, headers: { "Idempotency-Key": string }) {
  return answer(
    api.POST("/api/v1/audits/{audit_id}/report/versions", {
      params: { path: { audit_id: auditId }, header: headers },
      body,
    }),
  );
}

/** Where a file of a report is: the browser fetches it itself. */
export function fileOf(auditId: string, file: string): string {
  return `/api/v1/audits/${encodeURIComponent(auditId)}/${file}`;
}
