// One episode's findings for its auditor, who answers, and for whoever rules.
import "./findings.scss";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { PageHead } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { Dialog } from "@/kit/dialog.tsx";
import { Select } from "@/kit/field.tsx";
import { counted } from "@/kit/numbers.ts";
import { Banner, ErrorState, refusalOf, SkeletonRows } from "@/kit/states.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { FindingForm, sent, useFindingAs } from "@/parts/finding-form.tsx";
import { SaidField } from "@/parts/wording.tsx";
import { answerDispute, closeUnanswered, disputeQuery, type Finding, type FindingItem, ruleOn } from "./data.ts";
import { FindingCard } from "./finding-card.tsx";
import { ItemHead } from "./item-head.tsx";

const route = getRouteApi("/signed-in/disputes/$itemId");

export default function DisputePage() {
  const { itemId } = route.useParams();
  const found = useQuery(disputeQuery(itemId));
  if (!found.data)
    return (
      <div className="cw-page">
        <PageHead title="Findings" trail={<Link to="/disputes">Disputes</Link>} />
        {found.isError ? <ErrorState error={found.error} onRetry={() => found.refetch()} /> : <SkeletonRows />}
      </div>
    );
  return <DisputeOf item={found.data} />;
}

type Doing = { finding: Finding; act: "answer" | "rule" | "close" };

function DisputeOf({ item }: { item: FindingItem }) {
  const [doing, setDoing] = useState<Doing | null>(null);
  return (
    <div className="cw-page">
      <ItemHead item={item} mine={false} trail={<Link to="/disputes">Disputes</Link>} />
      <h2>{counted(item.findings.length, "finding")} sent to the coder</h2>
      <ol className="fi-list">
        {item.findings.map((finding, at) => (
          <FindingCard
            key={finding.no}
            finding={finding}
            number={at + 1}
            open={finding.can.answer === true || finding.can.rule === true || finding.can.close_unanswered === true}
          >
            {finding.can.answer === true ? (
              <Button small onClick={() => setDoing({ finding, act: "answer" })}>
                Answer
              </Button>
            ) : null}
            {finding.can.rule === true ? (
              <Button small onClick={() => setDoing({ finding, act: "rule" })}>
                Rule
              </Button>
            ) : null}
            {finding.can.close_unanswered === true ? (
              <Button small onClick={() => setDoing({ finding, act: "close" })}>
                Close: no reply in time
              </Button>
            ) : null}
          </FindingCard>
        ))}
      </ol>
      {doing ? <Do item={item} doing={doing} onClose={() => setDoing(null)} /> : null}
    </div>
  );
}

const outcomes = [
  { value: "stands", label: "It stands" },
  { value: "amended", label: "It is amended" },
  { value: "withdrawn", label: "It is withdrawn" },
] as const;
type Outcome = (typeof outcomes)[number]["value"];

const titles = { answer: "Answer the dispute", rule: "Rule on the finding", close: "Close without a reply" };
const labels = { answer: "Answer", rule: "Rule", close: "Close" };

function Do({ item, doing, onClose }: { item: FindingItem; doing: Doing; onClose: () => void }) {
  const { finding, act } = doing;
  const client = useQueryClient();
  const [outcome, setOutcome] = useState<Outcome>("stands");
  const [comment, setComment] = useState("");
  const [as, setAs] = useFindingAs(finding);
  const send = useMutation({
    mutationFn: () => {
      if (act === "close") return closeUnanswered(item, [finding.no], comment);
      const body = { no: finding.no, outcome, comment, finding: outcome === "amended" ? sent(as) : null };
      return act === "rule" ? ruleOn(item, body) : answerDispute(item, body);
    },
    onSuccess: (made) => {
      client.setQueryData(disputeQuery(item.item_id).queryKey, made);
      for (const name of ["list_disputes", "count_findings", "see_sign_off"])
        void client.invalidateQueries({ queryKey: [name] });
      confirmDone({ answer: "Answered", rule: "Ruled", close: "Closed: no reply in time" }[act]);
      onClose();
    },
  });
  return (
    <Dialog
      title={titles[act]}
      onClose={onClose}
      foot={
        <>
          <Button
            look="primary"
            busy={send.isPending}
            refusal={act !== "close" && comment.trim().length < 3 ? "Say why" : null}
            onClick={() => send.mutate()}
          >
            {labels[act]}
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </>
      }
    >
      <div className="cw-form">
        {send.isError ? (
          <Banner kind="error">
            <strong>{refusalOf(send.error).title}.</strong> {refusalOf(send.error).detail}
          </Banner>
        ) : null}
        {act === "close" ? (
          <p>The coder did not reply in time. It is kept as that, never as agreed, and the finding stands.</p>
        ) : (
          <Select
            label="The finding"
            value={outcome}
            options={outcomes}
            onChange={(event) => setOutcome(event.target.value as Outcome)}
          />
        )}
        {act !== "close" && outcome === "amended" ? (
          <FindingForm
            value={as}
            has={{ trust: finding.trust !== null, auditor: finding.auditor !== null }}
            words={item.error_words}
            onChange={setAs}
          />
        ) : null}
        <SaidField
          label={act === "close" ? "Note, if any" : "Why"}
          hint="The coder reads it, and it is kept for good."
          value={comment}
          words={item.sensitive_words}
          onChange={setComment}
        />
      </div>
    </Dialog>
  );
}
