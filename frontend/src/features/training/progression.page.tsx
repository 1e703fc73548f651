// Trainees: what their stage asks, what audits and second checks say, and what a person decides. Nothing moves by itself.
import "./training.scss";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useMay } from "@/api/me.ts";
import { Details, PageHead, Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { Confirm } from "@/kit/confirm.tsx";
import { day, londonDay } from "@/kit/dates.ts";
import { TextArea } from "@/kit/field.tsx";
import { aimed, count, counted, interval, measured } from "@/kit/numbers.ts";
import { EmptyState, ErrorState, refusalOf, SkeletonRows } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { decide, myProgressionQuery, type Trainee, traineesQuery } from "./data.ts";
import { decisions, evidenceWords } from "./words.ts";

type Condition = Trainee["conditions"][number];
type Decision = keyof typeof decisions;

export default function ProgressionPage() {
  const may = useMay();
  const all = may("progression:see");
  const trainees = useQuery({ ...traineesQuery, enabled: all });
  const mine = useQuery({ ...myProgressionQuery, enabled: !all });
  const shown = all ? trainees : mine;
  const rows: Trainee[] = all ? (trainees.data?.items ?? []) : mine.data ? [mine.data] : [];
  const ready = rows.filter((trainee) => trainee.ready);
  const none =
    (all && trainees.isSuccess && rows.length === 0) || (mine.isError && refusalOf(mine.error).status === 404);
  return (
    <div className="cw-page">
      <PageHead
        title={all ? "Progression" : "My progression"}
        sub={
          !all
            ? "What your stage asks, and what audits and second checks of your coding show; a trainer or manager decides"
            : trainees.data
              ? `${counted(rows.length, "trainee")} · ${count(ready.length)} with every condition met${may("progression:decide") ? "" : " · a trainer or manager decides"}`
              : undefined
        }
      />
      {shown.isPending ? <SkeletonRows label="Working out the evidence" /> : null}
      {none ? (
        <EmptyState title={all ? "Nobody is in training" : "You are not in training"}>
          <p>Stage and evidence of everybody with the role of trainee stand here.</p>
        </EmptyState>
      ) : shown.isError ? (
        <ErrorState error={shown.error} onRetry={() => shown.refetch()} />
      ) : null}
      {rows.map((trainee) => (
        <TraineePart key={trainee.person_id} trainee={trainee} />
      ))}
    </div>
  );
}

const columns: readonly Column<Condition>[] = [
  { key: "label", heading: "Asked", rowHeading: true, width: "grow", cell: (one) => one.label },
  {
    key: "needed",
    heading: "Needed",
    align: "right",
    nowrap: true,
    cell: (one) => (one.needed === null ? count(one.of) : aimed(one.needed)),
  },
  {
    key: "share",
    heading: "Shown",
    align: "right",
    nowrap: true,
    cell: (one) => (one.needed === null ? count(one.correct) : measured(one.share, [one.needed])),
  },
  {
    key: "interval",
    heading: "95 % interval",
    align: "right",
    nowrap: true,
    cell: (one) => (
      <span className={one.small ? "tr-small" : undefined}>
        {interval(one.low, one.high)}
        {one.small && one.share !== null ? " (few)" : ""}
      </span>
    ),
  },
  {
    key: "of",
    heading: "Codes",
    align: "right",
    nowrap: true,
    cell: (one) => (one.needed === null ? "" : `${count(one.correct)} of ${count(one.of)}`),
  },
  {
    key: "met",
    heading: "Met",
    nowrap: true,
    cell: (one) => (
      <>
        {one.met === null ? (
          <Tag>{one.too_few ?? "nothing to judge by"}</Tag>
        ) : one.met ? (
          <Tag tone="green">met</Tag>
        ) : (
          <Tag tone="amber">not met</Tag>
        )}{" "}
        {one.verdict === "cannot_tell" ? <span className="cw-quiet">the interval cannot tell</span> : null}
      </>
    ),
  },
];

function TraineePart({ trainee }: { trainee: Trainee }) {
  const [deciding, setDeciding] = useState<Decision | null>(null);
  const decides = useMay()("progression:decide");
  return (
    <section className="tr-trainee" aria-label={trainee.name}>
      <div className="cw-section__head">
        <h2>{trainee.name}</h2>
        <span>
          {trainee.ready ? <Tag tone="green">every condition met</Tag> : null}{" "}
          {trainee.in_training ? null : <Tag>not in training now</Tag>}
        </span>
      </div>
      <ol className="tr-stages" aria-label={`Stages of ${trainee.name}`}>
        {trainee.stages.map((stage) => (
          <li key={stage.key} aria-current={stage.key === trainee.stage.key ? "step" : undefined}>
            {stage.name}
          </li>
        ))}
      </ol>
      <p className="cw-quiet">
        {trainee.since ? `In this stage since ${day(londonDay(trainee.since))}. ` : ""}
        {evidenceWords(trainee)}. Rules: {trainee.rules}.
      </p>
      {trainee.conditions.length > 0 ? (
        <div className="tr-conditions">
          <DataTable
            caption={`What ${trainee.stage.name} asks of ${trainee.name}`}
            columns={columns}
            rows={trainee.conditions}
            keyOf={(one) => one.key}
            sticky={false}
          />
        </div>
      ) : (
        <p>This stage asks for nothing more.</p>
      )}
      <div className="cw-stack cw-stack--tight">
        {decides ? (
          <div className="tr-acts">
            {(Object.keys(decisions) as Decision[])
              .filter((decision) => trainee.can[decision] === true)
              .map((decision) => (
                <Button
                  key={decision}
                  small
                  aria-label={`${decisions[decision]}: ${trainee.name}`}
                  onClick={() => setDeciding(decision)}
                >
                  {decisions[decision]}
                </Button>
              ))}
          </div>
        ) : null}
        {trainee.decisions.length > 0 ? (
          <Details summary={`History, ${counted(trainee.decisions.length, "decision")}`}>
            <ul className="cw-list">
              {trainee.decisions.map((one) => (
                <li key={one.seq}>
                  <b>{decisions[one.decision]}</b>,{" "}
                  {one.from_stage === one.to_stage ? one.to_stage : `${one.from_stage} to ${one.to_stage}`}:{" "}
                  {one.reason}{" "}
                  <span className="cw-quiet">
                    {one.by_name}, {day(londonDay(one.at))}, on {counted(one.evidence.episodes, "episode")},{" "}
                    {counted(one.conditions.filter((c) => c.met === false).length, "condition")} not met
                  </span>
                </li>
              ))}
            </ul>
          </Details>
        ) : null}
      </div>
      {deciding ? <Decide trainee={trainee} decision={deciding} onClose={() => setDeciding(null)} /> : null}
    </section>
  );
}

function Decide({ trainee, decision, onClose }: { trainee: Trainee; decision: Decision; onClose: () => void }) {
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const save = useMutation({
    mutationFn: () => decide(trainee, { decision, reason: reason.trim() }),
    onSuccess: (now) => {
      void client.invalidateQueries({ queryKey: ["list_trainees"] });
      confirmDone(`${trainee.name}: ${now.stage.name}`);
      onClose();
    },
  });
  return (
    <Confirm
      title={`${decisions[decision]}: ${trainee.name}?`}
      act={decisions[decision]}
      danger={false}
      busy={save.isPending}
      error={save.error}
      refusal={reason.trim().length < 3 ? "Say why" : null}
      onAct={() => save.mutate()}
      onClose={onClose}
    >
      <p>
        {trainee.ready
          ? "Every condition of the stage is met."
          : "Not every condition of the stage is met; the decision is yours."}{" "}
        It is kept with the evidence as it is now and cannot be taken back, only followed by another.
      </p>
      <TextArea label="Why" value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
    </Confirm>
  );
}
