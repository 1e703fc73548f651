// What the checks say about the codes as they stand. They never take the focus; each leads to its lines, and a warning
// can be answered where it stands.
import { useId, useState } from "react";
import { Details } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { dotted, type ListName } from "./codes.ts";
import { columnOf, counts, type Placed, type Reasons, reasonKey, SIGN, toDoWords } from "./findings.ts";
import type { Column } from "./grid.ts";
import { ReasonsGiven } from "./reasons-given.tsx";
import type { Checked } from "./use-checks.ts";
import type { Coding } from "./wire.ts";
import { givenBy, lineNumbers } from "./words.ts";

const KIND = { error: "Error", warn: "Warning", info: "Note" } as const;

/** The reasons for which warnings are let stand, where they are asked for. */
export interface Answers {
  readonly reasons: Reasons;
  readonly setReasons: (reasons: Reasons) => void;
  readonly unanswered: readonly Placed[];
  readonly codeOf: (key: number) => string | null;
}

export function Checks({
  bench,
  answers,
  coding,
  readOnly,
  onGo,
}: {
  bench: Checked;
  /** Null where warnings need no reasons, as in an audit. */
  answers: Answers | null;
  /** The version that is read, whose reasons are shown beside what the checks say now. */
  coding: Coding | null;
  readOnly: boolean;
  onGo: (list: ListName, row: number, col: Column) => void;
}) {
  const { placed, checking } = bench;
  const toDo = readOnly && coding ? "" : toDoWords(counts(placed).error, answers?.unanswered.length ?? 0);
  const given = readOnly ? (coding?.reasons ?? []) : [];
  return (
    <>
      <div className="wb-checks__head">
        <h2 tabIndex={-1} data-checks>
          Checks
        </h2>
        <span className="cw-quiet">{toDo || (checking === "asking" ? "checking" : "")}</span>
      </div>
      {checking === "away" ? (
        <div className="wb-check wb-check--info">
          <b>The checks do not answer</b>
          <p>You can go on. They run again when you submit.</p>
          <Button look="link" small onClick={() => bench.recheck(0)}>
            Check again
          </Button>
        </div>
      ) : null}
      {placed.length === 0 && checking === "fresh" ? (
        <p className="wb-none">
          {bench.grid.lists.diagnoses.length === 0
            ? "Checks show here as you code."
            : "Nothing found. The codes pass every check."}
        </p>
      ) : null}
      <ul className="wb-checks">
        {placed.map((one) => (
          <Check key={one.id} {...{ one, bench, answers: readOnly ? null : answers, onGo }} />
        ))}
      </ul>
      {given.length > 0 && coding ? (
        <section className="wb-given" aria-labelledby="wb-given">
          <h3 id="wb-given">Warnings answered at submit</h3>
          <ReasonsGiven reasons={given} who={givenBy(coding)} />
        </section>
      ) : null}
    </>
  );
}

function Check({
  one,
  bench,
  answers,
  onGo,
}: {
  one: Placed;
  bench: Checked;
  answers: Answers | null;
  onGo: (list: ListName, row: number, col: Column) => void;
}) {
  const { finding } = one;
  const places = one.keys.flatMap(({ list, key }) => {
    const row = bench.grid.lists[list].findIndex((line) => line.key === key);
    const line = bench.grid.lists[list][row];
    return line ? [{ list, row, name: line.code ? dotted(line.code) : line.raw }] : [];
  });
  return (
    <li className={`wb-check wb-check--${finding.severity}`}>
      <b>
        <span className={`wb-mark wb-mark--${finding.severity}`}>
          <span className="wb-mark__sign" aria-hidden="true">
            {SIGN[finding.severity]}
          </span>
          {KIND[finding.severity]}:
        </span>{" "}
        {finding.title}
      </b>
      <p>{finding.message}</p>
      {finding.mend ? <p className="wb-check__mend">{finding.mend}</p> : null}
      <div className="wb-check__acts">
        {places.slice(0, 3).map(({ list, row, name }) => (
          <Button key={`${list}${row}`} look="link" small onClick={() => onGo(list, row, columnOf(finding, list))}>
            {lineNumbers([row])} <span className="cw-mono">{name}</span>
          </Button>
        ))}
        <Details summary="Why">
          Rule {finding.rule_id}
          {finding.reference ? `, ${finding.reference}` : ""}
        </Details>
      </div>
      {finding.severity === "warn" && answers ? <Reason one={one} answers={answers} /> : null}
    </li>
  );
}

function Reason({ one, answers }: { one: Placed; answers: Answers }) {
  const id = useId();
  const key = reasonKey(one, answers.codeOf);
  const given = answers.reasons[key] ?? "";
  const [typed, setTyped] = useState<string | null>(given === "" ? "" : null);
  const keep = (reason: string) => {
    const { [key]: _, ...others } = answers.reasons;
    answers.setReasons(reason.trim() === "" ? others : { ...others, [key]: reason.trim() });
  };
  if (typed === null) {
    return (
      <p className="wb-reason wb-reason--given">
        Kept: {given}{" "}
        <Button look="link" small onClick={() => setTyped(given)}>
          change<span className="cw-hidden"> the reason for {one.finding.title}</span>
        </Button>
      </p>
    );
  }
  return (
    <div className="wb-reason">
      <label htmlFor={id}>Right as it is? Say why</label>
      <input
        id={id}
        data-reason={one.id}
        className="cw-input cw-input--compact"
        type="text"
        maxLength={300}
        autoComplete="off"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          keep(event.target.value);
        }}
        onBlur={() => {
          if (typed.trim() !== "") setTyped(null);
        }}
      />
    </div>
  );
}
