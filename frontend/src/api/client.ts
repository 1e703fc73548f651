// The one way to the server: same origin, cookie sign-in, a CSRF header on what changes, and errors as whole problems.
import createClient, { type Middleware } from "openapi-fetch";
import { toProblem } from "./problem.ts";
import type { components, paths } from "./schema.d.ts";
import { signInEnd } from "./sign-in-end.ts";

export type Schemas = components["schemas"];

const unsafe = new Set(["POST", "PUT", "PATCH", "DELETE"]);

let csrfToken: string | null = null;
let answeredAt = 0;
const signedOutListeners = new Set<() => void>();
const answerListeners = new Set<() => void>();

/** Kept in memory only: a token in storage outlives the sign-in that it belongs to. */
export function holdCsrfToken(token: string | null): void {
  csrfToken = token;
}

/** When the server last answered a signed-in request: the idle limit counts from here. */
export function lastAnsweredAt(): number {
  return answeredAt;
}

export function onAnswer(listener: () => void): () => void {
  answerListeners.add(listener);
  return () => answerListeners.delete(listener);
}

export function onSignedOut(listener: () => void): () => void {
  signedOutListeners.add(listener);
  return () => signedOutListeners.delete(listener);
}

const signInPaths = /\/(sign-in|sign-in\/options|sign-out|me)$/;

/** Nothing is sent for a sign-in that has ended: the next one may be another person's. */
function endedHere(request: Request): Response | undefined {
  if (!signInEnd() || signInPaths.test(new URL(request.url).pathname)) return undefined;
  const refused = { type: "/problems/sign-in-ended", title: "Your sign-in has ended; sign in again", status: 401 };
  return new Response(JSON.stringify(refused), {
    status: 401,
    headers: { "Content-Type": "application/problem+json" },
  });
}

const carrySignIn: Middleware = {
  onRequest({ request }) {
    request.headers.set("Accept", "application/json, application/problem+json");
    if (unsafe.has(request.method) && csrfToken) request.headers.set("X-Codewell-CSRF", csrfToken);
    return endedHere(request) ?? request;
  },
  onResponse({ request, response }) {
    if (response.status === 401) {
      if (!/\/sign-(in|out)$/.test(new URL(request.url).pathname))
        for (const listener of signedOutListeners) listener();
    } else {
      answeredAt = Date.now();
      for (const listener of answerListeners) listener();
    }
    return response;
  },
};

// `fetch` is looked up at each call and not kept, so that a test may watch it.
export const api = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? "",
  credentials: "same-origin",
  fetch: (request: Request) => globalThis.fetch(request),
});
api.use(carrySignIn);

/** Gives the answer or throws the whole Problem. Used as `await answer(api.GET("/api/v1/me"))`. */
export async function answer<D>(call: Promise<{ data?: D; error?: unknown; response: Response }>): Promise<D> {
  const { data, error, response } = await reached(call);
  if (error !== undefined || !response.ok) throw toProblem(error, response);
  return data as D;
}

/** The same, for an answer with no body (204). */
export async function done(call: Promise<{ error?: unknown; response: Response }>): Promise<void> {
  const { error, response } = await reached(call);
  if (error !== undefined || !response.ok) throw toProblem(error, response);
}

async function reached<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw toProblem(undefined);
  }
}

/** Headers of a move on a versioned thing. */
export function ifMatch(version: number): { "If-Match": string } {
  return { "If-Match": `"${version}"` };
}

/** Keeps one key while the same body is sent again, as after a lost answer, and takes a new one for another body. */
export function intentions(): (body: unknown) => { "Idempotency-Key": string } {
  let meant = "";
  let headers = intention();
  return (body) => {
    const now = JSON.stringify(body);
    if (meant !== "" && meant !== now) headers = intention();
    meant = now;
    return headers;
  };
}

/** One key per intention: sending the same intention twice does it once. */
export function intention(): { "Idempotency-Key": string } {
  return { "Idempotency-Key": crypto.randomUUID() };
}
