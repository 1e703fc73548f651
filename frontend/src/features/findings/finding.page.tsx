// The coder's page of one episode: agree (a) or dispute (d) each finding, and escalate what stays disputed.
import "./findings.scss";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { PageHead } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { whyNot } from "@/kit/confirm.tsx";
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
  return <FindingsOf item={found.data} />;
}

type Writing = { no: number; act: "agree" | "dispute" | "escalate" };

function FindingsOf({ item }: { item: FindingItem }) {
  useListedKeys("Findings", keys);
  const client = useQueryClient();
  const [writing, setWriting] = useState<Writing | null>(null);
  const cards = useRef(new Map<number, HTMLLIElement>());
  const list = useRef<HTMLOListElement>(null);
  const key = findingQuery(item.item_id).queryKey;
  const say = useMutation({
    mutationFn: ({ no, act, comment }: Writing & { comment: string }) =>
      act === "escalate" ? escalate(item, { no, comment }) : reply(item, [{ no, act, comment }]),
    onSuccess: (made, { no, act }) => {
      client.setQueryData(key, made);
      void client.invalidateQueries({ queryKey: ["list_my_findings"] });
      void client.invalidateQueries({ queryKey: ["count_findings"] });
      setWriting(null);
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
        open.map((finding) => ({ no: finding.no, act: "agree" as const, comment: "" })),
      ),
    onSuccess: (made) => {
      client.setQueryData(key, made);
      void client.invalidateQueries({ queryKey: ["list_my_findings"] });
      void client.invalidateQueries({ queryKey: ["count_findings"] });
      confirmDone("Agreed with all that was open");
    },
  });
  const open = item.findings.filter(waits);
  const failed = say.error ?? agreeAll.error;
  const stale = failed && refusalOf(failed).status === 412;
  const act = (finding: Finding, pressed: string) => {
    if (pressed === "a" && finding.can.agree === true) say.mutate({ no: finding.no, act: "agree", comment: "" });
    if (pressed === "d" && finding.can.dispute === true) setWriting({ no: finding.no, act: "dispute" });
  };
  return (
    <div className="cw-page">
      <ItemHead item={item} mine trail={<Link to="/findings">My findings</Link>} />
      {stale ? (
        <StaleState
          onReload={() => {
            say.reset();
            agreeAll.reset();
            void client.invalidateQueries({ queryKey: key });
          }}
        >
          Something was said about this episode meanwhile.
        </StaleState>
      ) : null}
      <div className="fi-finding__head">
        <h2>{counted(item.findings.length, "finding")}</h2>
        {open.length > 1 ? (
          <Button small busy={agreeAll.isPending} onClick={() => agreeAll.mutate()}>
            Agree with all {open.length} that are open
          </Button>
        ) : null}
        {open.length > 0 ? (
          <span className="cw-quiet">
            With a finding in focus: <kbd>A</kbd> agrees, <kbd>D</kbd> disputes
          </span>
        ) : null}
      </div>
      <ol className="fi-list" ref={list} tabIndex={-1}>
        {item.findings.map((finding, at) => (
          <FindingCard
            key={finding.no}
            ref={(node) => {
              if (node) cards.current.set(finding.no, node);
              else cards.current.delete(finding.no);
            }}
            finding={finding}
            number={at + 1}
            open={waits(finding)}
            onKey={(pressed) => act(finding, pressed)}
            error={
              failed && !stale && say.variables?.no === finding.no ? (
                <Banner kind="error">
                  <strong>{refusalOf(failed).title}.</strong> {refusalOf(failed).detail}
                </Banner>
              ) : null
            }
          >
            {writing !== null && writing.no === finding.no ? (
              <Write
                writing={writing}
                words={item.sensitive_words}
                busy={say.isPending}
                onSay={(comment) => say.mutate({ ...writing, comment })}
                onCancel={() => {
                  setWriting(null);
                  cards.current.get(finding.no)?.focus();
                }}
              />
            ) : (
              <Acts
                finding={finding}
                busy={say.isPending && say.variables?.no === finding.no}
                onAgree={() => say.mutate({ no: finding.no, act: "agree", comment: "" })}
                onWrite={(how) => setWriting({ no: finding.no, act: how })}
              />
            )}
          </FindingCard>
        ))}
      </ol>
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
  onWrite: (act: Writing["act"]) => void;
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
  writing,
  words,
  busy,
  onSay,
  onCancel,
}: {
  writing: Writing;
  words: readonly string[];
  busy: boolean;
  onSay: (comment: string) => void;
  onCancel: () => void;
}) {
  const [comment, setComment] = useState("");
  const box = useRef<HTMLFormElement>(null);
  useEffect(() => {
    box.current?.querySelector("textarea")?.focus();
  }, []);
  const label = writing.act === "escalate" ? "Why it should be ruled on" : "Why you dispute it";
  return (
    <form
      ref={box}
      className="cw-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (comment.trim().length >= 3) onSay(comment);
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
        onChange={setComment}
      />
      <div className="fi-acts">
        <Button type="submit" look="primary" busy={busy} refusal={comment.trim().length < 3 ? "Say why" : null}>
          {writing.act === "escalate" ? "Escalate" : "Dispute"}
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    </form>
  );
}
