// Every finding of the external auditor's, and our answer to it.
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { rowsOf } from "@/api/pages.ts";
import { Details, Mono, None, Pagination, Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { whyNot } from "@/kit/confirm.tsx";
import { day } from "@/kit/dates.ts";
import { Dialog } from "@/kit/dialog.tsx";
import { Select } from "@/kit/field.tsx";
import { FilterBar, FilterSelect } from "@/kit/filter-bar.tsx";
import { Banner, EmptyState, ErrorState, refusalOf, SkeletonRows } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { attributions, classes, FindingForm, sent, useFindingAs } from "@/parts/finding-form.tsx";
import { Said } from "@/parts/said.tsx";
import { SaidField } from "@/parts/wording.tsx";
import { decide, type ExternalFinding, externalPages, type Figures, recordOutcome, type Stage } from "./data.ts";
import { stages } from "./words.ts";

const route = getRouteApi("/signed-in/audits/$auditId/import");
type Doing = { one: ExternalFinding; act: "accept" | "challenge" | "outcome" };

export function Findings({ auditId, figures }: { auditId: string; figures: Figures }) {
  const { stage } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery(externalPages(auditId, stage));
  const rows = rowsOf(list.data);
  const [doing, setDoing] = useState<Doing | null>(null);
  const client = useQueryClient();
  const refresh = () => {
    for (const name of ["see_external_figures", "list_external_findings", "see_audit", "see_sign_off"])
      void client.invalidateQueries({ queryKey: [name, auditId] });
  };
  const accept = useMutation({
    mutationFn: (one: ExternalFinding) => decide(one, { act: "accept", comment: "" }),
    onSuccess: () => {
      refresh();
      confirmDone("Accepted");
    },
    // What the file left open is asked for.
    onError: (error, one) => {
      if (refusalOf(error).status === 422) setDoing({ one, act: "accept" });
    },
  });
  const columns: readonly Column<ExternalFinding>[] = [
    {
      key: "episode",
      heading: "Episode",
      rowHeading: true,
      nowrap: true,
      cell: (one) => (
        <>
          {one.item_no} <span className="cw-quiet">{day(one.ended_on)}</span>
        </>
      ),
    },
    { key: "class", heading: "Class", nowrap: true, cell: (one) => classes[one.code_class] },
    { key: "ours", heading: "Ours", cell: (one) => <Code line={one.trust} none="none" /> },
    {
      key: "theirs",
      heading: "Theirs",
      width: "grow",
      cell: (one) => <Code line={one.external} none="not required" />,
    },
    {
      key: "error",
      heading: "Error as said",
      nowrap: true,
      cell: (one) => (
        <>
          {figures.error_words[one.said.error_type] ?? one.said.error_type}
          {one.said.key ? (
            <span className="cw-quiet">
              {" "}
              key <Mono>{one.said.key}</Mono>
            </span>
          ) : null}
          <span className="cw-quiet"> · {attributions[one.said.attribution].toLowerCase()}</span>
          {one.said.comment || one.talk.length > 0 ? (
            <Details summary="What was said">
              <div className="ex-said">
                {one.said.comment ? <p>{one.said.comment}</p> : null}
                <Said said={one.talk} />
              </div>
            </Details>
          ) : null}
        </>
      ),
    },
    {
      key: "stands",
      heading: "Stands as",
      nowrap: true,
      cell: (one) => (
        <>
          <Tag tone={stages[one.stage].tone}>{stages[one.stage].label}</Tag>{" "}
          {one.error_type === null ? (
            <span className="cw-quiet">no error</span>
          ) : one.error_type !== one.said.error_type || one.attribution !== one.said.attribution ? (
            <span className="cw-quiet">
              {one.error_words}, {attributions[one.attribution].toLowerCase()}
            </span>
          ) : null}
        </>
      ),
    },
    {
      key: "act",
      heading: <span className="cw-hidden">Act</span>,
      nowrap: true,
      cell: (one) => <Acts one={one} busy={accept.isPending} onAccept={() => accept.mutate(one)} onDo={setDoing} />,
    },
  ];
  return (
    <section className="cw-stack" aria-labelledby="findings-title">
      <h2 id="findings-title">Each finding, and our answer</h2>
      {accept.isError && refusalOf(accept.error).status !== 422 ? (
        <Banner kind="error">
          <strong>{refusalOf(accept.error).title}.</strong> {refusalOf(accept.error).detail}
        </Banner>
      ) : null}
      <FilterBar label="Filter the findings">
        <FilterSelect
          label="Stands"
          any="All"
          value={stage}
          options={(Object.keys(stages) as Stage[]).map((key) => ({
            value: key,
            label: `${stages[key].label} (${figures.stages[key] ?? 0})`,
          }))}
          onChange={(value) => navigate({ search: { stage: value as Stage | undefined } })}
        />
      </FilterBar>
      {list.isPending ? <SkeletonRows label="Loading the findings" /> : null}
      {list.isError ? <ErrorState error={list.error} onRetry={() => list.refetch()} /> : null}
      {list.data && rows.length === 0 ? <EmptyState title="No finding stands so" /> : null}
      {rows.length > 0 ? (
        <>
          <DataTable
            caption="Findings of the external auditor, episode by episode"
            columns={columns}
            rows={rows}
            keyOf={(one) => `${one.item_id}-${one.no}`}
          />
          <Pagination
            shown={rows.length}
            noun={rows.length === 1 ? "finding" : "findings"}
            hasMore={list.hasNextPage}
            busy={list.isFetchingNextPage}
            onMore={() => list.fetchNextPage()}
          />
        </>
      ) : null}
      {doing ? <Do doing={doing} figures={figures} onDone={refresh} onClose={() => setDoing(null)} /> : null}
    </section>
  );
}

function Code({ line, none }: { line: ExternalFinding["trust"]; none: string }) {
  if (!line) return <None>{none}</None>;
  return (
    <span className="ex-code">
      <Mono>{line.dotted}</Mono> <span>{line.title}</span>
    </span>
  );
}

function Acts({
  one,
  busy,
  onAccept,
  onDo,
}: {
  one: ExternalFinding;
  busy: boolean;
  onAccept: () => void;
  onDo: (doing: Doing) => void;
}) {
  const named = `finding ${one.no} of episode ${one.item_no}`;
  return (
    <>
      {one.stage === "proposed" || one.stage === "challenged" ? (
        <Button small busy={busy} refusal={whyNot(one.can.accept)} onClick={onAccept} aria-label={`Accept ${named}`}>
          Accept
        </Button>
      ) : null}{" "}
      {one.stage === "challenged" ? (
        <Button
          small
          refusal={whyNot(one.can.record_outcome)}
          onClick={() => onDo({ one, act: "outcome" })}
          aria-label={`Record the outcome of ${named}`}
        >
          Outcome
        </Button>
      ) : (
        <Button
          small
          look={one.stage === "proposed" ? "quiet" : "link"}
          refusal={whyNot(one.can.challenge)}
          onClick={() => onDo({ one, act: "challenge" })}
          aria-label={`Challenge ${named}`}
        >
          Challenge
        </Button>
      )}
    </>
  );
}

const titles = {
  accept: "Accept the finding",
  challenge: "Challenge the finding",
  outcome: "What came of the challenge",
};
const labels = { accept: "Accept", challenge: "Challenge", outcome: "Record" };

function Do({
  doing,
  figures,
  onDone,
  onClose,
}: {
  doing: Doing;
  figures: Figures;
  onDone: () => void;
  onClose: () => void;
}) {
  const { one, act } = doing;
  const [outcome, setOutcome] = useState<"stands" | "amended" | "withdrawn">("withdrawn");
  const [comment, setComment] = useState("");
  const [as, setAs] = useFindingAs({ ...one, error_type: one.error_type ?? one.said.error_type });
  const send = useMutation({
    mutationFn: () => {
      if (act === "outcome")
        return recordOutcome(one, { outcome, comment, finding: outcome === "amended" ? sent(as) : null });
      return decide(one, { act, comment, finding: act === "accept" ? sent(as) : null });
    },
    onSuccess: () => {
      onDone();
      confirmDone({ accept: "Accepted", challenge: "Challenged", outcome: "Recorded" }[act]);
      onClose();
    },
  });
  const needs = act !== "accept" && comment.trim().length < 3;
  return (
    <Dialog
      title={titles[act]}
      onClose={onClose}
      foot={
        <>
          <Button look="primary" busy={send.isPending} refusal={needs ? "Say why" : null} onClick={() => send.mutate()}>
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
        {act === "accept" ? <p>Say what the file left open: whose error it is, and what it breaches.</p> : null}
        {act === "outcome" ? (
          <Select
            label="The external auditor"
            value={outcome}
            options={[
              { value: "withdrawn", label: "withdraws it" },
              { value: "amended", label: "amends it" },
              { value: "stands", label: "upholds it" },
            ]}
            onChange={(event) => setOutcome(event.target.value as typeof outcome)}
          />
        ) : null}
        {act === "accept" || (act === "outcome" && outcome === "amended") ? (
          <FindingForm
            value={as}
            has={{ trust: one.trust !== null, auditor: one.external !== null }}
            words={figures.error_words}
            onChange={setAs}
          />
        ) : null}
        <SaidField
          label={act === "accept" ? "Comment, if any" : act === "outcome" ? "How we know" : "Why"}
          value={comment}
          words={figures.sensitive_words}
          onChange={setComment}
        />
      </div>
    </Dialog>
  );
}
