// How the workbench talks to the server: the page, the draft and what ends an episode.
import { queryOptions } from "@tanstack/react-query";
import { answer, api, done, ifMatch, type Schemas } from "@/api/client.ts";
import { Problem } from "@/api/problem.ts";
import { alreadyTaken } from "./conflict.ts";

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

// --- the work in hand

export async function saveDraft(episodeId: string, body: Schemas["DraftIn"], version: number) {
  return answer(
    api.PUT("/api/v1/episodes/{episode_id}/draft", {
      params: { path: { episode_id: episodeId }, header: ifMatch(version) },
      body,
    }),
  );
}

export function submitCodes(episodeId: string, version: number, body: Schemas["SubmitIn"]) {
  return answer(
    api.POST("/api/v1/episodes/{episode_id}/submit", {
      params: { path: { episode_id: episodeId }, header: ifMatch(version) },
      body,
    }),
  );
}

export function approveSecondCheck(episodeId: string, version: number, body: Schemas["SubmitIn"]) {
  return answer(
    api.POST("/api/v1/episodes/{episode_id}/second-check/approve", {
      params: { path: { episode_id: episodeId }, header: ifMatch(version) },
      body,
    }),
  );
}

export function returnSecondCheck(episodeId: string, version: number, reason: string) {
  return answer(
    api.POST("/api/v1/episodes/{episode_id}/second-check/return", {
      params: { path: { episode_id: episodeId }, header: ifMatch(version) },
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
  return answer(
    api.POST("/api/v1/work-items/{episode_id}/move", {
      params: { ...item(episodeId), header: ifMatch(version) },
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
