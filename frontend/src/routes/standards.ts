// What codes are held to: the classifications, their editions, the check rules.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { guarded } from "@/features/frame/guard.tsx";
import { given, oneOf, type RawSearch, text } from "@/kit/search.ts";
import { signedInRoute } from "./root.ts";

const systems = ["icd10", "opcs4"] as const;

const codesRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/codes",
  validateSearch: (search: RawSearch) =>
    given({
      system: oneOf(search.system, systems),
      q: text(search.q),
      code: text(search.code),
      on: text(search.on),
    }),
  component: guarded(
    "/codes",
    lazyRouteComponent(() => import("@/features/codes/codes.page.tsx")),
  ),
});

const editionsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/editions",
  component: guarded(
    "/editions",
    lazyRouteComponent(() => import("@/features/editions/editions.page.tsx")),
  ),
});

const editionRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/editions/$editionId",
  validateSearch: (search: RawSearch) =>
    given({
      kind: oneOf(search.kind, ["added", "changed", "removed"] as const),
    }),
  component: guarded(
    "/editions/$editionId",
    lazyRouteComponent(() => import("@/features/editions/edition.page.tsx")),
  ),
});

const checkRulesRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/check-rules",
  validateSearch: (search: RawSearch) =>
    given({
      q: text(search.q),
      family: text(search.family),
      severity: oneOf(search.severity, ["error", "warn", "info"] as const),
      here: oneOf(search.here, ["edited", "off"] as const),
      rule: text(search.rule),
    }),
  component: guarded(
    "/check-rules",
    lazyRouteComponent(() => import("@/features/check-rules/check-rules.page.tsx")),
  ),
});

const timetableRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/sus-timetable",
  component: guarded(
    "/sus-timetable",
    lazyRouteComponent(() => import("@/features/timetable/timetable.page.tsx")),
  ),
});

export const standardsRoutes = [codesRoute, editionsRoute, editionRoute, checkRulesRoute, timetableRoute];
