import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client.ts";
import { holdMe, type Me } from "@/api/me.ts";

export const signInOptionsQuery = queryOptions({
  queryKey: ["see_sign_in_options"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/sign-in/options", { signal })),
});

export async function signIn(username: string, password: string): Promise<Me> {
  return holdMe(await answer(api.POST("/api/v1/sign-in", { body: { username, password } })));
}
