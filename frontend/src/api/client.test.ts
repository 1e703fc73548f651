// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { answer, api, done, holdCsrfToken, intentions, onSignedOut } from "./client.ts";
import { Problem } from "./problem.ts";

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });

let sent: Request[];

function serverAnswers(make: () => Response): void {
  vi.stubGlobal("fetch", async (request: Request) => {
    sent.push(request);
    return make();
  });
}

beforeEach(() => {
  sent = [];
});

afterEach(() => {
  vi.unstubAllGlobals();
  holdCsrfToken(null);
});

describe("an intention", () => {
  it("keeps its key while the same is sent again, and has a new one for something else", () => {
    const keyOf = intentions();
    const first = keyOf({ to: "a" })["Idempotency-Key"];
    expect(keyOf({ to: "a" })["Idempotency-Key"]).toBe(first);
    expect(keyOf({ to: "b" })["Idempotency-Key"]).not.toBe(first);
    expect(intentions()({ to: "a" })["Idempotency-Key"]).not.toBe(first);
  });
});

describe("a request", () => {
  it("that changes something carries the CSRF token; one that reads does not", async () => {
    serverAnswers(() => json({ items: [], next: null }));
    holdCsrfToken("token-of-this-sign-in");
    await answer(api.GET("/api/v1/me/sign-ins", {}));
    await answer(api.POST("/api/v1/trail/search", { body: {} }));
    expect(sent.map((request) => request.headers.get("X-Codewell-CSRF"))).toEqual([null, "token-of-this-sign-in"]);
    expect(sent.every((request) => request.credentials === "same-origin")).toBe(true);
  });

  it("that is refused throws the whole problem", async () => {
    serverAnswers(() => json({ type: "/problems/not-permitted", title: "No", status: 403, request_id: "r-1" }, 403));
    await expect(answer(api.GET("/api/v1/me/sign-ins", {}))).rejects.toMatchObject({ status: 403, reference: "r-1" });
  });

  it("that never arrives is a problem too", async () => {
    vi.stubGlobal("fetch", async () => {
      throw new TypeError("Failed to fetch");
    });
    await expect(answer(api.GET("/api/v1/me/sign-ins", {}))).rejects.toBeInstanceOf(Problem);
  });

  it("with no body in its answer is done", async () => {
    serverAnswers(() => new Response(null, { status: 204 }));
    await expect(done(api.POST("/api/v1/sign-out", {}))).resolves.toBeUndefined();
  });
});

describe("the end of a sign-in", () => {
  it("is told when any request is answered 401, but not when a password was wrong", async () => {
    const heard = vi.fn();
    const stop = onSignedOut(heard);
    serverAnswers(() => json({ type: "/problems/not-signed-in", title: "Sign in first", status: 401 }, 401));
    await answer(api.POST("/api/v1/sign-in", { body: { username: "a", password: "b" } })).catch(() => undefined);
    expect(heard).not.toHaveBeenCalled();
    await answer(api.GET("/api/v1/me/sign-ins", {})).catch(() => undefined);
    expect(heard).toHaveBeenCalledOnce();
    stop();
  });
});
