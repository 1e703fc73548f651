// What a version of a profile holds, in words.
import { Facts, Mono, None } from "@/kit/bits.tsx";
import { counted } from "@/kit/numbers.ts";
import { DataTable } from "@/kit/table.tsx";
import {
  attributions,
  type Citations,
  citationKinds,
  classes,
  errorTypes,
  labelOf,
  type Methodology,
  type Progression,
  perCent,
  qualifications,
  type Thresholds,
} from "./bodies.ts";
import type { ProfileKind } from "./data.ts";

export function ProfileBody({ kind, body }: { kind: ProfileKind; body: unknown }) {
  if (kind === "methodology") return <MethodologyBody body={body as Methodology} />;
  if (kind === "threshold") return <ThresholdBody body={body as Thresholds} />;
  if (kind === "citation") return <CitationBody body={body as Citations} />;
  return <ProgressionBody body={body as Progression} />;
}

function share(value: string | undefined) {
  return value === undefined ? <None>not asked</None> : `${perCent(value)} %`;
}

function MethodologyBody({ body }: { body: Methodology }) {
  return (
    <>
      <section className="cw-stack" aria-labelledby="rules-title">
        <h2 id="rules-title">What counts</h2>
        <Facts
          items={[
            [
              "Told, and not counted as errors",
              body.not_counted.map((one) => labelOf(errorTypes, one)).join(", ") || "nothing: every difference counts",
            ],
            [
              "Unsafe to audit",
              body.unsafe === "exclude" ? "left out of every class, told as a rate" : "counted as an error",
            ],
            ["Errors that are not the coder's", body.non_coder_counts ? "lower the accuracy too" : "are told apart"],
            ["Confidence of intervals", `${perCent(String(body.confidence))} %`],
            ["Small numbers", `a figure under ${counted(body.small_n, "unit")} is greyed`],
            ["A coder's error", body.standard_needed ? "must cite a standard" : "need not cite a standard"],
            [
              "Cannot stand alone as a citation",
              body.not_citations.length > 0 ? `what begins ${body.not_citations.join(", ")}` : "anything may",
            ],
            [
              "Who may audit",
              body.qualifications.map((one) => labelOf(qualifications, one)).join(", ") || "no qualification asked for",
            ],
            ["Coders reply within", counted(body.reply_working_days, "working day")],
            ["Auditors answer within", counted(body.answer_working_days, "working day")],
            ["Words that give pause in a comment", body.sensitive_words.join(", ") || <None key="w" />],
          ]}
        />
      </section>
      <section className="cw-stack" aria-labelledby="keys-title">
        <h2 id="keys-title">Official error keys</h2>
        {body.official_keys.length > 0 ? (
          <DataTable
            caption="Official keys of our neutral ones"
            sticky={false}
            columns={[
              { key: "class", heading: "Class", rowHeading: true, cell: (one) => labelOf(classes, one.code_class) },
              { key: "type", heading: "Error", cell: (one) => labelOf(errorTypes, one.error_type) },
              { key: "who", heading: "Whose", cell: (one) => labelOf(attributions, one.attribution) },
              { key: "key", heading: "Key", cell: (one) => <Mono>{one.key}</Mono> },
              { key: "words", heading: "Words", width: "grow", cell: (one) => one.words || <None /> },
            ]}
            rows={body.official_keys}
            keyOf={(one) => `${one.code_class} ${one.error_type} ${one.attribution}`}
          />
        ) : (
          <p className="cw-quiet">None given. An approved auditor of this Trust fills them in on the next version.</p>
        )}
      </section>
    </>
  );
}

function ThresholdBody({ body }: { body: Thresholds }) {
  return (
    <section className="cw-stack" aria-labelledby="levels-title">
      <h2 id="levels-title">Levels</h2>
      <p>
        {body.regime}
        {body.episodes ? `, of ${counted(body.episodes, "episode")}` : ""}. A level is attained when every class reaches
        it, compared unrounded.
      </p>
      <DataTable
        caption="Levels and what each class needs"
        sticky={false}
        columns={[
          { key: "name", heading: "Level", rowHeading: true, cell: (one) => one.name },
          ...classes.map((klass) => ({
            key: klass.value,
            heading: klass.label,
            align: "right" as const,
            cell: (one: Thresholds["levels"][number]) => share(one.needed[klass.value]),
          })),
        ]}
        rows={body.levels}
        keyOf={(one) => one.key}
      />
    </section>
  );
}

function CitationBody({ body }: { body: Citations }) {
  return (
    <section className="cw-stack" aria-labelledby="citations-title">
      <h2 id="citations-title">What findings can cite</h2>
      <DataTable
        caption="Citations"
        sticky={false}
        columns={[
          { key: "ref", heading: "Reference", rowHeading: true, nowrap: true, cell: (one) => one.ref },
          { key: "title", heading: "Title", width: "grow", cell: (one) => one.title },
          { key: "kind", heading: "Kind", nowrap: true, cell: (one) => labelOf(citationKinds, one.kind) },
        ]}
        rows={body.citations}
        keyOf={(one) => one.ref}
      />
    </section>
  );
}

function ProgressionBody({ body }: { body: Progression }) {
  return (
    <section className="cw-stack" aria-labelledby="stages-title">
      <h2 id="stages-title">Stages</h2>
      <DataTable
        caption="Stages of training, in order"
        sticky={false}
        columns={[
          { key: "name", heading: "Stage", rowHeading: true, cell: (one) => one.name },
          { key: "checked", heading: "Checked", align: "right", cell: (one) => share(one.checked) },
          ...classes.map((klass) => ({
            key: klass.value,
            heading: `${klass.label}, to leave`,
            align: "right" as const,
            cell: (one: Progression["stages"][number]) => share(one.to_leave[klass.value]),
          })),
          {
            key: "over",
            heading: "Over",
            align: "right",
            nowrap: true,
            cell: (one) => (one.over_episodes ? counted(one.over_episodes, "episode") : <None />),
          },
          {
            key: "codes",
            heading: "and of each class",
            align: "right",
            nowrap: true,
            cell: (one) => counted(one.over_codes ?? 10, "code"),
          },
        ]}
        rows={body.stages}
        keyOf={(one) => one.key}
      />
    </section>
  );
}
