import "./audits.scss";
import { None } from "@/kit/bits.tsx";
import { count } from "@/kit/numbers.ts";
import { secondWords } from "@/parts/audit.ts";
import type { AuditRow } from "./data.ts";

/** How many episodes the auditors have finished, as a bar with its words. */
export function Done({ progress }: { progress: AuditRow["progress"] }) {
  if (progress.items === 0) return <None>not drawn</None>;
  return (
    <span className="au-done">
      <progress aria-hidden="true" max={progress.items} value={progress.done} />
      <span>
        {count(progress.done)} of {count(progress.items)}
        {progress.second > 0 ? <span className="au-done__sample">{secondWords(progress)}</span> : null}
      </span>
    </span>
  );
}
