// Who may come in, and who did what.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { guarded } from "@/features/frame/guard.tsx";
import { given, oneOf, type RawSearch, text } from "@/kit/search.ts";
import { signedInRoute } from "./root.ts";

const peopleRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/people",
  validateSearch: (search: RawSearch) =>
    given({ state: oneOf(search.state, ["active", "deactivated"] as const), role: text(search.role) }),
  component: guarded(
    "/people",
    lazyRouteComponent(() => import("@/features/people/people.page.tsx")),
  ),
});

const personRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/people/$personId",
  component: guarded(
    "/people/$personId",
    lazyRouteComponent(() => import("@/features/people/person.page.tsx")),
  ),
});

const apiClientsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/api-clients",
  component: guarded(
    "/api-clients",
    lazyRouteComponent(() => import("@/features/api-clients/api-clients.page.tsx")),
  ),
});

const signInsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/my-sign-ins",
  component: guarded(
    "/my-sign-ins",
    lazyRouteComponent(() => import("@/features/my-sign-ins/my-sign-ins.page.tsx")),
  ),
});

const trailRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/trail",
  component: guarded(
    "/trail",
    lazyRouteComponent(() => import("@/features/trail/trail.page.tsx")),
  ),
});

export const adminRoutes = [peopleRoute, personRoute, apiClientsRoute, signInsRoute, trailRoute];
