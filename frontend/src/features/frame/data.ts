// The ways of the palette to codes and episodes, and of the frame to who is signed in.
import { answer, api, done, holdCsrfToken } from "@/api/client.ts";
import { holdMe, type Me } from "@/api/me.ts";

export function searchCodes(system: "icd10" | "opcs4", q: string, signal: AbortSignal) {
  return answer(api.GET("/api/v1/codes", { params: { query: { system, q, limit: 5 } }, signal }));
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
