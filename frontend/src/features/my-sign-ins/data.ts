import { queryOptions } from "@tanstack/react-query";
import { answer, api, done, type Schemas } from "@/api/client.ts";

export type SignIn = Schemas["SignInOut"];

export const mySignInsQuery = queryOptions({
  queryKey: ["list_my_sign_ins"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/me/sign-ins", { signal })),
});

export const waysInQuery = queryOptions({
  queryKey: ["see_sign_in_options"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/sign-in/options", { signal })),
  staleTime: 10 * 60_000,
});

export function endSignIn(signInId: string) {
  return done(api.POST("/api/v1/me/sign-ins/{sign_in_id}/end", { params: { path: { sign_in_id: signInId } } }));
}

export function changePassword(current: string, wanted: string) {
  return done(api.POST("/api/v1/me/change-password", { body: { current, new: wanted } }));
}
