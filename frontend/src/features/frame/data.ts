// What the frame shows on every page: deadlines, counts, and the ways of the palette to codes and episodes.
import { queryOptions } from "@tanstack/react-query";
import { answer, api, done, holdCsrfToken } from "@/api/client.ts";
import { holdMe, type Me } from "@/api/me.ts";

export const deadlinesQuery = queryOptions({
  queryKey: ["list_deadlines"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/deadlines", { signal })),
  staleTime: 5 * 60_000,
});

export const countsQuery = queryOptions({
  queryKey: ["count_work_items"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/work-items/counts", { signal })),
  staleTime: 60_000,
});

export const programmeCountsQuery = queryOptions({
  queryKey: ["count_programme"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/programme-counts", { signal })),
  staleTime: 60_000,
});

/** Findings of audits that wait for the person: to reply to, to answer, to rule on. */
export const findingCountsQuery = queryOptions({
  queryKey: ["count_findings"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/findings/counts", { signal })),
  staleTime: 60_000,
});

/** Actions of the person's that are due soon or overdue, and what waits for them to verify or answer. */
export const actionCountsQuery = queryOptions({
  queryKey: ["count_my_actions"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/my-actions/counts", { signal })),
  staleTime: 60_000,
});

export function searchCodes(system: "icd10" | "opcs4", q: string, signal: AbortSignal) {
  return answer(api.GET("/api/v1/codes", { params: { query: { system, q, limit: 5 } }, signal }));
}

export function lookUpEpisode(spellNumber: string, episodeNumber: number, signal: AbortSignal) {
  return answer(
    api.POST("/api/v1/episodes/lookup", {
      body: { spell_number: spellNumber, episode_number: episodeNumber },
      signal,
    }),
  );
}

/** The episodes of a spell. Its number goes in the body: it is to stand in no address. */
export function searchEpisodes(spellNumber: string, signal: AbortSignal) {
  return answer(api.POST("/api/v1/episodes/search", { body: { spell_number: spellNumber }, signal }));
}

/** Who is signed in by now, if anyone. */
export async function askMe(): Promise<Me | null> {
  try {
    return holdMe(await answer(api.GET("/api/v1/me")));
  } catch {
    return null;
  }
}

export async function signOut(): Promise<void> {
  await done(api.POST("/api/v1/sign-out", {}));
  holdCsrfToken(null);
}
