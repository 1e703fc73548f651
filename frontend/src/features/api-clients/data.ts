import { answer, api, ifMatch, type Schemas } from "@/api/client.ts";
import { pagesOptions } from "@/api/pages.ts";

export type ApiClient = Schemas["ApiClientOut"];
export type Scope = ApiClient["scopes"][number];

export const clientPages = pagesOptions(["list_api_clients"], (cursor, signal) =>
  answer(api.GET("/api/v1/api-clients", { params: { query: { cursor } }, signal })),
);

export function addClient(body: Schemas["ApiClientNew"]) {
  return answer(api.POST("/api/v1/api-clients", { body }));
}

export function rotateClient(client: ApiClient, overlapUntil: string | null) {
  return answer(
    api.POST("/api/v1/api-clients/{client_id}/rotate", {
      params: { path: { client_id: client.client_id }, header: ifMatch(client.version) },
      body: { overlap_until: overlapUntil },
    }),
  );
}

export function revokeClient(client: ApiClient) {
  return answer(
    api.POST("/api/v1/api-clients/{client_id}/revoke", {
      params: { path: { client_id: client.client_id } },
    }),
  );
}
