import { expect, it } from "vitest";
import { noEpisode, spellIn } from "./spell-words.ts";

it.each([
  ["0092817", "0092817", null],
  ["SP0001234", "SP0001234", null],
  ["0092817 2", "0092817", 2],
  ["0092817 / 12", "0092817", 12],
  ["SP0001/1", "SP0001", 1],
])("%s is a spell", (words, spellNumber, episodeNumber) => {
  expect(spellIn(words)).toEqual({ spellNumber, episodeNumber });
});

it.each(["I21.4", "w37.1", "M1695", "I10X", "hip", "SP00", "type 2 diabetes", "timetable"])(
  "%s is none, and nobody is asked",
  (words) => {
    expect(spellIn(words)).toBeNull();
  },
);

it("says why there is no episode, and nothing for what is no spell number", () => {
  expect(noEpisode(spellIn("0092817"), true)).toBe("No episode of a spell 0092817 is here.");
  expect(noEpisode(spellIn("0092817 2"), true)).toBe("No episode 2 of a spell 0092817 is here.");
  expect(noEpisode(spellIn("0092817"), false)).toBe("Your role may not look up episodes.");
  expect(noEpisode(spellIn("hip"), false)).toBeNull();
});
