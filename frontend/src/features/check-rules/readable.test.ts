import { expect, it } from "vitest";
import { readable } from "./readable.ts";

it.each([
  [
    "{code} {title} is an asterisk code and cannot be the primary diagnosis.",
    "The code is an asterisk code and cannot be the primary diagnosis.",
  ],
  ["{code} {title} beside {other_code} {other_title}.", "The code beside another code."],
  ["Delete {code}: the F code says it.", "Delete the code: the F code says it."],
  ["Line {line} holds “{code}”: {problem}.", "Line [number] holds “[what was typed]”: [what is wrong]."],
  ["{code} {title} on a patient aged {age}.", "The code on a patient aged [age]."],
  ["Something {not_known_yet}.", "Something [not known yet]."],
  ["Have the dates corrected in the PAS.", "Have the dates corrected in the PAS."],
])("%s", (text, words) => {
  expect(readable(text)).toBe(words);
});
