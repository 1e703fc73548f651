// A rule's words as a person reads them before any code is known: what a check fills in is said in words.

const WORDS = new Map([
  ["needs", "what is needed"],
  ["problem", "what is wrong"],
  ["what", "what does not fit"],
  ["partners", "its dagger codes"],
  ["first", "one day"],
  ["then", "another day"],
  ["age", "age"],
  ["n", "number"],
  ["list", "diagnoses or procedures"],
  ["limit", "limit"],
  ["use", "another code"],
  ["gap", "number"],
  ["line", "number"],
  ["other_line", "number"],
  ["date", "day"],
  ["death", "day"],
  ["place", "before or after the episode"],
  ["episode", "days of the episode"],
  ["says", "status"],
  ["usual", "male or female"],
  ["recorded", "sex"],
  ["patient", "age"],
  ["advice", "what to do instead"],
]);

/** `{code} {title} is an asterisk code` reads as `The code is an asterisk code`; `{age}` as `[age]`. */
export function readable(text: string): string {
  const words = text
    .replace(/“\{code\}”/g, "“[what was typed]”")
    .replace(/\{other_code\}( \{other_title\})?/g, "another code")
    .replace(/\{code\}( \{title\})?/g, "the code")
    .replace(/\{(\w+)\}/g, (_, name: string) => `[${WORDS.get(name) ?? name.replaceAll("_", " ")}]`)
    // A sentence begins with a capital, also after another one.
    .replace(/(^|[.:?] )(the code|another code)/g, (_, before: string, word: string) =>
      before.startsWith(":") ? before + word : before + word.charAt(0).toUpperCase() + word.slice(1),
    );
  return words;
}
