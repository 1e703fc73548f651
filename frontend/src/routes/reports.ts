// Reports of audits: the narrative and the document it stands in.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { guarded } from "@/features/frame/guard.tsx";
import { given, oneOf, type RawSearch } from "@/kit/search.ts";
import { signedInRoute } from "./root.ts";

const reportRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/audits/$auditId/report",
  validateSearch: (search: RawSearch) => given({ tab: oneOf(search.tab, ["narrative", "files", "versions"] as const) }),
  component: guarded(
    "/audits/$auditId/report",
    lazyRouteComponent(() => import("@/features/reports/report.page.tsx")),
  ),
});

export const reportRoutes = [reportRoute];
