import { describe, expect, it } from "vitest";
import { keyOf, perCent, shareOf } from "./bodies.ts";

describe("shares and per cent", () => {
  it.each([
    ["0.95", "95"],
    ["0.9", "90"],
    ["1", "100"],
    ["0", "0"],
    ["0.945", "94.5"],
    ["0.05", "5"],
    ["0.9496", "94.96"],
  ])("%s is %s per cent, and back", (share, percent) => {
    expect(perCent(share)).toBe(percent);
    expect(shareOf(percent)).toBe(share);
  });

  it("leaves what is no share for the server to point at", () => {
    expect(shareOf("many")).toBe("many");
    expect(shareOf("101")).toBe("101");
  });
});

describe("keyOf", () => {
  it("makes a key of a name", () => {
    expect(keyOf("Standards met!")).toBe("standards_met");
    expect(keyOf("—")).toBe("new");
  });
});
