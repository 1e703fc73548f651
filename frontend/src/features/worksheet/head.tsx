import { Link } from "@tanstack/react-router";
import { Tag, type Tone } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { day, dayRange, instantNear, time } from "@/kit/dates.ts";
import { person } from "@/parts/coding/words.ts";
import type { Worksheet } from "./data.ts";

/** `your codes are locked since 3:04pm`, and what else there is to know of where the sheet stands. */
function stage(sheet: Worksheet): { title: string; lock: string; tone: Tone } {
  const { item, audit } = sheet;
  switch (item.state) {
    case "drawn":
      return { title: "Not taken yet", lock: "nobody has it", tone: "grey" };
    case "coding":
      return audit.mode === "blind"
        ? { title: "Code the episode", lock: "the coder’s codes are hidden", tone: "blue" }
        : { title: "Review the episode", lock: "the coder’s codes are shown", tone: "blue" };
    case "unsafe":
      return { title: "Unsafe to audit", lock: item.state_reason ?? "", tone: "red" };
    case "comparing":
      return {
        title: "Compare and decide",
        lock: `${item.mine ? "your" : "the auditor’s"} codes are locked since ${instantNear(item.codes_saved_at)}`,
        tone: "blue",
      };
    default:
      return {
        title: "Decided",
        lock: `${item.state_label.toLowerCase()} · ${instantNear(item.decided_at)}`,
        tone: "green",
      };
  }
}

export function SheetHead({ sheet, onUnsafe }: { sheet: Worksheet; onUnsafe: () => void }) {
  const { audit, item, episode, patient } = sheet;
  const { title, lock, tone } = stage(sheet);
  const unsafe = item.state === "unsafe";
  return (
    <header className="ws-head">
      <nav aria-label="Where you are" className="ws-trail">
        <Link to="/audits">Audits</Link> ›{" "}
        <Link to="/audits/$auditId" params={{ auditId: audit.audit_id }}>
          {audit.title}
        </Link>{" "}
        › Episode {item.place} of {item.of} · {audit.mode === "blind" ? "blind" : "review"} · frozen version{" "}
        {item.frozen_version}
        {sheet.coder?.coded_at ? ` of ${day(sheet.coder.coded_at.slice(0, 10))}` : ""}
        {item.second ? " · second audit" : ""}
      </nav>
      <div className="ws-head__line">
        <h1 tabIndex={-1} data-page-title>
          {title}
        </h1>
        <Tag tone={tone}>{lock}</Tag>
        <span className="cw-quiet">
          {item.state === "coding" && item.lease_until && item.mine
            ? `Yours until ${time(item.lease_until)}`
            : item.auditor_name && !item.mine
              ? `With ${item.auditor_name}`
              : ""}
        </span>
        <span className="cw-push" />
        <span className="cw-quiet">Case-note quality</span>
        <Tag tone={unsafe ? "red" : "green"}>{unsafe ? "unsafe to audit" : "safe to audit"}</Tag>
        {sheet.can.mark_unsafe === true ? (
          <Button look="link" onClick={onUnsafe}>
            Mark unsafe
          </Button>
        ) : null}
      </div>
      <p className="ws-who">
        {person(patient.sex, patient.age)} · local id {patient.masked_local_id} · Spell {episode.spell_number} · FCE{" "}
        {episode.episode_number} of {episode.episodes_in_spell} · {dayRange(episode.started_on, episode.ended_on)}
        {episode.specialty ? ` · ${episode.specialty.name ?? "Specialty"} (${episode.specialty.code})` : ""}
        {episode.admission_method?.name ? ` · ${episode.admission_method.name}` : ""}
      </p>
    </header>
  );
}
