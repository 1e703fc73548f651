// The coder's own feedback sheet of an audit, as a file.
import { useMay, useMe } from "@/api/me.ts";
import { Mono } from "@/kit/bits.tsx";
import { type FindingRow, sheetOf } from "./data.ts";
import { sheetAudits } from "./words.ts";

export function OwnSheet({ audit }: { audit: FindingRow["audit"] }) {
  const me = useMe();
  if (!useMay()("feedback:see")) return null;
  return (
    <a href={sheetOf(audit.audit_id, me.person_id)} download>
      My feedback sheet (PDF)<span className="cw-hidden"> of {audit.reference}</span>
    </a>
  );
}

/** One sheet an audit, not one an episode. */
export function OwnSheets({ rows }: { rows: readonly FindingRow[] }) {
  const audits = sheetAudits(rows);
  if (!useMay()("feedback:see") || audits.length === 0) return null;
  return (
    <ul className="fi-sheets" aria-label="My feedback sheets">
      {audits.map((audit) => (
        <li key={audit.audit_id}>
          <Mono>{audit.reference}</Mono> {audit.title}: <OwnSheet audit={audit} />
        </li>
      ))}
    </ul>
  );
}
