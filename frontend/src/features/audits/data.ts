import { queryOptions } from "@tanstack/react-query";
import { answer, api, ifMatch, intention, type Schemas } from "@/api/client.ts";
import { pagesOptions } from "@/api/pages.ts";
import type { Audit } from "@/parts/audit.ts";

export type AuditRow = Schemas["AuditRow"];
export type AuditKind = Audit["kind"];
export type Population = Schemas["PopulationOut"];
export type Sampling = Schemas["SamplingOut"];
export type AuditEdit = Schemas["AuditEdit"];
export type Auditor = Schemas["AuditorOut"];
export type Item = Schemas["AuditItemRow"];
export type Preview = Schemas["DrawPreview"];
export type Profile = Schemas["ProfileOut"];
export type ProfileRow = Schemas["ProfileRow"];
export type ProfileKind = ProfileRow["kind"];

export type AuditFilter = {
  state?: Audit["state"] | undefined;
  open?: boolean | undefined;
  kind?: AuditKind | undefined;
  mine?: boolean | undefined;
  words?: string | undefined;
};

export function auditPages(filter: AuditFilter) {
  return pagesOptions(["list_audits", filter], (cursor, signal) =>
    answer(api.GET("/api/v1/audits", { params: { query: { ...filter, cursor } }, signal })),
  );
}

export function openAudit(body: Schemas["AuditNew"]) {
  return answer(api.POST("/api/v1/audits", { body, params: { header: intention() } }));
}

const of = (audit: Audit) => ({ path: { audit_id: audit.audit_id }, header: ifMatch(audit.version) });

export function editAudit(audit: Audit, body: AuditEdit) {
  return answer(api.PATCH("/api/v1/audits/{audit_id}", { params: of(audit), body }));
}

export function nameAuditors(audit: Audit, body: Schemas["AuditorsNamed"]) {
  return answer(api.PUT("/api/v1/audits/{audit_id}/auditors", { params: of(audit), body }));
}

export function abandonAudit(audit: Audit, reason: string) {
  return answer(api.POST("/api/v1/audits/{audit_id}/abandon", { params: of(audit), body: { reason } }));
}

export function drawAudit(audit: Audit, seed: string | null) {
  return answer(api.POST("/api/v1/audits/{audit_id}/draw", { params: of(audit), body: { seed } }));
}

export function replaceItem(item: Item, reason: string) {
  return answer(
    api.POST("/api/v1/audit-items/{item_id}/replace", {
      params: { path: { item_id: item.item_id }, header: ifMatch(item.version) },
      body: { reason },
    }),
  );
}

/** Counted as the audit is stored now: the version is part of the key, so that what is saved is counted anew. */
export function populationQuery(audit: Audit) {
  return queryOptions({
    queryKey: ["count_audit_population", audit.audit_id, audit.version],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/v1/audits/{audit_id}/population", { params: { path: { audit_id: audit.audit_id } }, signal }),
      ),
  });
}

export function previewQuery(audit: Audit) {
  return queryOptions({
    queryKey: ["preview_draw", audit.audit_id, audit.version],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/v1/audits/{audit_id}/draw/preview", { params: { path: { audit_id: audit.audit_id } }, signal }),
      ),
  });
}

export function drawQuery(auditId: string) {
  return queryOptions({
    queryKey: ["see_draw", auditId],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/audits/{audit_id}/draw", { params: { path: { audit_id: auditId } }, signal })),
  });
}

export function replayDraw(auditId: string) {
  return answer(api.GET("/api/v1/audits/{audit_id}/draw/replay", { params: { path: { audit_id: auditId } } }));
}

export function itemPages(auditId: string, filter: { state?: Item["state"] | undefined; mine?: boolean | undefined }) {
  return pagesOptions(["list_audit_items", auditId, filter], (cursor, signal) =>
    answer(
      api.GET("/api/v1/audits/{audit_id}/items", {
        params: { path: { audit_id: auditId }, query: { ...filter, cursor } },
        signal,
      }),
    ),
  );
}

export function sizeQuery(asked: { points: number; share: number; confidence: number; population?: number }) {
  return queryOptions({
    queryKey: ["size_sample", asked],
    queryFn: ({ signal }) => answer(api.GET("/api/v1/audit-sample-size", { params: { query: asked }, signal })),
    enabled: asked.points > 0 && asked.points < 50 && asked.share > 0 && asked.share < 1,
  });
}

export function codersQuery(from: string, to: string) {
  return queryOptions({
    queryKey: ["list_audit_coders", from, to],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/audit-coders", { params: { query: { ended_from: from, ended_to: to } }, signal })),
  });
}

export function specialtiesQuery(from: string, to: string) {
  return queryOptions({
    queryKey: ["list_audit_specialties", from, to],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/audit-specialties", { params: { query: { ended_from: from, ended_to: to } }, signal })),
  });
}

export const auditorsQuery = queryOptions({
  queryKey: ["list_auditors"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/auditors", { signal })),
});

export function qualify(personId: string, body: Schemas["QualificationNew"]) {
  return answer(
    api.POST("/api/v1/auditors/{person_id}/qualifications", { params: { path: { person_id: personId } }, body }),
  );
}

export function withdrawQualification(qualification: Schemas["QualificationOut"], reason: string) {
  return answer(
    api.POST("/api/v1/auditor-qualifications/{qualification_id}/withdraw", {
      params: {
        path: { qualification_id: qualification.qualification_id },
        header: ifMatch(qualification.version),
      },
      body: { reason },
    }),
  );
}

export function profilesQuery(kind?: ProfileKind) {
  return queryOptions({
    queryKey: ["list_audit_profiles", kind ?? null],
    queryFn: ({ signal }) => answer(api.GET("/api/v1/audit-profiles", { params: { query: { kind } }, signal })),
  });
}

export function profileQuery(profileId: string, version?: number) {
  return queryOptions({
    queryKey: ["see_audit_profile", profileId, version ?? null],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/v1/audit-profiles/{profile_id}", {
          params: { path: { profile_id: profileId }, query: { version } },
          signal,
        }),
      ),
  });
}

export function comparisonQuery(profileId: string, was: number, now: number) {
  return queryOptions({
    queryKey: ["compare_audit_profile", profileId, was, now],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/v1/audit-profiles/{profile_id}/compare", {
          params: { path: { profile_id: profileId }, query: { was, now } },
          signal,
        }),
      ),
    enabled: was !== now,
  });
}

export function publishProfile(profile: Profile, body: Schemas["ProfileVersionNew"]) {
  return answer(
    api.POST("/api/v1/audit-profiles/{profile_id}/versions", {
      params: { path: { profile_id: profile.profile_id }, header: ifMatch(profile.latest) },
      body,
    }),
  );
}

export function addProfile(body: Schemas["ProfileNew"]) {
  return answer(api.POST("/api/v1/audit-profiles", { body, params: { header: intention() } }));
}
