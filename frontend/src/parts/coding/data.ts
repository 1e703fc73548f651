// What a code grid asks of the server: codes and their titles, the checks; and what a failed save of its draft means.
import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client.ts";
import { Problem } from "@/api/problem.ts";
import type { Verdict } from "./autosave.ts";
import { byUse, type Hit } from "./code-search.ts";
import type { System } from "./codes.ts";
import { sameContent } from "./diff.ts";
import { type DraftBody, draftContent } from "./draft.ts";

const FOREVER = Number.POSITIVE_INFINITY;

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

// --- the checks

export function runChecks(body: Schemas["CheckIn"], signal: AbortSignal) {
  return answer(api.POST("/api/v1/checks", { body, signal }));
}

// --- the draft

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
