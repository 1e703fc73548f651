// What audits found: a coder's findings, disputes, signing, and an external auditor's file.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { guarded } from "@/features/frame/guard.tsx";
import { given, oneOf, type RawSearch, text } from "@/kit/search.ts";
import { signedInRoute } from "./root.ts";

const myFindingsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/findings",
  validateSearch: (search: RawSearch) => given({ show: oneOf(search.show, ["open", "settled"] as const) }),
  component: guarded(
    "/findings",
    lazyRouteComponent(() => import("@/features/findings/my-findings.page.tsx")),
  ),
});

const findingRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/findings/$itemId",
  component: guarded(
    "/findings/$itemId",
    lazyRouteComponent(() => import("@/features/findings/finding.page.tsx")),
  ),
});

const disputesRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/disputes",
  validateSearch: (search: RawSearch) =>
    given({
      which: oneOf(search.which, ["to_answer", "with_coder", "to_rule"] as const),
      audit: text(search.audit),
    }),
  component: guarded(
    "/disputes",
    lazyRouteComponent(() => import("@/features/findings/disputes.page.tsx")),
  ),
});

const disputeRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/disputes/$itemId",
  component: guarded(
    "/disputes/$itemId",
    lazyRouteComponent(() => import("@/features/findings/dispute.page.tsx")),
  ),
});

const signRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/audits/$auditId/sign",
  component: guarded(
    "/audits/$auditId/sign",
    lazyRouteComponent(() => import("@/features/signing/sign.page.tsx")),
  ),
});

const importRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/audits/$auditId/import",
  validateSearch: (search: RawSearch) =>
    given({
      stage: oneOf(search.stage, ["proposed", "accepted", "challenged", "upheld", "amended", "withdrawn"] as const),
    }),
  component: guarded(
    "/audits/$auditId/import",
    lazyRouteComponent(() => import("@/features/external/import.page.tsx")),
  ),
});

export const findingRoutes = [myFindingsRoute, findingRoute, disputesRoute, disputeRoute, signRoute, importRoute];
