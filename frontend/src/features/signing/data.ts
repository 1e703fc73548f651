import { queryOptions } from "@tanstack/react-query";
import { answer, api, ifMatch, type Schemas } from "@/api/client.ts";
import { pagesOptions } from "@/api/pages.ts";

export type SignOff = Schemas["SignOffOut"];
export type OpenThing = Schemas["OpenThing"];
export type Signature = Schemas["SignatureRow"];
export type Amendment = Schemas["AmendmentOut"];
export type AfterFreeze = Schemas["AfterFreezeOut"];
export type CodeChange = Schemas["CodeChange"];

const of = (at: SignOff) => ({ path: { audit_id: at.audit_id }, header: ifMatch(at.version) });

export function signAudit(at: SignOff, statement: string) {
  return answer(api.POST("/api/v1/audits/{audit_id}/sign", { params: of(at), body: { statement } }));
}

/** Ends a correction that changed nothing: what was signed stays as it is. */
export function closeCorrection(at: SignOff) {
  return answer(api.POST("/api/v1/audits/{audit_id}/close-correction", { params: of(at) }));
}

export function openCorrection(at: SignOff, reason: string, itemIds: string[]) {
  return answer(
    api.POST("/api/v1/audits/{audit_id}/open-correction", { params: of(at), body: { reason, item_ids: itemIds } }),
  );
}

export function signaturesQuery(auditId: string) {
  return queryOptions({
    queryKey: ["list_signatures", auditId],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/audits/{audit_id}/signatures", { params: { path: { audit_id: auditId } }, signal })),
  });
}

export function signatureQuery(auditId: string, version: number) {
  return queryOptions({
    queryKey: ["see_signature", auditId, version],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/v1/audits/{audit_id}/signatures/{version}", {
          params: { path: { audit_id: auditId, version } },
          signal,
        }),
      ),
  });
}

export function changesQuery(auditId: string, version: number) {
  return queryOptions({
    queryKey: ["see_signature_changes", auditId, version],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/v1/audits/{audit_id}/signatures/{version}/changes", {
          params: { path: { audit_id: auditId, version } },
          signal,
        }),
      ),
  });
}

export function amendmentPages(auditId: string) {
  return pagesOptions(["list_amendments", auditId], (cursor, signal) =>
    answer(
      api.GET("/api/v1/audits/{audit_id}/amendments", {
        params: { path: { audit_id: auditId }, query: { cursor } },
        signal,
      }),
    ),
  );
}

export function amend(one: Amendment) {
  return answer(
    api.POST("/api/v1/audit-items/{item_id}/amend", {
      params: { path: { item_id: one.item_id }, header: ifMatch(one.coding_version) },
    }),
  );
}

export function afterFreezePages(auditId: string) {
  return pagesOptions(["list_after_freeze_changes", auditId], (cursor, signal) =>
    answer(api.GET("/api/v1/after-freeze-changes", { params: { query: { audit_id: auditId, cursor } }, signal })),
  );
}

/** The numbers of settled episodes, to say which are decided anew. */
export function settledQuery(auditId: string) {
  return queryOptions({
    queryKey: ["list_audit_items", auditId, { state: "settled", all: true }],
    queryFn: async ({ signal }) => {
      const found: Schemas["AuditItemRow"][] = [];
      let cursor: string | undefined;
      do {
        const page = await answer(
          api.GET("/api/v1/audits/{audit_id}/items", {
            params: { path: { audit_id: auditId }, query: { state: "settled", limit: 200, cursor } },
            signal,
          }),
        );
        found.push(...page.items);
        cursor = page.next ?? undefined;
      } while (cursor);
      return found;
    },
  });
}
