// One action with what was done, what shows it, and who verified it.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Details, Mono, None, Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { Confirm, whyNot } from "@/kit/confirm.tsx";
import { day, instant } from "@/kit/dates.ts";
import { TextArea } from "@/kit/field.tsx";
import { bytes } from "@/kit/numbers.ts";
import { confirmDone } from "@/kit/toast.tsx";
import { ActionForm } from "./action-form.tsx";
import { type Action, evidenceHref, type Move, moveAction, noteAction, withdrawEvidence } from "./data.ts";
import { EvidenceForm } from "./evidence-form.tsx";
import { useRefreshAction } from "./refresh.ts";
import { actionTones, actWords, dueWords, moves } from "./words.ts";

type Doing = Move | "note" | "edit" | "evidence" | null;

export function ActionCard({ action }: { action: Action }) {
  const [doing, setDoing] = useState<Doing>(null);
  const shut = () => setDoing(null);
  const { can } = action;
  const now = moves.filter(({ move }) => can[move] === true || (move === "close" && action.state === "verified"));
  const due = dueWords(action);
  return (
    <section className="ac-action" id={`action-${action.action_id}`} aria-label={`Action ${action.no}`}>
      <h3>
        {action.no}. {action.text}
      </h3>
      <p>
        <Tag tone={actionTones[action.state]}>{action.state_label}</Tag> {action.owner.name}
        {action.owner.me ? " (you)" : ""} · due {day(action.due_on)}{" "}
        {due ? <Tag tone={action.reminder === "overdue" ? "red" : "amber"}>{due}</Tag> : null}
        {action.verified_at ? ` · verified by ${action.verified_by_name}, ${instant(action.verified_at)}` : ""}
      </p>
      <div className="cw-row">
        {now.map(({ move, label }) => (
          <Button key={move} small refusal={whyNot(can[move])} onClick={() => setDoing(move)}>
            {label}
          </Button>
        ))}
        {can.add_evidence === true ? (
          <Button small onClick={() => setDoing("evidence")}>
            Add evidence
          </Button>
        ) : null}
        {can.note === true ? (
          <Button small onClick={() => setDoing("note")}>
            Add a note
          </Button>
        ) : null}
        {can.edit === true ? (
          <Button small onClick={() => setDoing("edit")}>
            Edit
          </Button>
        ) : null}
      </div>
      <Evidence action={action} />
      {action.notes.length > 0 ? (
        <Details summary={`What was done (${action.notes.length})`}>
          <ol className="ac-trail">
            {action.notes.map((note) => (
              <li key={note.seq}>
                {actWords(note.act)}, {note.by_name}, {instant(note.at)}
                {note.text ? `: ${note.text}` : ""}
              </li>
            ))}
          </ol>
        </Details>
      ) : null}
      {doing === "evidence" ? <EvidenceForm action={action} onClose={shut} /> : null}
      {doing === "edit" ? <ActionForm was={action} onClose={shut} /> : null}
      {doing === "note" ? <Said action={action} what="note" onClose={shut} /> : null}
      {moves.some(({ move }) => move === doing) ? <Said action={action} what={doing as Move} onClose={shut} /> : null}
    </section>
  );
}

function Evidence({ action }: { action: Action }) {
  const [taking, setTaking] = useState<string | null>(null);
  const refresh = useRefreshAction(action);
  const [reason, setReason] = useState("");
  const take = useMutation({
    mutationFn: () => withdrawEvidence(action, taking ?? "", reason),
    onSuccess: () => {
      refresh();
      setTaking(null);
    },
  });
  if (action.evidence.length === 0) return <None>No evidence yet.</None>;
  return (
    <>
      <ul className="ac-trail" aria-label={`Evidence of action ${action.no}`}>
        {action.evidence.map((one) => (
          <li key={one.evidence_id}>
            <b>{one.title}</b>, {one.by_name}, {instant(one.at)}:{" "}
            {one.withdrawn_at ? (
              <None>taken back: {one.withdrawn_reason}</None>
            ) : one.kind === "file" ? (
              <>
                <a href={evidenceHref(action.action_id, one.evidence_id)} download>
                  {one.file_name}
                </a>{" "}
                ({bytes(one.size ?? 0)}){" "}
                <span className="cw-quiet ac-digest">
                  SHA-256 <Mono>{one.sha256}</Mono>
                </span>
              </>
            ) : (
              <>
                {one.url ? (
                  <a href={one.url} target="_blank" rel="noreferrer noopener">
                    {one.url}
                  </a>
                ) : null}{" "}
                {one.text}
              </>
            )}{" "}
            {one.withdrawn_at === null && can(action) ? (
              <button type="button" className="cw-button cw-button--link" onClick={() => setTaking(one.evidence_id)}>
                Take back<span className="cw-hidden"> {one.title}</span>
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      {taking ? (
        <Confirm
          title="Take this evidence back?"
          act="Take back"
          busy={take.isPending}
          error={take.error}
          refusal={reason.trim().length < 3 ? "Say why" : null}
          onAct={() => take.mutate()}
          onClose={() => setTaking(null)}
        >
          <p>Its content is deleted; that it was here, and why it went, stays.</p>
          <TextArea
            label="Why"
            rows={2}
            maxLength={4000}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </Confirm>
      ) : null}
    </>
  );
}

function can(action: Action): boolean {
  return action.can.add_evidence === true && action.state !== "verified";
}

function Said({ action, what, onClose }: { action: Action; what: Move | "note"; onClose: () => void }) {
  const refresh = useRefreshAction(action);
  const [said, setSaid] = useState("");
  const known = moves.find(({ move }) => move === what);
  const needed = what === "note" || known?.why;
  const send = useMutation({
    mutationFn: () => (what === "note" ? noteAction(action, said) : moveAction(action, what, said)),
    onSuccess: (changed) => {
      refresh();
      confirmDone(what === "note" ? "Noted" : `The action is ${changed.state_label.toLowerCase()}`);
      onClose();
    },
  });
  return (
    <Confirm
      title={what === "note" ? "Add a note" : `${known?.label ?? ""}: action ${action.no}`}
      act={what === "note" ? "Save" : (known?.label ?? "Save")}
      danger={what === "cancel"}
      busy={send.isPending}
      error={send.error}
      refusal={needed && said.trim().length < 3 ? (what === "note" ? "Write the note" : "Say why") : null}
      onAct={() => send.mutate()}
      onClose={onClose}
    >
      <TextArea
        label={needed ? (what === "note" ? "Note" : "Why") : "Remark (optional)"}
        hint="No patient's name"
        rows={3}
        maxLength={4000}
        value={said}
        onChange={(event) => setSaid(event.target.value)}
      />
    </Confirm>
  );
}
