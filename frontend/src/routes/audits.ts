// Audits: the list, one audit set up and drawn, profiles, and who may audit.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { guarded } from "@/features/frame/guard.tsx";
import { given, oneOf, type RawSearch, text } from "@/kit/search.ts";
import { signedInRoute } from "./root.ts";

const auditsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/audits",
  validateSearch: (search: RawSearch) =>
    given({ state: text(search.state), kind: text(search.kind), mine: text(search.mine), words: text(search.words) }),
  component: guarded(
    "/audits",
    lazyRouteComponent(() => import("@/features/audits/audits.page.tsx")),
  ),
});

const newAuditRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/audits/new",
  validateSearch: (search: RawSearch) => given({ follows: text(search.follows), planned: text(search.planned) }),
  component: guarded(
    "/audits/new",
    lazyRouteComponent(() => import("@/features/audits/new-audit.page.tsx")),
  ),
});

const auditRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/audits/$auditId",
  validateSearch: (search: RawSearch) => given({ state: text(search.state), mine: text(search.mine) }),
  component: guarded(
    "/audits/$auditId",
    lazyRouteComponent(() => import("@/features/audits/audit.page.tsx")),
  ),
});

const setUpRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/audits/$auditId/set-up",
  validateSearch: (search: RawSearch) =>
    given({ step: oneOf(search.step, ["what", "population", "sample", "method", "check"] as const) }),
  component: guarded(
    "/audits/$auditId/set-up",
    lazyRouteComponent(() => import("@/features/audits/set-up.page.tsx")),
  ),
});

const drawRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/audits/$auditId/draw",
  component: guarded(
    "/audits/$auditId/draw",
    lazyRouteComponent(() => import("@/features/audits/draw.page.tsx")),
  ),
});

const profilesRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/audit-profiles",
  component: guarded(
    "/audit-profiles",
    lazyRouteComponent(() => import("@/features/audits/profiles.page.tsx")),
  ),
});

const profileRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/audit-profiles/$profileId",
  validateSearch: (search: RawSearch) => given({ version: text(search.version), tab: text(search.tab) }),
  component: guarded(
    "/audit-profiles/$profileId",
    lazyRouteComponent(() => import("@/features/audits/profile.page.tsx")),
  ),
});

const auditorsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/auditors",
  component: guarded(
    "/auditors",
    lazyRouteComponent(() => import("@/features/audits/auditors.page.tsx")),
  ),
});

export const auditRoutes = [
  auditsRoute,
  newAuditRoute,
  auditRoute,
  setUpRoute,
  drawRoute,
  profilesRoute,
  profileRoute,
  auditorsRoute,
];
