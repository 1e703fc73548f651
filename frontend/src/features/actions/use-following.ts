// The audits that follow an audit: what a recommendation of it may be looked at again by.
import { queryOptions, useQueries, useQuery } from "@tanstack/react-query";
import { answer, api } from "@/api/client.ts";
import { auditQuery } from "@/parts/audit.ts";

// A Trust has a handful of follow-ups; which audit each follows is told by itself only.
const followUps = queryOptions({
  queryKey: ["list_audits", "follow_up"],
  queryFn: ({ signal }) =>
    answer(api.GET("/api/v1/audits", { params: { query: { kind: "follow_up", limit: 50 } }, signal })),
});

export function useFollowing(auditId: string) {
  const list = useQuery(followUps);
  const each = useQueries({ queries: (list.data?.items ?? []).map((audit) => auditQuery(audit.audit_id)) });
  return {
    audits: each
      .flatMap((one) => one.data ?? [])
      .filter((audit) => audit.follows_audit_id === auditId && audit.state !== "abandoned"),
    isPending: list.isPending || each.some((one) => one.isPending),
    error: list.error ?? each.find((one) => one.error)?.error ?? null,
  };
}
