// Step three: how the sample is drawn and how big it is, with what it would be worth.
import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Button } from "@/kit/button.tsx";
import { Select, TextField } from "@/kit/field.tsx";
import { aimed, count, counted, interval } from "@/kit/numbers.ts";
import { Banner, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import type { Audit } from "@/parts/audit.ts";
import { populationQuery, previewQuery, type Sampling, sizeQuery } from "./data.ts";
import { type SizeName, samplingBody, sizeFault, sizesAsked } from "./sampling.ts";
import { StratumSizes } from "./stratum-sizes.tsx";
import { useKept } from "./use-kept.ts";
import { methods, strata as strataKinds } from "./words.ts";

const labels: Record<SizeName, { label: string; hint: string }> = {
  size: { label: "Episodes to draw", hint: "In all" },
  of_each: { label: "Episodes of each", hint: "All of it where there are fewer" },
  at_least: { label: "Of each stratum at least", hint: "0 for none" },
  tilt: { label: "Tilt", hint: "How many times as likely a riskier episode is to be drawn; 1 to 20" },
  risky_from: { label: "Riskier from", hint: "Points of the risk score, 1 to 7; the grounds stand on the draw page" },
};

export function SampleStep({ audit, onDone }: { audit: Audit; onDone: () => void }) {
  const kept = useKept(audit, audit.sampling, (value) => {
    const sampling = samplingBody(value);
    return sampling ? { sampling } : null;
  });
  const s = kept.value;
  const preview = useQuery({ ...previewQuery(audit), placeholderData: (before) => before });
  // What is typed stays as typed; what is a number that may be is kept.
  const [typed, setTyped] = useState<Partial<Record<SizeName, string>>>({});
  const [wrong, setWrong] = useState(false);
  const asked = sizesAsked(s);
  const fieldId = useId();
  const text = (name: SizeName) => typed[name] ?? String(s[name] ?? "");
  const faulty = asked.find((name) => sizeFault(name, text(name)) !== null);
  const choose = (change: Partial<Sampling>) => {
    setTyped({});
    setWrong(false);
    kept.set(change);
  };
  const number = (name: SizeName) => (
    <TextField
      key={name}
      id={`${fieldId}-${name}`}
      {...labels[name]}
      {...(name === "of_each" ? { label: `Episodes of each ${s.method === "fixed" ? "stratum" : "coder"}` } : null)}
      type="number"
      min={name === "at_least" ? 0 : 1}
      step={name === "tilt" ? 0.5 : 1}
      width="short"
      value={text(name)}
      error={sizeFault(name, text(name)) ?? undefined}
      onChange={(event) => {
        const now = event.target.value;
        setTyped((before) => ({ ...before, [name]: now }));
        if (sizeFault(name, now) === null) kept.set({ [name]: Number(now) });
      }}
    />
  );
  const stratified = s.method === "proportional" || s.method === "fixed";
  const sized = asked.includes("size");
  const strata = preview.data?.by === s.by ? (preview.data?.strata ?? []) : [];
  return (
    <div className="au-two">
      <div className="cw-form">
        <Select
          label="How it is drawn"
          hint={methods.find((one) => one.value === s.method)?.why}
          width="medium"
          value={s.method}
          options={methods}
          onChange={(event) =>
            choose({
              method: event.target.value as Sampling["method"],
              by: s.by ?? "specialty",
              size: s.size ?? 200,
              of_each: s.of_each ?? 10,
              sizes: null,
            })
          }
        />
        {stratified ? (
          <Select
            label="Strata by"
            width="medium"
            value={s.by ?? "specialty"}
            options={strataKinds}
            onChange={(event) => choose({ by: event.target.value as Sampling["by"], sizes: null })}
          />
        ) : null}
        {s.method === "fixed" ? (
          <Select
            label="How many"
            width="medium"
            // One by one begins from what would be drawn now, which the server says of the method as it is kept.
            disabled={!s.sizes && (kept.state !== "kept" || strata.length === 0)}
            value={s.sizes ? "one_by_one" : "alike"}
            options={[
              { value: "alike", label: "The same of each stratum" },
              { value: "one_by_one", label: "Each stratum by itself" },
            ]}
            onChange={(event) =>
              choose({
                of_each: s.of_each ?? 10,
                sizes:
                  event.target.value === "alike" ? null : Object.fromEntries(strata.map((one) => [one.key, one.drawn])),
              })
            }
          />
        ) : null}
        {asked.map(number)}
        {s.method === "fixed" && s.by && s.sizes ? (
          strata.length > 0 ? (
            <StratumSizes
              key={s.by}
              by={s.by}
              strata={strata}
              sizes={s.sizes}
              onSizes={(sizes) => {
                setWrong(sizes === null);
                if (sizes) kept.set({ sizes });
              }}
            />
          ) : (
            <SkeletonRows rows={4} label="Looking at the strata" />
          )
        ) : null}
        {sized ? (
          <SizeFor
            audit={audit}
            s={s}
            onUse={(size, aim) => {
              setTyped((before) => ({ ...before, size: String(size) }));
              kept.set({ size, aim });
            }}
          />
        ) : null}
        {kept.error ? <ErrorState error={kept.error} /> : null}
        {samplingBody(s) === null && !faulty ? <p className="cw-quiet">Enter how many to draw.</p> : null}
        <div className="cw-form__actions">
          <Button
            look="primary"
            busy={kept.state === "saving"}
            onClick={() => {
              if (faulty) document.getElementById(`${fieldId}-${faulty}`)?.focus();
              else if (wrong) document.querySelector<HTMLElement>(".au-strata [aria-invalid]")?.focus();
              else void kept.flush().then((done) => done && onDone());
            }}
          >
            Save and go on
          </Button>
        </div>
      </div>
      <Worth audit={audit} waiting={kept.state !== "kept"} />
    </div>
  );
}

function SizeFor({
  audit,
  s,
  onUse,
}: {
  audit: Audit;
  s: Sampling;
  onUse: (size: number, aim: NonNullable<Sampling["aim"]>) => void;
}) {
  const [points, setPoints] = useState(String(s.aim?.points ?? 4));
  const [share, setShare] = useState(String((s.aim?.share ?? 0.9) * 100));
  const [confidence, setConfidence] = useState(String(s.aim?.confidence ?? 0.95));
  const population = useQuery(populationQuery(audit));
  const aim = { points: Number(points), share: Number(share) / 100, confidence: Number(confidence) };
  const frame = population.data?.frame;
  const size = useQuery(sizeQuery({ ...aim, ...(frame ? { population: frame } : null) }));
  return (
    <section className="cw-stack" aria-labelledby="size-title">
      <h2 id="size-title">How many does it take?</h2>
      <div className="au-pair">
        <TextField
          label="Plus or minus, points"
          type="number"
          min={0.5}
          max={49}
          step={0.5}
          width="short"
          value={points}
          onChange={(event) => setPoints(event.target.value)}
        />
        <TextField
          label="Expected accuracy, %"
          type="number"
          min={1}
          max={99}
          width="short"
          value={share}
          onChange={(event) => setShare(event.target.value)}
        />
        <Select
          label="Confidence"
          width="short"
          value={confidence}
          options={[
            { value: "0.9", label: "90 %" },
            { value: "0.95", label: "95 %" },
            { value: "0.99", label: "99 %" },
          ]}
          onChange={(event) => setConfidence(event.target.value)}
        />
      </div>
      {size.isError ? <ErrorState error={size.error} /> : null}
      {size.data ? (
        <div className="cw-row" role="status">
          <span>
            <b>{count(size.data.size)}</b> episodes
            {frame ? ` of ${count(frame)}` : ""}
          </span>
          <Button small onClick={() => onUse(size.data.size, aim)}>
            Use {count(size.data.size)}
          </Button>
        </div>
      ) : null}
      <p className="cw-quiet">
        Counted by episode. Secondary codes of one episode hang together, so figures of codes are somewhat wider.
      </p>
    </section>
  );
}

/** What the sample as it is set would take, and how sure its figure would be. */
function Worth({ audit, waiting }: { audit: Audit; waiting: boolean }) {
  const preview = useQuery({ ...previewQuery(audit), placeholderData: (before) => before });
  const found = preview.data;
  return (
    <aside className="au-aside" aria-label="What this sample is worth" aria-busy={waiting || preview.isFetching}>
      <h2>This sample</h2>
      {preview.isError ? <ErrorState error={preview.error} onRetry={() => preview.refetch()} /> : null}
      {found ? (
        <div role="status">
          {found.problem ? (
            <Banner kind="warn">{found.problem}</Banner>
          ) : (
            <>
              <p className="au-number">{count(found.size)}</p>
              <p className="cw-quiet">
                of {counted(found.frame, "episode")}
                {found.second ? `, + ${counted(found.second, "second audit")}` : ""}
              </p>
              {found.expected ? (
                <p>
                  If {aimed(found.expected.share)} are right, the interval is{" "}
                  <b>{interval(found.expected.low, found.expected.high)} %</b> at {aimed(found.expected.confidence)}{" "}
                  confidence: ±{found.expected.points.toFixed(1)} points.
                </p>
              ) : null}
            </>
          )}
          {waiting || preview.isFetching ? <p className="cw-quiet">working it out</p> : null}
        </div>
      ) : null}
    </aside>
  );
}
