import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import type { Schemas } from "@/api/client.ts";
import { Mono, None, PageHead } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { day } from "@/kit/dates.ts";
import { TextField } from "@/kit/field.tsx";
import { useFormRefusal } from "@/kit/form.ts";
import { EmptyState, ErrorSummary, SkeletonRows } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import { findPatients } from "./data.ts";
import { who } from "./who.ts";
import "./patient.scss";

type Patient = Schemas["PatientRow"];
type By = "nhs_number" | "local_patient_id";

const columns: readonly Column<Patient>[] = [
  {
    key: "patient",
    heading: "Patient",
    rowHeading: true,
    nowrap: true,
    cell: (patient) => (
      <Link to="/patients/$patientId" params={{ patientId: patient.patient_id }}>
        {who(patient.sex, patient.age)}
      </Link>
    ),
  },
  { key: "local", heading: "Local id", nowrap: true, cell: (patient) => <Mono>{patient.masked_local_id}</Mono> },
  {
    key: "nhs",
    heading: "NHS number",
    nowrap: true,
    cell: (patient) => (patient.masked_nhs_number ? <Mono>{patient.masked_nhs_number}</Mono> : <None>not known</None>),
  },
  { key: "spells", heading: "Spells", align: "right", cell: (patient) => patient.spells },
  {
    key: "last",
    heading: "Last episode ended",
    align: "right",
    nowrap: true,
    cell: (patient) => (patient.last_ended_on ? day(patient.last_ended_on) : <None />),
  },
];

export default function PatientSearchPage() {
  const [by, setBy] = useState<By>("nhs_number");
  const refusal = useFormRefusal(["nhs_number", "local_patient_id"]);
  const find = useMutation({ mutationFn: findPatients, onError: refusal.refuse });

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = String(new FormData(event.currentTarget).get("identifier") ?? "").trim();
    if (!typed) {
      refusal.complain({
        [by]: by === "nhs_number" ? "Enter an NHS number" : "Enter a local patient id",
      });
      return;
    }
    // The answers of the search before would stand as this one's.
    find.reset();
    if (by === "nhs_number" && !/^\d{10}$/.test(typed.replace(/[\s-]/g, ""))) {
      refusal.complain({ nhs_number: "An NHS number has ten digits" });
      return;
    }
    refusal.clear();
    find.mutate(by === "nhs_number" ? { nhs_number: typed.replace(/[\s-]/g, "") } : { local_patient_id: typed });
  };

  return (
    <div className="cw-page">
      <PageHead
        title="Find a patient"
        sub="What is searched for is not kept; opening a patient is written to the access trail"
      />
      <div className="cw-stack cw-stack--wide">
        <ErrorSummary errors={refusal.summary} />
        <form className="cw-row cw-row--wide cw-row--end" onSubmit={submit} noValidate>
          <fieldset className="cw-fieldset">
            <legend className="cw-field__label">Search by</legend>
            <div className="cw-row cw-row--wide patient-search__by">
              {(
                [
                  ["nhs_number", "NHS number"],
                  ["local_patient_id", "Local patient id"],
                ] as const
              ).map(([value, label]) => (
                <label key={value} className="cw-check">
                  <input
                    type="radio"
                    name="by"
                    className="cw-check__box"
                    checked={by === value}
                    onChange={() => {
                      setBy(value);
                      refusal.clear();
                    }}
                  />
                  <span className="cw-check__label">{label}</span>
                </label>
              ))}
            </div>
          </fieldset>
          <TextField
            key={by}
            id={refusal.idOf(by)}
            name="identifier"
            width="medium"
            mono
            label={by === "nhs_number" ? "NHS number" : "Local patient id"}
            hint={by === "nhs_number" ? "10 digits, as 999 123 4567" : "As the PAS writes it"}
            inputMode={by === "nhs_number" ? "numeric" : undefined}
            maxLength={40}
            error={refusal.errorOf(by)}
          />
          <Button type="submit" look="primary" busy={find.isPending}>
            Find
          </Button>
        </form>
        <div aria-live="polite">
          {find.isPending ? <SkeletonRows rows={2} label="Searching" /> : null}
          {find.data?.items.length === 0 ? (
            <EmptyState title="No patient has this identifier">
              <p>Check the digits. A patient appears here once the PAS has sent a finished episode of theirs.</p>
            </EmptyState>
          ) : null}
          {find.data && find.data.items.length > 0 ? (
            <DataTable
              caption="Patients found"
              columns={columns}
              rows={find.data.items}
              keyOf={(patient) => patient.patient_id}
            />
          ) : null}
        </div>
      </div>
    </div>
  );
}
