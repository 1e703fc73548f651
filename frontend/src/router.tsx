// The site map, put together. A page is found in `routes/`, its markup in `features/`.
import type { QueryClient } from "@tanstack/react-query";
import { createRouter } from "@tanstack/react-router";
import { parseSearch, stringifySearch } from "./kit/search.ts";
import { ErrorState, SkeletonRows } from "./kit/states.tsx";
import { adminRoutes } from "./routes/admin.ts";
import { auditRoutes } from "./routes/audits.ts";
import { findingRoutes } from "./routes/findings.ts";
import { intakeRoutes } from "./routes/intake.ts";
import { programmeRoutes } from "./routes/programme.ts";
import { reportRoutes } from "./routes/reports.ts";
import { resultRoutes } from "./routes/results.ts";
import { rootRoute, signedInRoute } from "./routes/root.ts";
import { signInRoute } from "./routes/sign-in.ts";
import { standardsRoutes } from "./routes/standards.ts";
import { workRoutes } from "./routes/work.ts";
import { worksheetRoutes } from "./routes/worksheet.ts";

const routeTree = rootRoute.addChildren([
  signInRoute,
  signedInRoute.addChildren([
    ...workRoutes,
    ...intakeRoutes,
    ...standardsRoutes,
    ...auditRoutes,
    ...worksheetRoutes,
    ...programmeRoutes,
    ...findingRoutes,
    ...reportRoutes,
    ...resultRoutes,
    ...adminRoutes,
  ]),
]);

export function makeRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    parseSearch,
    stringifySearch,
    defaultPreload: false,
    defaultPendingMs: 150,
    defaultPendingMinMs: 200,
    // Its memory is sessionStorage, and nothing of a sign-in may be left there.
    scrollRestoration: false,
    defaultPendingComponent: () => (
      <div className="cw-page">
        <SkeletonRows label="Loading the page" />
      </div>
    ),
    defaultErrorComponent: ({ error, reset }) => (
      <div className="cw-page">
        <ErrorState error={error} onRetry={reset} />
      </div>
    ),
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
