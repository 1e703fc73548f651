// A coder's day: home, my work, the queues, one episode, one patient.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { guarded } from "@/features/frame/guard.tsx";
import { given, type RawSearch, text } from "@/kit/search.ts";
import { signedInRoute } from "./root.ts";

const homeRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/",
  component: guarded(
    "/",
    lazyRouteComponent(() => import("@/features/home/home.page.tsx")),
  ),
});

const myWorkRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/my-work",
  component: guarded(
    "/my-work",
    lazyRouteComponent(() => import("@/features/queues/my-work.page.tsx")),
  ),
});

/** The filters of the list are the address; the server checks them again. */
const queuesRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/queues",
  validateSearch: (search: RawSearch) =>
    given({
      queue: text(search.queue),
      specialty: text(search.specialty),
      month: text(search.month),
      min_age: text(search.min_age),
      max_age: text(search.max_age),
      assignee: text(search.assignee),
      held: text(search.held),
      free: text(search.free),
      sort: text(search.sort),
    }),
  component: guarded(
    "/queues",
    lazyRouteComponent(() => import("@/features/queues/queue-list.page.tsx")),
  ),
});

const episodeRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/episodes/$episodeId",
  component: guarded(
    "/episodes/$episodeId",
    lazyRouteComponent(() => import("@/features/workbench/workbench.page.tsx")),
  ),
});

const patientsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/patients",
  component: guarded(
    "/patients",
    lazyRouteComponent(() => import("@/features/patients/patient-search.page.tsx")),
  ),
});

const patientRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/patients/$patientId",
  component: guarded(
    "/patients/$patientId",
    lazyRouteComponent(() => import("@/features/patients/patient.page.tsx")),
  ),
});

export const workRoutes = [homeRoute, myWorkRoute, queuesRoute, episodeRoute, patientsRoute, patientRoute];
