// What the search field shows and what Enter means there; no React, so that each keystroke can be tested.

import { bareCode, dotted, type ListName, looksWhole, SYSTEM_OF } from "./codes.ts";
import { isList } from "./paste.ts";

export interface Hit {
  readonly code: string;
  readonly dotted: string;
  readonly title: string;
  readonly category_title?: string | null;
  readonly one_in?: number | null;
  /** May be coded as it stands. False for a category whose next character must be chosen. */
  readonly leaf: boolean;
  readonly dagger: boolean;
  readonly asterisk: boolean;
  /** `part`: no code has every word that was typed, and this one has some of them. */
  readonly match?: "code" | "title" | "synonym" | "category" | "part";
}

export interface Found {
  /** The text that these are the hits of. */
  readonly query: string;
  readonly hits: readonly Hit[];
  /** The category whose next characters are shown. */
  readonly within: Hit | null;
}

export type EnterMeans =
  | { readonly kind: "nothing" }
  | { readonly kind: "pick"; readonly code: string }
  | { readonly kind: "open"; readonly hit: Hit }
  | { readonly kind: "paste"; readonly text: string }
  /**
   * Enter counts as soon as the search has answered: for a short code as that code, also when typing goes on before;
   * for words only if the answer's first hit is the one that was marked, for nobody picks what they have not seen.
   */
  | { readonly kind: "wait"; readonly code: string | null; readonly seen: string | null };

/** Words to search for have a letter: "-1", "3" or half a date is none. */
export function isSearch(typed: string): boolean {
  return /\p{L}/u.test(typed);
}

/**
 * The hit that is marked before an arrow key has been pressed: the first one. None where a single letter was typed or no
 * code has all of the words, for Enter is not to take what was not meant.
 */
export function firstMark({ query, hits, within }: Found): number {
  if (hits.length === 0) return -1;
  if (within) return 0;
  const told = query.replace(/[^\p{L}\p{N}]/gu, "");
  return told.length < 2 || !isSearch(query) || hits[0]?.match === "part" ? -1 : 0;
}

/**
 * What Enter does: a list of codes is pasted, a code typed whole is taken at once (the search need not have answered),
 * a category opens to its next characters, and else the marked hit is taken, if it is of the text that stands there.
 */
export function onEnter(text: string, list: ListName, found: Found | null, marked: number, near: string): EnterMeans {
  const typed = text.trim();
  if (typed === "" && !found?.within) return { kind: "nothing" };
  if (isList(typed, list, near)) return { kind: "paste", text: typed };
  const fresh = found !== null && (found.query === typed || found.within !== null) ? found : null;
  const bare = bareCode(typed, SYSTEM_OF[list]);
  const hit = fresh ? (fresh.hits[marked] ?? undefined) : undefined;
  if (hit) {
    // Arrow keys have the word; with none pressed, a code typed whole wins over a better ranked neighbour.
    const exact =
      marked === 0 && bare !== null && !fresh?.within ? fresh?.hits.find((other) => other.code === bare) : undefined;
    const chosen = exact ?? hit;
    return chosen.leaf ? { kind: "pick", code: chosen.code } : { kind: "open", hit: chosen };
  }
  // Nothing found for something code-like is taken too: the line then shows that it is not in this edition.
  if (bare !== null && (looksWhole(typed, SYSTEM_OF[list]) || fresh)) return { kind: "pick", code: bare };
  // Three characters may be a code (I10) or a category (I21): only the search can say which.
  const shown = fresh ? undefined : found?.hits[marked];
  // The answer to the last letters is still to come, but what is marked has all of the words: it is what was meant.
  if (shown?.leaf && bare === null && covers(shown, typed)) return { kind: "pick", code: shown.code };
  const seen = shown?.code ?? null;
  return bare !== null || seen !== null ? { kind: "wait", code: bare, seen } : { kind: "nothing" };
}

/** The characters of a category, the one used most first; those that were never counted stay in their order. */
export function byUse<H extends Pick<Hit, "one_in">>(hits: readonly H[]): H[] {
  const rarity = ({ one_in }: Pick<Hit, "one_in">) => one_in ?? Number.POSITIVE_INFINITY;
  return [...hits].sort((a, b) => (rarity(a) === rarity(b) ? 0 : rarity(a) - rarity(b)));
}

/**
 * Typing on while a category is open: the next character marks its code, anything else begins a new search. It is never
 * joined to the words that led here.
 */
export function typedOn(value: string, before: string, found: Found | null): { mark: number } | { text: string } {
  if (!found?.within || !value.startsWith(before) || value.length <= before.length) return { text: value };
  const typed = value.slice(before.length);
  const mark = found.hits.findIndex(({ code }) => code === `${found.within?.code}${typed.toUpperCase()}`);
  return mark >= 0 ? { mark } : { text: typed };
}

/** Each word that was typed begins a word of the hit. */
function covers(hit: Hit, typed: string): boolean {
  const parts = (text: string) =>
    text
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter(Boolean);
  const words = parts(`${hit.title} ${hit.category_title ?? ""}`);
  return parts(typed).every((part) => words.some((word) => word.startsWith(part)));
}

/** The next mark, round the ends. */
export function nextMark(marked: number, by: -1 | 1, hits: number): number {
  if (hits === 0) return 0;
  if (marked < 0) return by === 1 ? 0 : hits - 1;
  return (marked + by + hits) % hits;
}

/** "1 in 310", "1 in 24,000", or nothing for a code that was never counted. */
export function oneIn(hit: Hit): string {
  return hit.one_in ? `1 in ${hit.one_in.toLocaleString("en-GB")}` : "";
}

/** `No code matches “hip -1”`. */
export function noMatch(typed: string): string {
  return `No code matches “${typed.trim()}”`;
}

/** What a screen reader hears of the list, after a pause. */
export function spoken(found: Found | null, text: string): string {
  if (!found || (text.trim() === "" && !found.within)) return "";
  if (found.within) return `${found.hits.length} under ${dotted(found.within.code)}`;
  if (found.hits.length === 0) return noMatch(text);
  if (found.hits[0]?.match === "part") return `${noMatch(text)}. ${found.hits.length} with some of the words`;
  return found.hits.length === 1 ? "1 code" : `${found.hits.length} codes`;
}
