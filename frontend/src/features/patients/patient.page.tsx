// One patient: their spells in order of time, with the episodes of each and what they were coded with.
import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect } from "react";
import type { Schemas } from "@/api/client.ts";
import { useMay } from "@/api/me.ts";
import { Facts, Mono, None, PageHead } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { day, dayRange } from "@/kit/dates.ts";
import { counted } from "@/kit/numbers.ts";
import { Banner, EmptyState, ErrorState, refusalOf, SkeletonRows } from "@/kit/states.tsx";
import { identifyPatient, patientQuery } from "./data.ts";
import { EpisodeState } from "./episode-state.tsx";
import { who } from "./who.ts";
import "./patient.scss";

const route = getRouteApi("/signed-in/patients/$patientId");

type Spell = Schemas["PatientSpell"];
type Episode = Spell["episodes"][number];

/** How long an identifier stays on the screen: long enough to find the notes, not long enough to be left there. */
const shownSeconds = 60;

export default function PatientPage() {
  const { patientId } = route.useParams();
  const found = useQuery(patientQuery(patientId));
  return (
    <div className="cw-page">
      {found.isPending ? (
        <>
          <PageHead title="Patient" />
          <SkeletonRows />
        </>
      ) : null}
      {found.isError ? (
        <>
          <PageHead title="Patient" />
          <ErrorState error={found.error} onRetry={() => found.refetch()} />
        </>
      ) : null}
      {found.data ? <Patient patient={found.data} /> : null}
    </div>
  );
}

function Patient({ patient }: { patient: Schemas["PatientOut"] }) {
  const episodes = patient.spells.flatMap((spell) => spell.episodes);
  return (
    <>
      <PageHead
        title={who(patient.sex, patient.age)}
        sub={`${counted(patient.spells.length, "spell")}, ${counted(episodes.length, "finished episode")}`}
        trail={<Link to="/patients">Find a patient</Link>}
      />
      <Identifiers patient={patient} />
      {patient.spells.length === 0 ? (
        <EmptyState title="No finished episodes">
          <p>All that were sent for this patient were taken back by the PAS.</p>
        </EmptyState>
      ) : (
        <ol className="cw-plain spells" aria-label="Spells, the newest first">
          {patient.spells.map((spell) => (
            <li key={spell.spell_number} className="spells__spell">
              <SpellHead spell={spell} />
              <ol className="cw-plain spells__episodes" aria-label={`Episodes of spell ${spell.spell_number}`}>
                {spell.episodes.map((episode) => (
                  <EpisodeLine key={episode.episode_id} episode={episode} />
                ))}
              </ol>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

function Identifiers({ patient }: { patient: Schemas["PatientOut"] }) {
  const may = useMay();
  const reveal = useMutation({ mutationFn: () => identifyPatient(patient.patient_id) });
  const { data: shown, reset } = reveal;
  useEffect(() => {
    if (!shown) return;
    const timer = setTimeout(reset, shownSeconds * 1000);
    return () => clearTimeout(timer);
  }, [shown, reset]);
  return (
    <section className="identifiers" aria-label="Identifiers">
      <div aria-live="polite">
        <Facts
          inline
          items={
            shown
              ? [
                  [
                    "NHS number",
                    shown.nhs_number ? <Mono key="n">{spaced(shown.nhs_number)}</Mono> : <None key="n">not known</None>,
                  ],
                  ["Local id", <Mono key="l">{shown.local_patient_id}</Mono>],
                  ["Born", shown.birth_on ? day(shown.birth_on) : <None key="b">not known</None>],
                ]
              : [
                  ["NHS number", <Mono key="n">{patient.masked_nhs_number ?? "not known"}</Mono>],
                  ["Local id", <Mono key="l">{patient.masked_local_id}</Mono>],
                ]
          }
        />
      </div>
      {may("patient:identify") ? (
        shown ? (
          <Button look="link" onClick={reset}>
            Hide
          </Button>
        ) : (
          <Button look="link" busy={reveal.isPending} onClick={() => reveal.mutate()}>
            Show who it is
          </Button>
        )
      ) : null}
      {shown ? (
        <span className="cw-quiet">Seen by you; written to the access trail. Hidden again after a minute.</span>
      ) : null}
      {reveal.isError ? <Banner kind="error">{refusalOf(reveal.error).title}</Banner> : null}
    </section>
  );
}

function spaced(nhsNumber: string): string {
  return nhsNumber.replace(/^(\d{3})(\d{3})(\d{4})$/, "$1 $2 $3");
}

function SpellHead({ spell }: { spell: Spell }) {
  return (
    <div className="spells__head">
      <h2>
        {spell.admitted_on ? dayRange(spell.admitted_on, spell.discharged_on) : `Spell ${spell.spell_number}`}
        {spell.discharged_on ? null : " (not discharged)"}
      </h2>
      <span className="cw-quiet">
        Spell <Mono>{spell.spell_number}</Mono>
        {spell.admission_method?.name ? ` · ${spell.admission_method.name}` : ""}
        {spell.patient_class?.name ? ` · ${spell.patient_class.name}` : ""}
      </span>
    </div>
  );
}

function EpisodeLine({ episode }: { episode: Episode }) {
  const title = (
    <>
      Episode {episode.episode_number} · {episode.specialty?.name ?? episode.specialty?.code ?? "specialty not known"}
    </>
  );
  return (
    <li className="spells__episode">
      <div>
        <Link to="/episodes/$episodeId" params={{ episodeId: episode.episode_id }}>
          {title}
        </Link>
        <div className="cw-quiet">{dayRange(episode.started_on, episode.ended_on)}</div>
      </div>
      <div>
        <EpisodeState state={episode.coding_state} />
      </div>
      <div className="spells__codes">
        {episode.hidden ? (
          <None>hidden until you have coded it for its audit</None>
        ) : episode.diagnoses?.length || episode.procedures?.length ? null : (
          <None>no codes yet</None>
        )}
        <CodeList codes={episode.diagnoses ?? []} label="Diagnoses" />
        <CodeList codes={episode.procedures ?? []} label="Procedures" />
      </div>
    </li>
  );
}

function CodeList({ codes, label }: { codes: NonNullable<Episode["diagnoses"]>; label: string }) {
  if (codes.length === 0) return null;
  return (
    <div className="spells__list">
      <span className="cw-quiet">{label}</span>
      <ol className="cw-plain" aria-label={label}>
        {codes.map((code, index) => (
          // A code may stand twice in a list, so its place is part of its key.
          <li key={`${index}${code.code}`}>
            <Mono>{code.dotted}</Mono> {code.title ?? <None>not in the edition of that day</None>}
          </li>
        ))}
      </ol>
    </div>
  );
}
