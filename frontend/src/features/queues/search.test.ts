import { describe, expect, it } from "vitest";
import { ageWords, knownSearch, recentMonths, toQuery } from "./search.ts";

describe("an address that someone mended by hand", () => {
  it("shows no filter that is not asked for", () => {
    expect(knownSearch({ queue: "zzz", month: "2026-13", assignee: "you", held: "true", min_age: "x" })).toEqual({
      held: "true",
    });
    expect(knownSearch({ queue: "to_code", sort: "name", specialty: "320" })).toEqual({
      queue: "to_code",
      specialty: "320",
    });
  });
});

describe("the address of a queue list", () => {
  it("asks the server for what it says", () => {
    expect(
      toQuery({
        queue: "to_code",
        month: "2026-10",
        min_age: "6",
        assignee: "me",
        held: "false",
        sort: "queued",
        specialty: "320",
      }),
    ).toEqual({
      queue: "to_code",
      month: "2026-10",
      min_age: 6,
      assignee: "me",
      held: false,
      sort: "queued",
      specialty: "320",
    });
  });

  it("leaves out what nobody knows, instead of failing", () => {
    expect(
      toQuery({ queue: "everything", month: "2026-13", min_age: "-4", assignee: "you", held: "maybe", sort: "name" }),
    ).toEqual({});
    expect(toQuery({ min_age: "1e9" })).toEqual({});
    expect(toQuery({})).toEqual({});
  });
});

describe("an age band, as the home page leads to it", () => {
  it("is asked for from both sides, and said so", () => {
    expect(toQuery({ min_age: "3", max_age: "5" })).toEqual({ min_age: 3, max_age: 5 });
    expect([ageWords("3", "5"), ageWords("0", "2"), ageWords("21", undefined)]).toEqual([
      "3 to 5 days",
      "up to 2 days",
      "21 days or more",
    ]);
  });
});

describe("the months to choose from", () => {
  it("go back over the turn of the year", () => {
    expect(recentMonths("2026-02-10", 4)).toEqual(["2026-02", "2026-01", "2025-12", "2025-11"]);
  });
});
