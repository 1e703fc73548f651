// One recommendation: what was asked, what the Trust answered, and its actions from doing to closing.
import "./actions.scss";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "@/api/me.ts";
import { Facts, None, PageHead, Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { Confirm, whyNot } from "@/kit/confirm.tsx";
import { day, instant } from "@/kit/dates.ts";
import { Select, TextArea } from "@/kit/field.tsx";
import { ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { auditState } from "@/parts/audit.ts";
import { RecommendationForm } from "@/parts/recommendation-form.tsx";
import type { Recommendation } from "@/parts/recommendations.ts";
import { ActionCard } from "./action-card.tsx";
import { ActionForm } from "./action-form.tsx";
import { type Answer, linkReAudit, moveRecommendation, recommendationQuery, respond } from "./data.ts";
import { useFollowing } from "./use-following.ts";
import { priorityTones, recommendationTones, restsOnWords } from "./words.ts";

const route = getRouteApi("/signed-in/actions/$recommendationId");

export default function RecommendationPage() {
  const { recommendationId } = route.useParams();
  const found = useQuery(recommendationQuery(recommendationId));
  if (!found.data) {
    return (
      <div className="cw-page">
        <PageHead title="Recommendation" trail={<Link to="/actions">Actions</Link>} />
        {found.isError ? <ErrorState error={found.error} onRetry={() => found.refetch()} /> : <SkeletonRows />}
      </div>
    );
  }
  return <Shown one={found.data} />;
}

type Doing = "edit" | "respond" | "withdraw" | "close" | "reopen" | "re_audit" | "action" | null;

function Shown({ one }: { one: Recommendation }) {
  const [doing, setDoing] = useState<Doing>(null);
  const may = useMay();
  const shut = () => setDoing(null);
  const { can } = one;
  const edits = may("recommendation:edit");
  const responds = may("recommendation:respond") && one.state === "proposed";
  // What cannot be done now is not offered; the server says again what may be.
  const acts = [
    { doing: "respond" as const, label: "Change the response", there: !responds && can.respond === true },
    { doing: "edit" as const, label: "Edit", there: can.edit === true },
    { doing: "re_audit" as const, label: "Link a re-audit", there: can.link_re_audit === true },
    { doing: "close" as const, label: "Close", there: can.close === true },
    { doing: "reopen" as const, label: "Open again", there: can.reopen === true },
    { doing: "withdraw" as const, label: "Withdraw", there: can.withdraw === true },
  ].filter(({ there }) => there);
  return (
    <div className="cw-page">
      <PageHead
        title={`Recommendation ${one.no}`}
        trail={<Link to="/actions">Actions</Link>}
        sub={
          <>
            <Link to="/audits/$auditId/results" params={{ auditId: one.audit_id }}>
              {one.audit_title}
            </Link>{" "}
            <Tag tone={recommendationTones[one.state]}>{one.state_label}</Tag>{" "}
            <Tag tone={priorityTones[one.priority]}>{one.priority} priority</Tag>{" "}
            {one.overdue ? <Tag tone="red">overdue</Tag> : null}
          </>
        }
        actions={
          responds ? (
            <Button look="primary" refusal={whyNot(can.respond)} onClick={() => setDoing("respond")}>
              Respond
            </Button>
          ) : edits && can.add_action === true ? (
            <Button look="primary" onClick={() => setDoing("action")}>
              Add an action
            </Button>
          ) : undefined
        }
      />
      <p className="ac-text">{one.text}</p>
      <Facts
        items={[
          ["Standard", one.standard || <None key="none" />],
          ["Owner", one.owner.name],
          ["Due", day(one.due_on)],
          ["Evidence wanted", one.evidence_wanted],
          [
            "Rests on",
            one.rests_on.length === 0 ? (
              <None key="none">the audit as a whole</None>
            ) : (
              restsOnWords(one.rests_on).map((line) => <div key={line}>{line}</div>)
            ),
          ],
          [
            "The Trust's response",
            one.responded_at ? (
              <span key="said">
                {answers.find(({ value }) => value === one.response)?.label ?? one.state_label}, {one.responded_by_name}
                , {instant(one.responded_at)}
                {one.response_reason ? `: ${one.response_reason}` : ""}
              </span>
            ) : (
              <None key="none">none yet</None>
            ),
          ],
          [
            "Re-audit",
            one.re_audit ? (
              <Link
                key="re"
                to="/audits/$auditId/results"
                params={{ auditId: one.re_audit.audit_id }}
                search={{ tab: "trend" }}
              >
                {one.re_audit.title}: did it help?
              </Link>
            ) : (
              <None key="none">none linked yet</None>
            ),
          ],
        ]}
      />
      {acts.length > 0 ? (
        <div className="cw-row ac-acts">
          {acts.map(({ doing: what, label }) => (
            <Button key={what} onClick={() => setDoing(what)}>
              {label}
            </Button>
          ))}
        </div>
      ) : null}
      <h2 className="ac-title">Actions</h2>
      {one.actions.length === 0 ? (
        <p>
          <None>No action yet.{edits && can.add_action !== true ? ` ${whyNot(can.add_action)}` : ""}</None>
        </p>
      ) : (
        one.actions.map((action) => <ActionCard key={action.action_id} action={action} />)
      )}
      {doing === "edit" ? <RecommendationForm auditId={one.audit_id} was={one} onClose={shut} /> : null}
      {doing === "action" ? <ActionForm of={one} onClose={shut} /> : null}
      {doing === "respond" ? <Respond one={one} onClose={shut} /> : null}
      {doing === "re_audit" ? <ReAudit one={one} onClose={shut} /> : null}
      {doing === "withdraw" || doing === "close" || doing === "reopen" ? (
        <Move one={one} move={doing} onClose={shut} />
      ) : null}
    </div>
  );
}

function useRefresh(one: Recommendation) {
  const client = useQueryClient();
  return () => {
    for (const key of [
      ["see_recommendation", one.recommendation_id],
      ["list_recommendations"],
      ["list_my_actions"],
      ["count_my_actions"],
    ])
      void client.invalidateQueries({ queryKey: key });
  };
}

const answers = [
  { value: "agreed", label: "Agreed" },
  { value: "partly", label: "Partly agreed" },
  { value: "rejected", label: "Rejected" },
] as const;

function Respond({ one, onClose }: { one: Recommendation; onClose: () => void }) {
  const refresh = useRefresh(one);
  const [response, setResponse] = useState<Answer["response"]>("agreed");
  const [reason, setReason] = useState("");
  const send = useMutation({
    mutationFn: () => respond(one, { response, reason }),
    onSuccess: () => {
      refresh();
      confirmDone("The response is recorded");
      onClose();
    },
  });
  return (
    <Confirm
      title="Respond for the Trust"
      act="Respond"
      danger={false}
      busy={send.isPending}
      error={send.error}
      refusal={response !== "agreed" && reason.trim().length < 3 ? "Say why" : null}
      onAct={() => send.mutate()}
      onClose={onClose}
    >
      <Select
        label="Response"
        value={response}
        options={answers}
        onChange={(event) => setResponse(answers.find((each) => each.value === event.target.value)?.value ?? "agreed")}
      />
      <TextArea
        label={response === "agreed" ? "Remark (optional)" : "Why"}
        rows={3}
        maxLength={4000}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
    </Confirm>
  );
}

const titles = {
  withdraw: ["Withdraw this recommendation?", "Withdraw"],
  close: ["Close this recommendation?", "Close"],
  reopen: ["Open this recommendation again?", "Open again"],
} as const;

function Move({ one, move, onClose }: { one: Recommendation; move: keyof typeof titles; onClose: () => void }) {
  const refresh = useRefresh(one);
  const [reason, setReason] = useState("");
  const [title, act] = titles[move];
  const send = useMutation({
    mutationFn: () => moveRecommendation(one, move, reason),
    onSuccess: () => {
      refresh();
      onClose();
    },
  });
  return (
    <Confirm
      title={title}
      act={act}
      danger={move === "withdraw"}
      busy={send.isPending}
      error={send.error}
      refusal={move === "withdraw" && reason.trim().length < 3 ? "Say why" : null}
      onAct={() => send.mutate()}
      onClose={onClose}
    >
      {move === "withdraw" ? (
        <TextArea
          label="Why"
          rows={3}
          maxLength={4000}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      ) : (
        <p>
          {move === "close"
            ? "Each of its actions is closed or cancelled."
            : "It is agreed again, and actions can be added."}
        </p>
      )}
    </Confirm>
  );
}

function ReAudit({ one, onClose }: { one: Recommendation; onClose: () => void }) {
  const refresh = useRefresh(one);
  const [auditId, setAuditId] = useState(one.re_audit?.audit_id ?? "");
  const following = useFollowing(one.audit_id);
  const send = useMutation({
    mutationFn: () => linkReAudit(one, auditId || null),
    onSuccess: () => {
      refresh();
      confirmDone(auditId ? "The re-audit is linked" : "The link is taken away");
      onClose();
    },
  });
  const options = following.audits.map((audit) => ({
    value: audit.audit_id,
    label: `${audit.reference} ${audit.title} (${auditState(audit.state).label})`,
  }));
  return (
    <Confirm
      title="Link a re-audit"
      act="Save"
      danger={false}
      busy={send.isPending}
      error={send.error}
      refusal={auditId === (one.re_audit?.audit_id ?? "") ? "Nothing is changed yet" : null}
      onAct={() => send.mutate()}
      onClose={onClose}
    >
      <p className="ac-follows">
        The audit that looks again is set up as one that follows {one.audit_title}.{" "}
        <Link to="/audits/new" search={{ follows: one.audit_id }}>
          Set one up
        </Link>
      </p>
      {following.isPending ? <SkeletonRows rows={1} label="Looking for audits that follow it" /> : null}
      {following.error ? <ErrorState error={following.error} /> : null}
      {!following.isPending && options.length === 0 ? (
        <p className="cw-quiet">No audit follows it yet.</p>
      ) : (
        <Select
          label="Audit that looks again"
          empty="None"
          value={auditId}
          options={options}
          onChange={(event) => setAuditId(event.target.value)}
        />
      )}
    </Confirm>
  );
}
