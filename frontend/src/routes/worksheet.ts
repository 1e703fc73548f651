// An auditor's worksheet of one episode; "next" takes the next and goes there.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { guarded } from "@/features/frame/guard.tsx";
import { signedInRoute } from "./root.ts";

const worksheetRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/audits/$auditId/worksheet/$itemId",
  component: guarded(
    "/audits/$auditId/worksheet/$itemId",
    lazyRouteComponent(() => import("@/features/worksheet/worksheet.page.tsx")),
  ),
});

export const worksheetRoutes = [worksheetRoute];
