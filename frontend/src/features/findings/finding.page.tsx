// The coder's page of one episode: agree (a) or dispute (d) each finding, and escalate what stays disputed.
import "./findings.scss";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { PageHead } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { Confirm, whyNot } from "@/kit/confirm.tsx";
import { useListedKeys } from "@/kit/keyboard.ts";
import { counted } from "@/kit/numbers.ts";
import { Banner, ErrorState, refusalOf, SkeletonRows, StaleState } from "@/kit/states.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { SaidField } from "@/parts/wording.tsx";
import { escalate, type Finding, type FindingItem, findingQuery, reply } from "./data.ts";
import { FindingCard } from "./finding-card.tsx";
import { ItemHead } from "./item-head.tsx";
import { nextOf } from "./words.ts";

const route = getRouteApi("/signed-in/findings/$itemId");
const keys = [
  ["A", "Agree with the finding that has the focus"],
  ["D", "Dispute the finding that has the focus"],
] as const;
const waits = (finding: Finding) => finding.can.agree === true;

export default function FindingPage() {
  const { itemId } = route.useParams();
  const found = useQuery(findingQuery(itemId));
  if (!found.data)
    return (
      <div className="cw-page">
        <PageHead title="Findings" trail={<Link to="/findings">My findings</Link>} />
        {found.isError ? <ErrorState error={found.error} onRetry={() => found.refetch()} /> : <SkeletonRows />}
      </div>
    );
  return <FindingsOf key={itemId} item={found.data} />;
}

type Act = "agree" | "dispute" | "escalate";
type Saying = { no: number; act: Act; comment: string };
/** What is being written, by the finding's number: it stays until it is sent or cancelled, whatever else is done. */
type Drafts = Readonly<Record<number, { act: Exclude<Act, "agree">; comment: string }>>;

function without(drafts: Drafts, no: number): Drafts {
  const { [no]: _, ...rest } = drafts;
  return rest;
}

export function FindingsOf({ item }: { item: FindingItem }) {
  useListedKeys("Findings", keys);
  const client = useQueryClient();
  const [drafts, setDrafts] = useState<Drafts>({});
  const [asking, setAsking] = useState(false);
  const cards = useRef(new Map<number, HTMLLIElement>());
  const list = useRef<HTMLOListElement>(null);
  const key = findingQuery(item.item_id).queryKey;
  const say = useMutation({
    mutationFn: ({ no, act, comment }: Saying) =>
      act === "escalate" ? escalate(item, { no, comment }) : reply(item, [{ no, act, comment }]),
    onSuccess: (made, { no, act }) => {
      client.setQueryData(key, made);
      void client.invalidateQueries({ queryKey: ["list_my_findings"] });
      void client.invalidateQueries({ queryKey: ["count_findings"] });
      setDrafts((now) => without(now, no));
      confirmDone(
        made.state === "settled"
          ? "All findings of this episode are settled"
          : { agree: "Agreed", dispute: "Disputed: the auditor answers", escalate: "Escalated" }[act],
      );
      const next = nextOf(made.findings, no, waits);
      requestAnimationFrame(() => (next === null ? list.current : cards.current.get(next))?.focus());
    },
  });
  const agreeAll = useMutation({
    mutationFn: () =>
      reply(
        item,
        agreeable.map((finding) => ({ no: finding.no, act: "agree" as const, comment: "" })),
      ),
    onSuccess: (made) => {
      client.setQueryData(key, made);
      void client.invalidateQueries({ queryKey: ["list_my_findings"] });
      void client.invalidateQueries({ queryKey: ["count_findings"] });
      setAsking(false);
      confirmDone(`Agreed with ${counted(agreeable.length, "finding")}`);
    },
  });
  const open = item.findings.filter(waits);
  // What somebody writes a dispute of is not agreed with in passing.
  const agreeable = open.filter(({ no }) => !(no in drafts));
  const failed = say.error ?? agreeAll.error;
  const stale = failed && refusalOf(failed).status === 412;
  const write = (no: number, act: Exclude<Act, "agree">) =>
    setDrafts((now) => ({ ...now, [no]: { act, comment: now[no]?.comment ?? "" } }));
  const act = (finding: Finding, pressed: string) => {
    if (finding.no in drafts) return;
    if (pressed === "a" && finding.can.agree === true) say.mutate({ no: finding.no, act: "agree", comment: "" });
    if (pressed === "d" && finding.can.dispute === true) write(finding.no, "dispute");
  };
  return (
    <div className="cw-page">
      <ItemHead item={item} mine trail={<Link to="/findings">My findings</Link>} />
      {stale ? (
        <StaleState
          onReload={() => {
            say.reset();
            agreeAll.reset();
            setAsking(false);
            void client.invalidateQueries({ queryKey: key });
          }}
        >
          Something was said about this episode meanwhile.
        </StaleState>
      ) : null}
      <div className="fi-finding__head">
        <h2>{counted(item.findings.length, "finding")}</h2>
        {agreeable.length > 1 ? (
          <Button small onClick={() => setAsking(true)}>
            Agree with all {agreeable.length} that are open
          </Button>
        ) : null}
        {open.length > 0 ? (
          <span className="cw-quiet">
            With a finding in focus: <kbd>A</kbd> agrees, <kbd>D</kbd> disputes
          </span>
        ) : null}
      </div>
      <ol className="fi-list" ref={list} tabIndex={-1}>
        {item.findings.map((finding, at) => {
          const draft = drafts[finding.no];
          return (
            <FindingCard
              key={finding.no}
              ref={(node) => {
                if (node) cards.current.set(finding.no, node);
                else cards.current.delete(finding.no);
              }}
              finding={finding}
              number={at + 1}
              open={waits(finding)}
              mine
              onKey={(pressed) => act(finding, pressed)}
              error={
                say.error && !stale && say.variables?.no === finding.no ? (
                  <Banner kind="error">
                    <strong>{refusalOf(say.error).title}.</strong> {refusalOf(say.error).detail}
                  </Banner>
                ) : null
              }
            >
              {draft ? (
                <Write
                  draft={draft}
                  only={Object.keys(drafts).length === 1}
                  words={item.sensitive_words}
                  busy={say.isPending}
                  onWrite={(comment) => setDrafts((now) => ({ ...now, [finding.no]: { ...draft, comment } }))}
                  onSay={() => say.mutate({ no: finding.no, ...draft })}
                  onCancel={() => {
                    setDrafts((now) => without(now, finding.no));
                    cards.current.get(finding.no)?.focus();
                  }}
                />
              ) : (
                <Acts
                  finding={finding}
                  busy={say.isPending && say.variables?.no === finding.no}
                  onAgree={() => say.mutate({ no: finding.no, act: "agree", comment: "" })}
                  onWrite={(how) => write(finding.no, how)}
                />
              )}
            </FindingCard>
          );
        })}
      </ol>
      {asking && !stale ? (
        <Confirm
          title={`Agree with ${counted(agreeable.length, "finding")}?`}
          act="Agree with all"
          danger={false}
          busy={agreeAll.isPending}
          error={agreeAll.error}
          onAct={() => agreeAll.mutate()}
          onClose={() => {
            agreeAll.reset();
            setAsking(false);
          }}
        >
          <p>Each reply is kept for good: a finding that you agree with cannot be disputed any more.</p>
        </Confirm>
      ) : null}
    </div>
  );
}

function Acts({
  finding,
  busy,
  onAgree,
  onWrite,
}: {
  finding: Finding;
  busy: boolean;
  onAgree: () => void;
  onWrite: (act: Exclude<Act, "agree">) => void;
}) {
  if (finding.turn === "nobody") return null;
  const stage = finding.reply === "disputed" || finding.reply === "answered";
  return (
    <>
      {finding.can.agree === true ? (
        <Button small busy={busy} onClick={onAgree}>
          Agree
        </Button>
      ) : null}
      {finding.can.dispute === true ? (
        <Button small onClick={() => onWrite("dispute")}>
          Dispute
        </Button>
      ) : null}
      {stage ? (
        <Button small refusal={whyNot(finding.can.escalate)} onClick={() => onWrite("escalate")}>
          Escalate
        </Button>
      ) : null}
      {finding.turn === "auditor" ? <span className="cw-quiet">The auditor answers.</span> : null}
      {finding.turn === "adjudicator" ? <span className="cw-quiet">The trainer or manager rules.</span> : null}
    </>
  );
}

function Write({
  draft: { act, comment },
  only,
  words,
  busy,
  onWrite,
  onSay,
  onCancel,
}: {
  draft: Drafts[number];
  /** The one box that is open: its button is the page's one primary. */
  only: boolean;
  words: readonly string[];
  busy: boolean;
  onWrite: (comment: string) => void;
  onSay: () => void;
  onCancel: () => void;
}) {
  const box = useRef<HTMLFormElement>(null);
  useEffect(() => {
    box.current?.querySelector("textarea")?.focus();
  }, []);
  const label = act === "escalate" ? "Why it should be ruled on" : "Why you dispute it";
  return (
    <form
      ref={box}
      className="cw-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (comment.trim().length >= 3) onSay();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") onCancel();
      }}
    >
      <SaidField
        label={label}
        hint="Name the document and its date. It is kept for good."
        value={comment}
        words={words}
        onChange={onWrite}
      />
      <div className="fi-acts">
        <Button
          type="submit"
          look={only ? "primary" : "quiet"}
          busy={busy}
          refusal={comment.trim().length < 3 ? "Say why" : null}
        >
          {act === "escalate" ? "Escalate" : "Dispute"}
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    </form>
  );
}
