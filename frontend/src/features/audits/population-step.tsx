// Step two: which episodes may be drawn, with their number as it is narrowed.
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { Schemas } from "@/api/client.ts";
import { Details } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { Checkbox, Fieldset, TextField } from "@/kit/field.tsx";
import { count, counted } from "@/kit/numbers.ts";
import { ErrorState } from "@/kit/states.tsx";
import type { Audit } from "@/parts/audit.ts";
import { codersQuery, type Population, populationQuery, specialtiesQuery } from "./data.ts";
import { LeftOut } from "./strata.tsx";
import { type Kept, useKept } from "./use-kept.ts";
import { prefixes } from "./words.ts";

type Listed = {
  [K in keyof Population]: Population[K] extends string[] ? K : never;
}[keyof Population];
type Bound = "min_nights" | "max_nights" | "min_age" | "max_age" | "min_depth" | "max_depth";

const patientClasses = [
  ["1", "Ordinary"],
  ["2", "Day case"],
  ["3", "Regular day"],
  ["4", "Regular night"],
  ["5", "Mother and baby, delivery only"],
] as const;
const admissions = [
  ["Elective", ["11", "12", "13"]],
  ["Emergency", ["21", "22", "23", "24", "25", "28", "2A", "2B", "2D"]],
  ["Maternity", ["31", "32"]],
  ["Birth", ["82", "83", "2C"]],
  ["Transfer", ["81"]],
] as const;
const sources = [
  ["codewell", "Codewell"],
  ["encoder", "An encoder"],
  ["pas", "The PAS"],
  ["audit", "An audit's amendment"],
] as const;
const codeFilters = [
  ["primary_diagnosis", "Primary diagnosis begins"],
  ["any_diagnosis", "Any diagnosis begins"],
  ["primary_procedure", "Primary procedure begins"],
  ["any_procedure", "Any procedure begins"],
] as const;

export function PopulationStep({ audit, onDone }: { audit: Audit; onDone: () => void }) {
  const kept = useKept(audit, audit.population, (population) => ({ population: population as Schemas["Population"] }));
  const coders = useQuery(codersQuery(audit.period_from, audit.period_to));
  const specialties = useQuery(specialtiesQuery(audit.period_from, audit.period_to));
  const p = kept.value;
  const toggle = (name: Listed, values: readonly string[], on: boolean) => {
    const rest = (p[name] as string[]).filter((one) => !values.includes(one));
    kept.set({ [name]: on ? [...rest, ...values] : rest } as Partial<Population>);
  };
  return (
    <div className="au-two">
      <div className="cw-form au-wide">
        <p className="cw-quiet">What you leave empty does not narrow the population.</p>
        <div className="au-halves au-halves--close">
          <Fieldset legend="Specialties">
            <Choices
              empty={specialties.isPending ? "Loading" : "No coded episode ended in the period"}
              items={(specialties.data?.items ?? []).map((one) => ({
                key: one.code,
                label: `${one.name ?? "Unknown"} (${one.code}), ${counted(one.episodes, "episode")}`,
                checked: p.specialties.includes(one.code),
                onChange: (on) => toggle("specialties", [one.code], on),
              }))}
            />
          </Fieldset>
          <Fieldset legend="Coders">
            <Choices
              empty={coders.isPending ? "Loading" : "No coded episode ended in the period"}
              items={(coders.data?.items ?? []).map((one) => {
                const name = one.person_id ? "coders" : "coder_refs";
                const value = one.person_id ?? one.coder_ref ?? "";
                return {
                  key: value,
                  label: `${one.name}, ${counted(one.episodes, "episode")}`,
                  checked: p[name].includes(value),
                  onChange: (on) => toggle(name, [value], on),
                };
              })}
            />
          </Fieldset>
        </div>
        <div className="au-pair">
          <Fieldset legend="Patient class">
            {patientClasses.map(([value, label]) => (
              <Checkbox
                key={value}
                label={label}
                checked={p.patient_classes.includes(value)}
                onChange={(event) => toggle("patient_classes", [value], event.target.checked)}
              />
            ))}
          </Fieldset>
          <Fieldset legend="Admission">
            {admissions.map(([label, values]) => (
              <Checkbox
                key={label}
                label={label}
                checked={values.every((one) => p.admission_methods.includes(one))}
                onChange={(event) => toggle("admission_methods", values, event.target.checked)}
              />
            ))}
          </Fieldset>
          <Fieldset legend="Discharge">
            <Checkbox
              label="Died, or stillborn"
              hint="For a mortality audit"
              checked={p.discharge_methods.includes("4")}
              onChange={(event) => toggle("discharge_methods", ["4", "5"], event.target.checked)}
            />
          </Fieldset>
          <Fieldset legend="Coded in">
            {sources.map(([value, label]) => (
              <Checkbox
                key={value}
                label={label}
                checked={p.sources.includes(value)}
                onChange={(event) => toggle("sources", [value], event.target.checked)}
              />
            ))}
          </Fieldset>
        </div>
        <div className="au-pair">
          <Range kept={kept} label="Nights in hospital" low="min_nights" high="max_nights" />
          <Range kept={kept} label="Age at start" low="min_age" high="max_age" />
          <Range kept={kept} label="Diagnosis codes" low="min_depth" high="max_depth" />
        </div>
        <Details
          summary="Codes and treatment functions"
          open={codeFilters.some(([name]) => p[name].length > 0) || p.treatment_functions.length > 0}
        >
          <div className="cw-form">
            {codeFilters.map(([name, label]) => (
              <Typed
                key={name}
                label={label}
                hint="Beginnings of codes, as I21 J18.1"
                value={p[name]}
                onValue={(values) => kept.set({ [name]: values })}
              />
            ))}
            <Typed
              label="Treatment functions"
              hint="Codes, as 300 320"
              value={p.treatment_functions}
              onValue={(values) => kept.set({ treatment_functions: values })}
            />
          </div>
        </Details>
        <Checkbox
          label="Also episodes that were audited before"
          checked={p.include_audited}
          onChange={(event) => kept.set({ include_audited: event.target.checked })}
        />
        {kept.error ? <ErrorState error={kept.error} /> : null}
        <div className="cw-form__actions">
          <Button
            look="primary"
            busy={kept.state === "saving"}
            onClick={() => void kept.flush().then((done) => done && onDone())}
          >
            Save and go on
          </Button>
        </div>
      </div>
      <Count audit={audit} waiting={kept.state !== "kept"} />
    </div>
  );
}

export function Count({ audit, waiting, children }: { audit: Audit; waiting: boolean; children?: ReactNode }) {
  const found = useQuery({ ...populationQuery(audit), placeholderData: (before) => before });
  return (
    <aside className="au-aside" aria-label="Episodes that can be drawn" aria-busy={waiting || found.isFetching}>
      <h2>Can be drawn</h2>
      {found.isError ? <ErrorState error={found.error} onRetry={() => found.refetch()} /> : null}
      {found.data ? (
        <div role="status">
          <p className="au-number">{count(found.data.frame)}</p>
          <p className="cw-quiet">
            {waiting || found.isFetching
              ? "counting"
              : `of ${counted(found.data.in_period, "episode")} that the filters take`}
          </p>
          {waiting ? null : <LeftOut left={found.data.left_out} />}
        </div>
      ) : found.isPending ? (
        <p className="cw-quiet">Counting</p>
      ) : null}
      {children}
    </aside>
  );
}

function Choices({
  items,
  empty,
}: {
  items: { key: string; label: string; checked: boolean; onChange: (on: boolean) => void }[];
  empty: string;
}) {
  if (items.length === 0) return <p className="cw-quiet">{empty}</p>;
  return (
    <div className="au-list">
      {items.map((item) => (
        <Checkbox
          key={item.key}
          label={item.label}
          checked={item.checked}
          onChange={(event) => item.onChange(event.target.checked)}
        />
      ))}
    </div>
  );
}

function Range({ kept, label, low, high }: { kept: Kept<Population>; label: string; low: Bound; high: Bound }) {
  const field = (name: Bound, words: string) => (
    <TextField
      label={words}
      type="number"
      min={0}
      width="short"
      value={kept.value[name] ?? ""}
      onChange={(event) => kept.set({ [name]: event.target.value === "" ? null : Number(event.target.value) })}
    />
  );
  return (
    <Fieldset legend={label}>
      <div className="au-pair">
        {field(low, "at least")}
        {field(high, "at most")}
      </div>
    </Fieldset>
  );
}

function Typed({
  label,
  hint,
  value,
  onValue,
}: {
  label: string;
  hint: string;
  value: readonly string[];
  onValue: (values: string[]) => void;
}) {
  const [typed, setTyped] = useState(value.join(" "));
  return (
    <TextField
      label={label}
      hint={hint}
      width="long"
      mono
      value={typed}
      onChange={(event) => {
        setTyped(event.target.value);
        onValue(prefixes(event.target.value));
      }}
    />
  );
}
