// Results of audits, and what came of them.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { guarded } from "@/features/frame/guard.tsx";
import { given, oneOf, type RawSearch, text } from "@/kit/search.ts";
import { signedInRoute } from "./root.ts";

const resultTabs = [
  "classes",
  "coder",
  "specialty",
  "auditor",
  "stratum",
  "errors",
  "standards",
  "reasons",
  "codes",
  "agreement",
  "hrg",
  "trend",
] as const;
const classes = ["primary_diagnosis", "secondary_diagnosis", "primary_procedure", "secondary_procedure"] as const;
const outcomes = ["trust", "auditor", "agreed", "wrong", "omitted", "not_required", "discrepancy", "error"] as const;
const errors = [
  "wrong_char_3",
  "wrong_char_4",
  "wrong_char_5",
  "omitted",
  "not_required",
  "sequence",
  "pair_format",
  "date",
  "other",
] as const;

const yes = (value: unknown) =>
  value === "true" || value === true ? true : value === "false" || value === false ? false : undefined;

const resultsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/audits/$auditId/results",
  validateSearch: (search: RawSearch) =>
    given({
      tab: oneOf(search.tab, resultTabs),
      by: oneOf(search.by, ["coder", "specialty"] as const),
      key: text(search.key),
      item: text(search.item),
      code_class: oneOf(search.code_class, classes),
      sub_class: oneOf(search.sub_class, ["none", "external_cause", "morphology", "site_laterality"] as const),
      outcome: oneOf(search.outcome, outcomes),
      error_type: oneOf(search.error_type, errors),
      attribution: oneOf(search.attribution, ["coder", "non_coder", "undetermined"] as const),
      decision: oneOf(search.decision, ["agreed", "accepted", "changed", "rejected"] as const),
      standard: text(search.standard),
      reason: text(search.reason),
      coder: text(search.coder),
      specialty: text(search.specialty),
      auditor: text(search.auditor),
      stratum: text(search.stratum),
      unsafe: oneOf(search.unsafe, ["exclude", "count_as_error"] as const),
      non_coder_counts: yes(search.non_coder_counts),
    }),
  component: guarded(
    "/audits/$auditId/results",
    lazyRouteComponent(() => import("@/features/results/results.page.tsx")),
  ),
});

const actionsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/actions",
  validateSearch: (search: RawSearch) =>
    given({
      tab: oneOf(search.tab, ["list", "board", "recommendations"] as const),
      audit: text(search.audit),
      state: text(search.state),
      priority: oneOf(search.priority, ["high", "medium", "low"] as const),
      owner: text(search.owner),
      reminder: oneOf(search.reminder, ["overdue", "due_soon"] as const),
    }),
  component: guarded(
    "/actions",
    lazyRouteComponent(() => import("@/features/actions/actions.page.tsx")),
  ),
});

const recommendationRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/actions/$recommendationId",
  component: guarded(
    "/actions/$recommendationId",
    lazyRouteComponent(() => import("@/features/actions/recommendation.page.tsx")),
  ),
});

export const resultRoutes = [resultsRoute, actionsRoute, recommendationRoute];
