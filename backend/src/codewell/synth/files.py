"""Synthetic episodes as a PAS would send them: rows of a CSV with HES names, or items of the intake's JSON."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from codewell.synth.letters import documents
from codewell.synth.story import Episode

N_DIAGNOSES, N_PROCEDURES = 20, 24
_DIAGNOSES = [f"DIAG_{n:02d}" for n in range(1, N_DIAGNOSES + 1)]
_PROCEDURES = [name for n in range(1, N_PROCEDURES + 1) for name in (f"OPERTN_{n:02d}", f"OPDATE_{n:02d}")]
COLUMNS: tuple[str, ...] = (
    "PROCODET",
    "source_at",
    "message_id",
    "PROVSPNOPS",
    "EPIORDER",
    "SPELEND",
    "LOPATID",
    "NEWNHSNO",
    "NHSNOIND",
    "DOB",
    "SEX",
    "ADMIDATE",
    "ADMIMETH",
    "ADMISORC",
    "CLASSPAT",
    "ADMINCAT",
    "INTMANIG",
    "DISDATE",
    "DISMETH",
    "DISDEST",
    "EPISTART",
    "EPIEND",
    "CONSULT",
    "MAINSPEF",
    "TRETSPEF",
    "SITETRET",
    "WARDSTRT",
    "NEOCARE",
    "OPERSTAT",
    "coding_source",
    "coded_at",
    "coder_ref",
    *_DIAGNOSES,
    *_PROCEDURES,
)


def day(ordinal: int | None) -> str | None:
    """An ordinal as CCYY-MM-DD."""
    return None if ordinal is None else dt.date.fromordinal(ordinal).isoformat()


def sent_at(episode: Episode, today: int) -> dt.datetime:
    """When the PAS sent the episode: the evening it ended; the last of them early on the day itself, never later."""
    if episode.ended >= today:
        return dt.datetime.combine(dt.date.fromordinal(today - 1), dt.time(22, 59), dt.UTC)
    return dt.datetime.combine(dt.date.fromordinal(episode.ended), dt.time(22, 30), dt.UTC)


def message_id(episode: Episode) -> str:
    """The sender's id of the message."""
    return f"{episode.spell.number}-{episode.number}"


def filled(code: str) -> str:
    """A diagnosis as the CDS carries it: the fourth place of an undivided category is X."""
    return code + "X" if len(code) == 3 else code


def codes_of(episode: Episode) -> tuple[Sequence[str], Sequence[str], Sequence[int]]:
    """What is written for the episode: as coded, or nothing."""
    coded = episode.coded
    return ((), (), ()) if coded is None else (coded.diagnoses, coded.procedures, coded.procedure_days)


def row(episode: Episode, provider: str, today: int) -> list[str | int | None]:
    """One line of the file; codes beyond what HES holds are left out, as an extract would."""
    spell, coded = episode.spell, episode.coded
    patient = spell.patient
    diagnoses, procedures, on = codes_of(episode)
    at = sent_at(episode, today)
    if coded is not None:
        at = max(at, coded.at + dt.timedelta(minutes=20))
    cells: list[str | int | None] = [
        provider,
        at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        message_id(episode),
        spell.number,
        episode.number,
        1 if episode.last else 2,
        patient.local_patient_id,
        patient.nhs_number,
        patient.nhs_number_status,
        day(patient.birth),
        patient.sex,
        day(spell.admitted),
        spell.admission_method,
        spell.admission_source,
        spell.patient_class,
        spell.admin_category,
        spell.intended_management,
        day(spell.discharged),
        spell.discharge_method,
        spell.discharge_destination,
        day(episode.started),
        day(episode.ended),
        episode.consultant_code,
        episode.service.main,
        episode.service.function,
        episode.site_code,
        episode.ward_code,
        episode.neonatal_level_code,
        episode.operation_status_code,
        None if coded is None else ("pas" if coded.route == "pas" else "encoder"),
        None if coded is None else coded.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        None if coded is None else coded.coder.upper(),
    ]
    cells += [filled(c) for c in diagnoses[:N_DIAGNOSES]] + [None] * (N_DIAGNOSES - len(diagnoses))
    for code, when in zip(procedures[:N_PROCEDURES], on, strict=False):
        cells += [code, day(when)]
    cells += [None] * (len(COLUMNS) - len(cells))
    return cells


def csv_lines(episodes: Iterable[Episode], provider: str, today: int, *, header: bool = False) -> bytes:
    """Lines of the CSV file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if header:
        writer.writerow(COLUMNS)
    writer.writerows(row(e, provider, today) for e in episodes)
    return out.getvalue().encode()


def item(
    episode: Episode, provider: str, today: int, *, with_codes: bool = True, with_documents: bool = True
) -> dict[str, Any]:
    """The episode as one item of POST /intake/episodes, with its documents."""
    spell, coded = episode.spell, episode.coded if with_codes else None
    patient = spell.patient
    at = sent_at(episode, today)
    if coded is not None:
        at = max(at, coded.at + dt.timedelta(minutes=20))
    return {
        "provider": provider,
        "source_at": at,
        "message_id": message_id(episode),
        "feed_action": "upsert",
        "spell_number": spell.number,
        "episode_number": episode.number,
        "last_episode": episode.last,
        "patient": {
            "local_patient_id": patient.local_patient_id,
            "nhs_number": patient.nhs_number,
            "nhs_number_status": patient.nhs_number_status,
            "birth_on": day(patient.birth),
            "sex": patient.sex,
        },
        "spell": {
            "admitted_on": day(spell.admitted),
            "admission_method": spell.admission_method,
            "admission_source": spell.admission_source,
            "patient_class": spell.patient_class,
            "admin_category": spell.admin_category,
            "intended_management": spell.intended_management,
            "discharged_on": day(spell.discharged),
            "discharge_method": spell.discharge_method,
            "discharge_destination": spell.discharge_destination,
        },
        "started_on": day(episode.started),
        "ended_on": day(episode.ended),
        "consultant_code": episode.consultant_code,
        "main_specialty_code": episode.service.main,
        "treatment_function_code": episode.service.function,
        "site_code": episode.site_code,
        "ward_code": episode.ward_code,
        "neonatal_level_code": episode.neonatal_level_code,
        "operation_status_code": episode.operation_status_code,
        "coding": None
        if coded is None
        else {
            "source": "pas" if coded.route == "pas" else "encoder",
            "coded_at": coded.at,
            "coder_ref": coded.coder.upper(),
            "diagnoses": coded.diagnoses,
            "procedures": [
                {"code": c, "on": day(o)} for c, o in zip(coded.procedures, coded.procedure_days, strict=True)
            ],
        },
        "documents": [
            {
                "document_ref": d.document_ref,
                "kind": d.kind,
                "title": d.title,
                "dated_on": d.dated_on,
                "expected_on": d.expected_on,
                "arrived_at": d.arrived_at,
                "url": None,
                "text": d.text,
            }
            for d in (documents(episode, today) if with_documents else ())
        ],
    }


def ndjson_lines(episodes: Iterable[Episode], provider: str, today: int) -> bytes:
    """Lines of the NDJSON file."""
    return b"".join(
        orjson.dumps(item(e, provider, today), option=orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE) for e in episodes
    )
