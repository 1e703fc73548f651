import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Autosave, type Saved, type Verdict } from "./autosave.ts";

type Reply = { resolve: (saved: Saved) => void; reject: (error: unknown) => void };

/** A server that answers when the test says so, and remembers what it was sent. */
function server() {
  const sent: [string, number][] = [];
  const waiting: Reply[] = [];
  const autosave = new Autosave<string>({
    save: (body, version) => {
      sent.push([body, version]);
      return new Promise<Saved>((resolve, reject) => waiting.push({ resolve, reject }));
    },
    judge: (error) => (typeof error === "object" ? "conflict" : (error as Verdict)),
    mine: (error, body) => ((error as { has?: string; at: number }).has === body ? (error as { at: number }).at : null),
    version: 0,
    savedAt: null,
    delay: 500,
    retries: [1000, 5000],
  });
  const reply = async (version: number) => {
    waiting.shift()?.resolve({ version, saved_at: `at-${version}` });
    await vi.advanceTimersByTimeAsync(0);
  };
  const fail = async (verdict: Verdict | { has: string; at: number }) => {
    waiting.shift()?.reject(verdict);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { autosave, sent, reply, fail };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the draft", () => {
  it("is sent once, a moment after the last change", async () => {
    const { autosave, sent, reply } = server();
    autosave.change("a");
    await vi.advanceTimersByTimeAsync(400);
    autosave.change("ab");
    await vi.advanceTimersByTimeAsync(499);
    expect(sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toEqual([["ab", 0]]);
    expect(autosave.state.kind).toBe("saving");
    await reply(1);
    expect(autosave.state).toEqual({ kind: "clean", savedAt: "at-1" });
    expect(autosave.unsaved).toBe(false);
  });

  it("has one request under way at a time, and the next stands on its version", async () => {
    const { autosave, sent, reply } = server();
    autosave.change("a");
    await vi.advanceTimersByTimeAsync(500);
    autosave.change("ab");
    autosave.change("abc");
    await vi.advanceTimersByTimeAsync(5000);
    expect(sent).toHaveLength(1);
    await reply(1);
    expect(autosave.state.kind).toBe("waiting");
    await vi.advanceTimersByTimeAsync(500);
    expect(sent).toEqual([
      ["a", 0],
      ["abc", 1],
    ]);
    await reply(2);
    expect(autosave.state.kind).toBe("clean");
  });

  it("is kept while the line is away and sent when it is back, with all that was typed meanwhile", async () => {
    const { autosave, sent, reply, fail } = server();
    autosave.change("a");
    await vi.advanceTimersByTimeAsync(500);
    await fail("offline");
    expect(autosave.state.kind).toBe("offline");
    autosave.change("ab");
    expect(autosave.unsaved).toBe(true);
    await vi.advanceTimersByTimeAsync(1000);
    await fail("offline");
    await vi.advanceTimersByTimeAsync(4999);
    expect(sent).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent.at(-1)).toEqual(["ab", 0]);
    await reply(1);
    expect(autosave.state.kind).toBe("clean");
  });

  it("is sent at once when the browser says that the line is back", async () => {
    const { autosave, sent, reply, fail } = server();
    autosave.change("a");
    await vi.advanceTimersByTimeAsync(500);
    await fail("offline");
    void autosave.retry();
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toHaveLength(2);
    await reply(1);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(sent).toHaveLength(2);
  });

  it("stops at a conflict, keeps what was typed, and goes on from the version that was chosen", async () => {
    const { autosave, sent, reply, fail } = server();
    autosave.change("mine");
    await vi.advanceTimersByTimeAsync(500);
    await fail("conflict");
    expect(autosave.state.kind).toBe("conflict");
    autosave.change("mine, longer");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toHaveLength(1);
    autosave.settle(7, "mine, longer");
    await vi.advanceTimersByTimeAsync(500);
    expect(sent.at(-1)).toEqual(["mine, longer", 7]);
    await reply(8);
    expect(autosave.version).toBe(8);
  });

  it("is not in conflict with itself when only the answer to a save was lost", async () => {
    const { autosave, sent, reply, fail } = server();
    autosave.change("a");
    await vi.advanceTimersByTimeAsync(500);
    await fail("offline");
    autosave.change("ab");
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent.at(-1)).toEqual(["ab", 0]);
    await fail({ has: "a", at: 1 });
    expect(autosave.state.kind).toBe("waiting");
    await vi.advanceTimersByTimeAsync(500);
    expect(sent.at(-1)).toEqual(["ab", 1]);
    await reply(2);
    expect(autosave.state).toEqual({ kind: "clean", savedAt: "at-2" });
  });

  it("is in conflict when what is there was never sent from here, or was answered", async () => {
    const { autosave, fail } = server();
    autosave.change("a");
    await vi.advanceTimersByTimeAsync(500);
    await fail("offline");
    await vi.advanceTimersByTimeAsync(1000);
    await fail({ has: "b", at: 1 });
    expect(autosave.state.kind).toBe("conflict");
  });

  it("sends nothing after theirs was taken", async () => {
    const { autosave, sent, fail } = server();
    autosave.change("mine");
    await vi.advanceTimersByTimeAsync(500);
    await fail("conflict");
    autosave.settle(7, null);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toHaveLength(1);
    expect(autosave.state.kind).toBe("clean");
  });

  it("does not hammer a server that refuses, and tries again after the next change", async () => {
    const { autosave, sent, fail, reply } = server();
    autosave.change("a");
    await vi.advanceTimersByTimeAsync(500);
    await fail("refused");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toHaveLength(1);
    expect(autosave.unsaved).toBe(true);
    autosave.change("ab");
    await vi.advanceTimersByTimeAsync(500);
    expect(sent.at(-1)).toEqual(["ab", 0]);
    await reply(1);
    expect(autosave.state.kind).toBe("clean");
  });

  it("can be sent at once, before leaving or submitting, after what is under way", async () => {
    const { autosave, sent, reply } = server();
    autosave.change("a");
    await vi.advanceTimersByTimeAsync(500);
    autosave.change("ab");
    let done = false;
    void autosave.flush().then(() => {
      done = true;
    });
    await reply(1);
    expect(sent.at(-1)).toEqual(["ab", 1]);
    expect(done).toBe(false);
    await reply(2);
    expect(done).toBe(true);
    expect(autosave.unsaved).toBe(false);
  });

  it("sends nothing after it was stopped", async () => {
    const { autosave, sent } = server();
    autosave.change("a");
    autosave.stop();
    autosave.change("ab");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toEqual([]);
  });
});
