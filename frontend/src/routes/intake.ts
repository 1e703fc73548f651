// What comes in from the PAS: jobs, files, faults, column mappings.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { guarded } from "@/features/frame/guard.tsx";
import { given, oneOf, type RawSearch, text } from "@/kit/search.ts";
import { signedInRoute } from "./root.ts";

/** A file's job, or `messages` for what came in no file. */
function origin(value: unknown): string | undefined {
  return typeof value === "string" && /^(messages|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.test(value)
    ? value
    : undefined;
}

const intakeRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/intake",
  validateSearch: (search: RawSearch) =>
    given({
      tab: oneOf(search.tab, ["jobs", "faults", "sources"] as const),
      state: oneOf(search.state, ["open", "retried", "dismissed"] as const),
      kind: oneOf(search.kind, ["rejected", "quarantined"] as const),
      from: origin(search.from),
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
