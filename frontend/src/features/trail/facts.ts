// What a line of the trail notes beside who, what and when, in words that can be read in passing.
import { instant } from "@/kit/dates.ts";

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-([0-9a-f]{12})$/i;
const MARK = /^[0-9a-f]{32,}$/i;

/** `queue: to code; to: …4a5b6c7d8e9f`. Empty when nothing is noted. */
export function factsInWords(facts: Readonly<Record<string, unknown>>): string {
  return Object.entries(facts)
    .map(([name, value]) => [plain(name), valueInWords(value)] as const)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}: ${value}`)
    .join("; ");
}

function valueInWords(value: unknown): string {
  if (value === null || value === undefined || value === "") return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return value.toLocaleString("en-GB");
  if (Array.isArray(value)) return value.map(valueInWords).filter(Boolean).join(", ") || "none";
  if (typeof value === "object") {
    return Object.entries(value)
      .map(([name, inner]) => [plain(name), valueInWords(inner)])
      .filter(([, inner]) => inner !== "")
      .map(([name, inner]) => `${name} ${inner}`)
      .join(", ");
  }
  return textInWords(String(value));
}

function textInWords(text: string): string {
  const id = ID.exec(text);
  if (id) return `…${id[1]}`;
  // A keyed hash stands for what was typed: it says only whether two searches were for the same.
  if (MARK.test(text)) return `mark ${text.slice(0, 8)}`;
  if (/^\d{4}-\d{2}-\d{2}T/.test(text)) return instant(text);
  return /^[a-z0-9_]+$/.test(text) ? plain(text) : text;
}

function plain(name: string): string {
  return name.replaceAll("_", " ");
}
