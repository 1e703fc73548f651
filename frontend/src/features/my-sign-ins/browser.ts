// A browser's own description of itself, in the words that a person knows it by.

const browsers: readonly (readonly [RegExp, string])[] = [
  // Each also claims to be one of those below it.
  [/\bEdg(e|A|iOS)?\//, "Edge"],
  [/\bOPR\/|\bOpera\b/, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b(Chrome|Chromium|HeadlessChrome|CriOS)\//, "Chrome"],
  [/\bVersion\/[\d.]+.*\bSafari\//, "Safari"],
];

const systems: readonly (readonly [RegExp, string])[] = [
  [/\bWindows\b/, "Windows"],
  [/\biPad\b/, "iPad"],
  [/\biPhone\b/, "iPhone"],
  [/\bAndroid\b/, "Android"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bMac OS X\b|\bMacintosh\b/, "Mac"],
  [/\bLinux\b/, "Linux"],
];

const nameOf = (from: readonly (readonly [RegExp, string])[], text: string) =>
  from.find(([pattern]) => pattern.test(text))?.[1];

/** `Chrome on Windows`; what is no browser that we know is its own first word, as `curl`. */
export function browserName(description: string | null | undefined): string {
  const text = (description ?? "").trim();
  if (text === "") return "not known";
  const browser = nameOf(browsers, text) ?? (/^Mozilla\//.test(text) ? "A browser" : text.split(/[\s/]/)[0]);
  const system = nameOf(systems, text);
  return system ? `${browser} on ${system}` : (browser ?? "not known");
}
