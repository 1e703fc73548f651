import { queryOptions } from "@tanstack/react-query";
import { answer, api, ifMatch, type Schemas } from "@/api/client.ts";
import { pagesOptions } from "@/api/pages.ts";

export type Rule = Schemas["CheckRuleOut"];
export type Severity = Rule["severity"];
export type Family = Rule["family"];

export type RuleFilter = {
  q?: string | undefined;
  family?: Family | undefined;
  severity?: Severity | undefined;
  enabled?: boolean | undefined;
  edited?: boolean | undefined;
};

export function rulePages(filter: RuleFilter) {
  return pagesOptions(["list_check_rules", filter], (cursor, signal) =>
    answer(api.GET("/api/v1/check-rules", { params: { query: { ...filter, limit: 100, cursor } }, signal })),
  );
}

export function ruleQuery(ruleId: string) {
  return queryOptions({
    queryKey: ["see_check_rule", ruleId],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/check-rules/{rule_id}", { params: { path: { rule_id: ruleId } }, signal })),
  });
}

export function editRule(rule: Rule, body: Schemas["CheckRuleEditIn"]) {
  return answer(
    api.PATCH("/api/v1/check-rules/{rule_id}", {
      params: { path: { rule_id: rule.rule_id }, header: ifMatch(rule.edits) },
      body,
    }),
  );
}

export function restoreRule(rule: Rule) {
  return answer(
    api.POST("/api/v1/check-rules/{rule_id}/restore", {
      params: { path: { rule_id: rule.rule_id }, header: ifMatch(rule.edits) },
    }),
  );
}
