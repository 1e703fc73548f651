import { describe, expect, it } from "vitest";
import { given, integer, list, oneOf, parseSearch, stringifySearch, text } from "./search.ts";

describe("the address of a page", () => {
  it("is plain, and comes back as it went", () => {
    const search = { queue: "to_code", month: ["2026-10", "2026-11"], q: "frac nof & more" };
    const address = stringifySearch(search);
    expect(address).toBe("?queue=to_code&month=2026-10&month=2026-11&q=frac+nof+%26+more");
    expect(parseSearch(address)).toEqual(search);
  });

  it("leaves out what is not given", () => {
    expect(stringifySearch({ queue: undefined, q: "", sort: null })).toBe("");
  });

  it("keeps the key of what was refused, so that the raw value cannot show through", () => {
    expect(Object.keys(given({ after: undefined, q: "x" }))).toEqual(["after", "q"]);
  });

  it("is read without trust: what is unknown is nothing", () => {
    expect(oneOf("error", ["error", "warn"] as const)).toBe("error");
    expect(oneOf("<script>", ["error", "warn"] as const)).toBeUndefined();
    expect(integer("12")).toBe(12);
    expect(integer("1e999")).toBeUndefined();
    expect(integer("twelve")).toBeUndefined();
    expect(text(["a"])).toBeUndefined();
    expect(list("a")).toEqual(["a"]);
    expect(list(undefined)).toBeUndefined();
  });
});
