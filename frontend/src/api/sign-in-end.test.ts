// @vitest-environment jsdom
import { afterEach, expect, it, vi } from "vitest";
import { answer, api } from "./client.ts";
import {
  anyUnsaved,
  endCause,
  endSignIn,
  holdUnsaved,
  onSignInAgain,
  saveAll,
  signedInAgain,
  signInEnd,
} from "./sign-in-end.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  signedInAgain(true);
});

it("sends nothing while nobody is signed in, and goes on when the same person is back", async () => {
  const sent: string[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    sent.push(new URL(request.url).pathname);
    return new Response("{}", { status: 200, headers: { "content-type": "application/json" } });
  });
  endSignIn("elsewhere");
  await expect(answer(api.GET("/api/v1/my-work"))).rejects.toMatchObject({ status: 401 });
  await answer(api.GET("/api/v1/me"));
  expect(sent).toEqual(["/api/v1/me"]);
  signedInAgain(true);
  await answer(api.GET("/api/v1/my-work"));
  expect(sent).toEqual(["/api/v1/me", "/api/v1/my-work"]);
});

it("tells what is unsaved to go on, or to forget it before anything can be sent for another person", () => {
  const heard: [boolean, string | null][] = [];
  const stop = onSignInAgain((same) => heard.push([same, signInEnd()]));
  endSignIn("idle");
  endSignIn("elsewhere");
  signedInAgain(false);
  endSignIn("limit");
  signedInAgain(true);
  expect(heard).toEqual([
    [false, "idle"],
    [true, null],
  ]);
  stop();
});

it("saves what is typed before a sign-in is given up, and says when it could not", async () => {
  let unsaved = true;
  const drop = holdUnsaved({
    unsaved: () => unsaved,
    save: async () => {
      unsaved = false;
    },
  });
  expect(anyUnsaved()).toBe(true);
  expect(await saveAll()).toBe(true);
  drop();
  const stuck = holdUnsaved({ unsaved: () => true, save: () => new Promise(() => undefined) });
  expect(await saveAll(10)).toBe(false);
  stuck();
});

it("names the cause that the page can know", () => {
  const me = { idle_seconds: 1800, expires_at: "2026-11-22T20:00:00Z" };
  const at = Date.parse("2026-11-22T12:00:00Z");
  expect(endCause(me, at - 1800_000, at)).toBe("idle");
  expect(endCause(me, at - 60_000, at)).toBe("elsewhere");
  expect(endCause(me, at, Date.parse("2026-11-22T20:00:01Z"))).toBe("limit");
});
