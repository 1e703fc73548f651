import { useState } from "react";
import { Button } from "@/kit/button.tsx";
import { dayLong, dayRange, time } from "@/kit/dates.ts";
import { refusalOf } from "@/kit/states.tsx";
import type { Workbench } from "@/parts/coding/wire.ts";
import { person } from "@/parts/coding/words.ts";
import { reveal } from "./data.ts";

type Revealed = Awaited<ReturnType<typeof reveal>>;

/** Who and what, in one line. Identifiers are masked until asked for, and each asking is on the record. */
export function PatientLine({ wb, lease }: { wb: Workbench; lease: string }) {
  const { episode, patient } = wb;
  const [shown, setShown] = useState<Revealed | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const specialty = episode.treatment_function ?? episode.specialty;
  const show = async () => {
    try {
      setShown(await reveal(episode.episode_id));
      setRefused(null);
    } catch (error) {
      setRefused(refusalOf(error).title);
    }
  };
  return (
    <div className="wb-patient">
      <h1 className="wb-patient__who" tabIndex={-1} data-page-title>
        {person(patient.sex, patient.age)}
      </h1>
      <span className="wb-patient__id">
        {shown ? (
          <>
            local id <b>{shown.local_patient_id}</b> · NHS number <b>{spaced(shown.nhs_number)}</b> · born{" "}
            <b>{dayLong(shown.birth_on) || "not known"}</b>{" "}
            <Button look="link" small onClick={() => setShown(null)}>
              hide<span className="cw-hidden"> the patient’s identifiers</span>
            </Button>
          </>
        ) : (
          <>
            local id {patient.masked_local_id}{" "}
            <Button look="link" small onClick={show} title="Showing identifiers is kept on the record">
              show<span className="cw-hidden"> the patient’s identifiers</span>
            </Button>
          </>
        )}
        {refused ? <span role="alert"> {refused}</span> : null}
      </span>
      <span className="cw-quiet wb-patient__facts">
        Spell {episode.spell_number} · FCE {episode.episode_number} of {episode.episodes_in_spell} ·{" "}
        {dayRange(episode.started_on, episode.ended_on)}
        {specialty ? ` · ${specialty.name ?? "Specialty"} (${specialty.code})` : ""}
        {episode.consultant_code ? ` · Consultant ${episode.consultant_code}` : ""}
      </span>
      <span className="cw-quiet wb-patient__lease">{lease}</span>
    </div>
  );
}

function spaced(nhsNumber: string | null | undefined): string {
  return nhsNumber ? nhsNumber.replace(/^(\d{3})(\d{3})(\d{4})$/, "$1 $2 $3") : "not known";
}

/** `Yours until 2:52pm`, `With Coder 07 until 2:52pm`, or nothing. */
export function leaseWords(item: Workbench["work_item"]): string {
  if (!item?.lease_owner || !item.lease_until) return "";
  return `${item.lease_owner.me ? "Yours" : `With ${item.lease_owner.name}`} until ${time(item.lease_until)}`;
}
