// The root of the site map, and the part of it that needs a signed-in person.
import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { meQuery } from "@/api/me.ts";
import { NoSuchPage, NotFoundPage } from "@/features/frame/not-found.page.tsx";

export const rootRoute = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  notFoundComponent: NotFoundPage,
});

export const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "signed-in",
  beforeLoad: async ({ context, location }) => {
    const me = await context.queryClient.ensureQueryData(meQuery);
    if (!me) throw redirect({ to: "/sign-in", search: { after: location.href === "/" ? undefined : location.href } });
  },
  component: lazyRouteComponent(() => import("@/features/frame/frame.tsx")),
  notFoundComponent: () => NoSuchPage({}),
});
