import { queryOptions } from "@tanstack/react-query";
import { answer, api, ifMatch, type Schemas } from "@/api/client.ts";
import { pagesOptions } from "@/api/pages.ts";

export type Person = Schemas["PersonOut"];
export type Role = Person["roles"][number];

export function peoplePages(filter: { active?: boolean | undefined; role?: Role | undefined }) {
  return pagesOptions(["list_people", filter], (cursor, signal) =>
    answer(api.GET("/api/v1/people", { params: { query: { ...filter, cursor } }, signal })),
  );
}

export function personQuery(personId: string) {
  return queryOptions({
    queryKey: ["see_person", personId],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/people/{person_id}", { params: { path: { person_id: personId } }, signal })),
  });
}

export function signInsOf(personId: string) {
  return queryOptions({
    queryKey: ["list_sign_ins_of", personId],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/people/{person_id}/sign-ins", { params: { path: { person_id: personId } }, signal })),
  });
}

export const waysInQuery = queryOptions({
  queryKey: ["see_sign_in_options"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/sign-in/options", { signal })),
  staleTime: 10 * 60_000,
});

export function addPerson(body: Schemas["PersonNew"]) {
  return answer(api.POST("/api/v1/people", { body }));
}

export function editPerson(person: Person, body: Schemas["PersonEdit"]) {
  return answer(
    api.PATCH("/api/v1/people/{person_id}", {
      params: { path: { person_id: person.person_id }, header: ifMatch(person.version) },
      body,
    }),
  );
}

export function deactivatePerson(person: Person) {
  return answer(
    api.POST("/api/v1/people/{person_id}/deactivate", {
      params: { path: { person_id: person.person_id }, header: ifMatch(person.version) },
    }),
  );
}

export function reactivatePerson(person: Person) {
  return answer(
    api.POST("/api/v1/people/{person_id}/reactivate", {
      params: { path: { person_id: person.person_id }, header: ifMatch(person.version) },
    }),
  );
}

export function resetPassword(person: Person) {
  return answer(
    api.POST("/api/v1/people/{person_id}/reset-password", {
      params: { path: { person_id: person.person_id }, header: ifMatch(person.version) },
    }),
  );
}
