// How the workbench talks to the server: the page, the codes, the checks, the draft and what ends an episode.
import { type QueryClient, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api, done, ifMatch, type Schemas } from "@/api/client.ts";
import { Problem } from "@/api/problem.ts";
import type { Verdict } from "./autosave.ts";
import { byUse, type Hit } from "./code-search.ts";
import type { System } from "./codes.ts";
import { alreadyTaken } from "./conflict.ts";
import { sameContent } from "./diff.ts";
import { type DraftBody, draftContent } from "./draft.ts";

const FOREVER = Number.POSITIVE_INFINITY;

export const workbenchQuery = (episodeId: string) =>
  queryOptions({
    queryKey: ["read_workbench", episodeId],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/v1/episodes/{episode_id}/workbench", { params: { path: { episode_id: episodeId } }, signal }),
      ),
    // What is being typed must not be pulled away from under the coder: it is read once and again when asked.
    staleTime: FOREVER,
    gcTime: 0,
    refetchOnReconnect: false,
  });

export const codingsQuery = (episodeId: string) =>
  queryOptions({
    queryKey: ["list_codings", episodeId],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/episodes/{episode_id}/codings", { params: { path: { episode_id: episodeId } }, signal })),
  });

// --- codes

export async function searchCodes(
  client: QueryClient,
  system: System,
  q: string,
  on: string,
  signal: AbortSignal,
): Promise<Hit[]> {
  const queryKey = ["search_codes", system, on, q];
  const kept = client.getQueryData<Hit[]>(queryKey);
  if (kept) return kept;
  const page = await answer(api.GET("/api/v1/codes", { params: { query: { system, q, on, limit: 12 } }, signal }));
  client.setQueryData(queryKey, page.items);
  return page.items;
}

export async function categoryChildren(client: QueryClient, system: System, code: string, on: string): Promise<Hit[]> {
  const one = await client.fetchQuery({
    queryKey: ["read_code", system, code, on],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/codes/{system}/{code}", { params: { path: { system, code }, query: { on } }, signal })),
    staleTime: FOREVER,
  });
  return byUse(one.children);
}

export type CodeTitle = {
  kind: "known" | "partial" | "unknown" | "loading";
  text: string;
  dagger: boolean;
  asterisk: boolean;
};

const titleKey = (system: System, code: string, on: string) => ["code_title", system, code, on];

export function rememberTitle(
  client: QueryClient,
  system: System,
  on: string,
  hit: Pick<Hit, "code" | "title" | "leaf" | "dagger" | "asterisk">,
): void {
  const known: CodeTitle = {
    kind: hit.leaf ? "known" : "partial",
    text: hit.title,
    dagger: hit.dagger,
    asterisk: hit.asterisk,
  };
  client.setQueryData(titleKey(system, hit.code, on), known);
}

/** A title that came with the page: shown until the code itself is looked up. */
export function holdTitle(
  client: QueryClient,
  system: System,
  on: string,
  line: { code: string; title: string | null },
): void {
  if (!line.title || client.getQueryData(titleKey(system, line.code, on))) return;
  client.setQueryData(
    titleKey(system, line.code, on),
    { kind: "known", text: line.title, dagger: false, asterisk: false } satisfies CodeTitle,
    { updatedAt: 1 },
  );
}

/** The title of a line's code in the edition of the day; says when the edition does not have it. */
export function useCodeTitle(system: System, code: string | null, on: string): CodeTitle {
  const client = useQueryClient();
  const waiting: CodeTitle = { kind: "loading", text: "", dagger: false, asterisk: false };
  const { data } = useQuery({
    queryKey: titleKey(system, code ?? "", on),
    enabled: code !== null,
    staleTime: FOREVER,
    queryFn: async ({ signal }): Promise<CodeTitle> => {
      try {
        const one = await answer(
          api.GET("/api/v1/codes/{system}/{code}", {
            params: { path: { system, code: code ?? "" }, query: { on } },
            signal,
          }),
        );
        client.setQueryData(["read_code", system, code, on], one);
        return { kind: one.leaf ? "known" : "partial", text: one.title, dagger: one.dagger, asterisk: one.asterisk };
      } catch (error) {
        if (error instanceof Problem && (error.status === 404 || error.status === 422))
          return { ...waiting, kind: "unknown" };
        throw error;
      }
    },
  });
  return data ?? waiting;
}

// --- the work in hand

export function runChecks(body: Schemas["CheckIn"], signal: AbortSignal) {
  return answer(api.POST("/api/v1/checks", { body, signal }));
}

export async function saveDraft(episodeId: string, body: Schemas["DraftIn"], version: number) {
  const headers = ifMatch(version);
  return answer(
    api.PUT("/api/v1/episodes/{episode_id}/draft", {
      params: { path: { episode_id: episodeId } },
      headers,
      body,
    }),
  );
}

/** What a failed save means for the draft. */
export function judgeSave(error: unknown): Verdict {
  if (!(error instanceof Problem)) return "refused";
  if (error.status === 412) return "conflict";
  // A signed-out person signs in again and comes back to the draft that the server has.
  return error.status === 0 || error.status === 429 || error.status >= 500 ? "offline" : "refused";
}

/** The version of the draft on the server when a refused save is there already: only its answer was lost. */
export function isSavedDraft(error: unknown, sent: DraftBody): number | null {
  if (!(error instanceof Problem)) return null;
  const { current, current_version: version } = error.document;
  if (typeof version !== "number" || typeof current !== "object" || current === null || !("note" in current))
    return null;
  return sameContent(sent, draftContent(current)) && current.note === sent.note ? version : null;
}

export function submitCodes(episodeId: string, version: number, body: Schemas["SubmitIn"]) {
  const headers = ifMatch(version);
  return answer(
    api.POST("/api/v1/episodes/{episode_id}/submit", {
      params: { path: { episode_id: episodeId } },
      headers,
      body,
    }),
  );
}

export function approveSecondCheck(episodeId: string, version: number, body: Schemas["SubmitIn"]) {
  const headers = ifMatch(version);
  return answer(
    api.POST("/api/v1/episodes/{episode_id}/second-check/approve", {
      params: { path: { episode_id: episodeId } },
      headers,
      body,
    }),
  );
}

export function returnSecondCheck(episodeId: string, version: number, reason: string) {
  const headers = ifMatch(version);
  return answer(
    api.POST("/api/v1/episodes/{episode_id}/second-check/return", {
      params: { path: { episode_id: episodeId } },
      headers,
      body: { reason },
    }),
  );
}

// --- the lease

/** The next episode after a submission whose answer was lost: it was taken with it, unless there was none. */
export async function nextAfterLost(episodeId: string): Promise<string | null> {
  try {
    const { leased } = await answer(api.GET("/api/v1/my-work"));
    return (
      alreadyTaken(leased, episodeId) ??
      (await answer(api.POST("/api/v1/work-items/claim-next", { body: {} }))).episode_id
    );
  } catch (error) {
    // The codes are in: that nothing follows is no reason to say otherwise.
    if (error instanceof Problem) return null;
    throw error;
  }
}

const item = (episodeId: string) => ({ path: { episode_id: episodeId } });

export function takeEpisode(episodeId: string) {
  return answer(api.POST("/api/v1/work-items/{episode_id}/open", { params: item(episodeId) }));
}

export function renewLease(episodeId: string) {
  return answer(api.POST("/api/v1/work-items/{episode_id}/renew", { params: item(episodeId) }));
}

export function releaseEpisode(episodeId: string) {
  return done(api.POST("/api/v1/work-items/{episode_id}/release", { params: item(episodeId) }));
}

export function moveEpisode(episodeId: string, version: number, body: Schemas["Move"]) {
  const headers = ifMatch(version);
  return answer(
    api.POST("/api/v1/work-items/{episode_id}/move", {
      params: item(episodeId),
      headers,
      body,
    }),
  );
}

export function reveal(episodeId: string) {
  return answer(api.POST("/api/v1/episodes/{episode_id}/reveal", { params: { path: { episode_id: episodeId } } }));
}

/** The page once more, without touching what is on the screen. */
export function readWorkbench(episodeId: string) {
  return answer(api.GET("/api/v1/episodes/{episode_id}/workbench", { params: { path: { episode_id: episodeId } } }));
}
