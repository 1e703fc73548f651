// What was said about a finding, in its order; nothing of it is ever changed.
import "./said.scss";
import type { Schemas } from "@/api/client.ts";
import { instantNear } from "@/kit/dates.ts";

export type SaidOut = Schemas["FindingReplyOut"];

const acts: Record<string, string> = {
  sent: "sent the finding",
  agree: "agreed",
  dispute: "disputed it",
  upheld: "answered: it stands",
  amended: "amended it",
  withdrawn: "withdrew it",
  escalate: "escalated it",
  ruled_stands: "ruled: it stands",
  ruled_amended: "ruled: amended",
  ruled_withdrawn: "ruled: withdrawn",
  no_reply: "closed it: no reply in time",
  accepted: "accepted it",
  questioned: "changed it in a correction: the ruling is asked for again",
  challenged: "challenged it",
};

export function actWords(said: Pick<SaidOut, "act" | "part">): string {
  if (said.part === "external" && said.act === "upheld") return "recorded: the external auditor upholds it";
  if (said.part === "external") return `recorded: the external auditor ${said.act} it`;
  return acts[said.act] ?? said.act;
}

export function Said({ said }: { said: readonly SaidOut[] }) {
  if (said.length === 0) return null;
  return (
    <ol className="cw-said">
      {said.map((one) => (
        <li key={one.seq}>
          <p className="cw-said__who">
            <strong>{one.me ? "You" : one.by_name}</strong> {actWords(one)}
            <span className="cw-quiet"> · {instantNear(one.at)}</span>
          </p>
          {one.text ? <p className="cw-said__text">{one.text}</p> : null}
          {/* For whoever wrote it; nobody who reads it is told. */}
          {one.me && one.wording.length > 0 ? (
            <p className="cw-quiet">Sensitive wording: {one.wording.join(", ")}</p>
          ) : null}
        </li>
      ))}
    </ol>
  );
}
