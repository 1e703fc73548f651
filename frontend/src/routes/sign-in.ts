import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { meQuery } from "@/api/me.ts";
import { given, oneOf, type RawSearch, text } from "@/kit/search.ts";
import { rootRoute } from "./root.ts";

/** Only a path of this site: an address from outside must not be a way to send a person elsewhere. */
function ownPath(value: unknown): string | undefined {
  const path = text(value);
  return path?.startsWith("/") && !/^\/[/\\]/.test(path) ? path : undefined;
}

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: (search: RawSearch) =>
    given({
      after: ownPath(search.after),
      ended: oneOf(search.ended, ["idle", "out", "oidc"] as const),
      reason: oneOf(search.reason, ["unavailable", "expired", "cancelled", "refused", "unknown", "closed"] as const),
      reference: text(search.reference),
    }),
  beforeLoad: async ({ context, search }) => {
    if (search.ended) return;
    const me = await context.queryClient.ensureQueryData(meQuery).catch(() => null);
    if (me) throw redirect({ href: search.after ?? "/" });
  },
  component: lazyRouteComponent(() => import("@/features/sign-in/sign-in.page.tsx")),
});
