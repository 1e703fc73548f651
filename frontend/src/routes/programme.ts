// The audit programme, and what audits teach: needs, logbooks, progression.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { guarded } from "@/features/frame/guard.tsx";
import { given, oneOf, type RawSearch, text } from "@/kit/search.ts";
import { signedInRoute } from "./root.ts";

const programmeRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/programme",
  validateSearch: (search: RawSearch) =>
    given({ tab: oneOf(search.tab, ["calendar", "coverage", "recurring"] as const), year: text(search.year) }),
  component: guarded(
    "/programme",
    lazyRouteComponent(() => import("@/features/programme/programme.page.tsx")),
  ),
});

const needsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/learning-needs",
  validateSearch: (search: RawSearch) =>
    given({
      tab: oneOf(search.tab, ["needs", "standards", "mine"] as const),
      state: oneOf(search.state, ["open", "planned", "met", "withdrawn"] as const),
      klass: oneOf(search.klass, [
        "primary_diagnosis",
        "secondary_diagnosis",
        "primary_procedure",
        "secondary_procedure",
      ] as const),
      coder: text(search.coder),
      standard: text(search.standard),
      specialty: text(search.specialty),
      from: text(search.from),
      to: text(search.to),
    }),
  component: guarded(
    "/learning-needs",
    lazyRouteComponent(() => import("@/features/training/learning-needs.page.tsx")),
  ),
});

const logbookRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/logbook",
  validateSearch: (search: RawSearch) => given({ year: text(search.year), person: text(search.person) }),
  component: guarded(
    "/logbook",
    lazyRouteComponent(() => import("@/features/training/logbook.page.tsx")),
  ),
});

const progressionRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/progression",
  component: guarded(
    "/progression",
    lazyRouteComponent(() => import("@/features/training/progression.page.tsx")),
  ),
});

export const programmeRoutes = [programmeRoute, needsRoute, logbookRoute, progressionRoute];
