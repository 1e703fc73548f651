// What comes in from the PAS: jobs, files, faults, column mappings.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { guarded } from "@/features/frame/guard.tsx";
import { given, oneOf, type RawSearch, text } from "@/kit/search.ts";
import { signedInRoute } from "./root.ts";

const intakeRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/intake",
  validateSearch: (search: RawSearch) =>
    given({
      tab: oneOf(search.tab, ["jobs", "faults", "sources"] as const),
      state: oneOf(search.state, ["open", "retried", "dismissed"] as const),
      kind: oneOf(search.kind, ["rejected", "quarantined"] as const),
      source: text(search.source),
    }),
  component: guarded(
    "/intake",
    lazyRouteComponent(() => import("@/features/intake/intake.page.tsx")),
  ),
});

const intakeJobRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/intake/jobs/$jobId",
  component: guarded(
    "/intake/jobs/$jobId",
    lazyRouteComponent(() => import("@/features/intake/intake-job.page.tsx")),
  ),
});

export const intakeRoutes = [intakeRoute, intakeJobRoute];
