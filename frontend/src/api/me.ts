// Who is signed in, what they may do, and for how long. Asked once; dropped at sign-out.
import { QueryClient, queryOptions, useQuery } from "@tanstack/react-query";
import { answer, api, holdCsrfToken, type Schemas } from "./client.ts";
import { Problem } from "./problem.ts";

export type Me = Schemas["MeOut"];

export const meQuery = queryOptions({
  queryKey: ["read_me"],
  queryFn: async ({ client, signal }): Promise<Me | null> => {
    try {
      return holdMe(await answer(api.GET("/api/v1/me", { signal })));
    } catch (error) {
      // A page that someone works on keeps its person until they have signed in again, or left.
      const before = client.getQueryData<Me | null>(["read_me"]);
      if (error instanceof Problem && error.status === 401 && !before) return null;
      throw error;
    }
  },
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
});

/** A new sign-in brings a new CSRF token. */
export function holdMe(me: Me): Me {
  holdCsrfToken(me.csrf_token);
  return me;
}

/** The person of a signed-in page. The route has seen to it that there is one. */
export function useMe(): Me {
  const { data } = useQuery(meQuery);
  if (!data) throw new Error("No one is signed in on this page");
  return data;
}

/** Whether the server would allow it: only for what to show; the server decides again. */
export function useMay(): (permission: string) => boolean {
  const { permissions } = useMe();
  return (permission) => permissions.includes(permission);
}

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        // A refusal is an answer; only a lost connection or a busy server is worth asking again, once.
        retry: (failures, error) =>
          failures < 1 && error instanceof Problem && (error.status === 0 || error.status === 503),
        refetchOnWindowFocus: false,
      },
      mutations: { retry: false },
    },
  });
}
