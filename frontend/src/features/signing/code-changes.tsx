import { Mono, None } from "@/kit/bits.tsx";
import { day } from "@/kit/dates.ts";
import type { CodeChange } from "./data.ts";

const dotted = (code: string) => (code.length > 3 ? `${code.slice(0, 3)}.${code.slice(3)}` : code);

/** What leads from one list of codes to another, in words. */
export function CodeChanges({ changes }: { changes: readonly CodeChange[] }) {
  if (changes.length === 0) return <None>no difference</None>;
  return (
    <ul className="si-changes">
      {changes.map((change, at) => (
        <li key={`${change.code}-${change.what}-${at}`}>
          {words(change)} <Mono>{dotted(change.code)}</Mono>
          {change.what === "moved" ? ` from ${change.was} to ${change.now}` : ""}
          {change.what === "dated" ? ` from ${day(String(change.was ?? ""))} to ${day(String(change.now ?? ""))}` : ""}
        </li>
      ))}
    </ul>
  );
}

function words(change: CodeChange): string {
  return { added: "add", removed: "remove", moved: "move", dated: "change the day of" }[change.what] ?? change.what;
}
