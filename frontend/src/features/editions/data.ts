import { queryOptions } from "@tanstack/react-query";
import { answer, api, ifMatch, type Schemas } from "@/api/client.ts";
import { pagesOptions } from "@/api/pages.ts";

export type Edition = Schemas["EditionOut"];
export type EditionDetail = Schemas["EditionDetail"];
export type Change = Schemas["EditionChange"];
export type ChangeKind = Change["kind"];

export const editionsQuery = queryOptions({
  queryKey: ["list_editions"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/editions", { signal })),
});

export function editionQuery(editionId: string) {
  return queryOptions({
    queryKey: ["read_edition", editionId],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/editions/{edition_id}", { params: { path: { edition_id: editionId } }, signal })),
  });
}

export function changePages(editionId: string, kind: ChangeKind | undefined) {
  return pagesOptions(["list_edition_changes", editionId, kind ?? null], (cursor, signal) =>
    answer(
      api.GET("/api/v1/editions/{edition_id}/changes", {
        params: { path: { edition_id: editionId }, query: { kind, cursor } },
        signal,
      }),
    ),
  );
}

export type Load = {
  files: File[];
  system: string;
  edition: string;
  title: string;
  valid_from_on: string;
  valid_to_on: string;
  format: string;
};

/** Sends the files as a form; the browser writes its own boundary. */
export function loadEdition(load: Load) {
  const form = new FormData();
  for (const file of load.files) form.append("file", file);
  form.append("system", load.system);
  form.append("edition", load.edition);
  form.append("title", load.title);
  form.append("valid_from_on", load.valid_from_on);
  if (load.valid_to_on) form.append("valid_to_on", load.valid_to_on);
  form.append("format", load.format);
  return answer(
    api.POST("/api/v1/editions/previews", {
      // The contract tells the fields of the form; a form is sent as it is.
      body: form as unknown as never,
      bodySerializer: (body: unknown) => body as FormData,
    }),
  );
}

export function makeReady(edition: Edition) {
  return answer(
    api.POST("/api/v1/editions/{edition_id}/ready", {
      params: { path: { edition_id: edition.edition_id }, header: ifMatch(edition.version) },
      body: { removals_seen: edition.removed },
    }),
  );
}

/** Takes a ready edition back to a preview; what it ended or superseded stands as before. */
export function withdrawEdition(edition: Edition) {
  return answer(
    api.POST("/api/v1/editions/{edition_id}/withdraw", {
      params: { path: { edition_id: edition.edition_id }, header: ifMatch(edition.version) },
    }),
  );
}

export function discardEdition(edition: Edition) {
  return answer(
    api.POST("/api/v1/editions/{edition_id}/discard", {
      params: { path: { edition_id: edition.edition_id }, header: ifMatch(edition.version) },
    }),
  );
}
