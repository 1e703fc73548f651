import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Me } from "@/api/me.ts";
import { SessionWarning } from "./session-warning.tsx";

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-11-21T12:00:00Z") });
});

afterEach(() => {
  vi.useRealTimers();
});

function show(onSignOut: (how: "out" | "idle") => void, expires = "2026-11-21T20:00:00Z") {
  const me = { idle_seconds: 600, expires_at: expires } as Me;
  render(
    <QueryClientProvider client={new QueryClient()}>
      <SessionWarning me={me} onSignOut={onSignOut} />
    </QueryClientProvider>,
  );
}

it("warns two minutes before the end, and not earlier", () => {
  show(() => undefined, "2026-11-21T12:05:00Z");
  act(() => void vi.advanceTimersByTime(150_000));
  expect(screen.queryByRole("dialog")).toBeNull();
  act(() => void vi.advanceTimersByTime(40_000));
  expect(screen.getByRole("dialog", { name: "You are about to be signed out" })).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Stay signed in" })).toBeNull();
});

it("signs out at the end", () => {
  const out = vi.fn();
  show(out, "2026-11-21T12:01:00Z");
  act(() => void vi.advanceTimersByTime(61_000));
  expect(out).toHaveBeenCalledWith("idle");
});
