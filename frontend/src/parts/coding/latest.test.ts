import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Latest } from "./latest.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function desk() {
  const asked: {
    question: string;
    signal: AbortSignal;
    answer: (text: string) => void;
    fail: (error: Error) => void;
  }[] = [];
  const heard: string[] = [];
  const latest = new Latest<string, string>({
    ask: (question, signal) =>
      new Promise((answer, fail) => {
        asked.push({ question, signal, answer, fail });
      }),
    answered: (answer) => heard.push(answer),
    failed: (error) => heard.push(`failed: ${(error as Error).message}`),
    delay: 150,
  });
  return { latest, asked, heard };
}

describe("asking again and again", () => {
  it("waits for a pause in the typing", async () => {
    const { latest, asked } = desk();
    latest.ask("i");
    await vi.advanceTimersByTimeAsync(100);
    latest.ask("i2");
    await vi.advanceTimersByTimeAsync(149);
    expect(asked).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked.map((call) => call.question)).toEqual(["i2"]);
  });

  it("drops an answer that comes after a newer question, and stops its request", async () => {
    const { latest, asked, heard } = desk();
    latest.ask("old");
    await vi.advanceTimersByTimeAsync(150);
    latest.ask("new");
    await vi.advanceTimersByTimeAsync(150);
    expect(asked[0]?.signal.aborted).toBe(true);
    asked[1]?.answer("new answer");
    asked[0]?.answer("old answer");
    await vi.advanceTimersByTimeAsync(0);
    expect(heard).toEqual(["new answer"]);
  });

  it("says that the newest failed, never that an old one did", async () => {
    const { latest, asked, heard } = desk();
    latest.ask("old");
    await vi.advanceTimersByTimeAsync(150);
    latest.ask("new");
    asked[0]?.fail(new Error("late"));
    await vi.advanceTimersByTimeAsync(150);
    asked[1]?.fail(new Error("away"));
    await vi.advanceTimersByTimeAsync(0);
    expect(heard).toEqual(["failed: away"]);
  });

  it("hears nothing after it was cancelled", async () => {
    const { latest, asked, heard } = desk();
    latest.ask("a");
    await vi.advanceTimersByTimeAsync(150);
    latest.cancel();
    asked[0]?.answer("late");
    latest.ask("b");
    latest.cancel();
    await vi.advanceTimersByTimeAsync(1000);
    expect(heard).toEqual([]);
    expect(asked).toHaveLength(1);
  });
});
