"""A year's episodes of a big Trust, 260,000, and samples of 200 drawn from them by every method."""

from __future__ import annotations

import datetime as dt
import time

import asyncpg

from bench import PROVIDER, everybody, percentiles, say, scratch
from codewell.audits.reads import draws as reads
from codewell.audits.rules import AuditKind, QualificationKind
from codewell.audits.schemas.auditors import QualificationNew
from codewell.audits.schemas.setup import AuditAbandon, AuditNew
from codewell.audits.service import auditors, draws, setup
from codewell.identity import service as identity
from codewell.kit import clock

EPISODES, ROUNDS = 260_000, 5

# Rows as the fold and the coders leave them, made in the database.
_YEAR = """
create temp table made as
select gen_random_uuid() as id, n, 'SP' || lpad(n::text, 7, '0') as spell, (current_date - 1 - (n % 364)::int) as ended,
    md5('coder' || n % 40)::uuid as coder
from generate_series(1, {rows}) n;
create temp table sets (k int, codes text[]);
insert into sets values (0, array['I214','I10','E119','J449','Z921']), (1, array['R074','I10']),
    (2, array['J189','I509','N189','E119','I10','Z921','J449','F329','K219','M199','H919']), (3, array['K359']),
    (4, array['S7200','W190','I10','Z921','F059']);
insert into spell (provider, spell_number, patient_id, admitted_on, discharged_on, patient_class, source_at,
    source_message_id, digest, content_digest)
select '{provider}', spell, md5((n % 120000)::text)::uuid, ended - (n % 9)::int, ended, (1 + n % 2)::text, now(), 'm',
    id, id from made;
insert into episode_key (provider, spell_number, episode_number, episode_id, ended_on, source_at, source_message_id,
    digest, attrs_digest, deleted)
select '{provider}', spell, 1, id, ended, now(), 'm', id, id, false from made;
insert into episode (provider, ended_on, episode_id, spell_number, episode_number, started_on, main_specialty_code,
    diagnoses, procedures, procedure_dates, coding_state, coding_version, coder_id, coding_source, basis, deleted)
select '{provider}', ended, id, spell, 1, ended - (n % 9)::int, (array['100','110','300','320','430'])[1 + n % 5],
    codes, array['K631'], array[ended], 'coded', 1, coder, 'codewell', array[ended::text], false
from made join sets on k = n % 5 order by ended;
insert into coding (provider, episode_id, version, state, source, diagnoses, procedures, procedure_dates, person_id,
    person_name, basis, findings, at, recorded_at)
select '{provider}', id, 1, 'final', 'codewell', codes, array['K631'], array[ended], coder, 'Coder ' || n % 40,
    array[ended::text], '[]', now(), now()
from made join sets on k = n % 5;
"""

_METHODS = {
    "simple random": {"method": "simple", "size": 200},
    "in proportion by specialty": {"method": "proportional", "by": "specialty", "size": 200, "at_least": 5},
    "five of each coder": {"method": "per_coder", "of_each": 5},
    "risk-weighted": {"method": "risk_weighted", "size": 200, "tilt": 3},
}


async def main() -> None:
    """Fill; then preview, draw and replay by each method, each draw from the whole year."""
    async with scratch() as (database, settings):
        connection = await asyncpg.connect(settings.database_url.get_secret_value())
        await connection.execute(
            """insert into patient (provider, patient_id, local_patient_id, birth_on, sex, source_at, source_message_id,
               digest, content_digest) select $1, md5(n::text)::uuid, 'P' || n, date '1950-01-01' + n % 20000, '1',
               now(), 'm', md5(n::text)::uuid, md5(n::text)::uuid from generate_series(0, 119999) n""",
            PROVIDER,
        )
        await connection.execute(_YEAR.format(rows=EPISODES, provider=PROVIDER))
        await connection.execute("vacuum analyze")
        await connection.close()
        actor, today = everybody(), clock.today()
        async with database.transaction() as session:
            people = [
                await identity.add_person(
                    session, actor, username=f"auditor{n}", name=f"Auditor {n}", roles=["auditor"]
                )
                for n in range(2)
            ]
            for person in people:
                held = QualificationNew(kind=QualificationKind.approved_auditor, awarded_on=today)
                await auditors.qualify(session, actor, person.person_id, held)
        for name, sampling in _METHODS.items():
            previewed: list[float] = []
            drawn: list[float] = []
            replayed: list[float] = []
            same = True
            for _ in range(ROUNDS):
                async with database.transaction() as session:
                    body = AuditNew.model_validate(
                        {
                            "kind": AuditKind.dspt, "title": "Bench", "period_from": today - dt.timedelta(365),
                            "period_to": today, "sampling": sampling, "lead_id": people[0].person_id,
                            "auditor_ids": [people[1].person_id], "second_share": 0.1,
                        }
                    )  # fmt: skip
                    audit = await setup.create_audit(session, actor, body)
                started = time.perf_counter()
                async with database.transaction() as session:
                    await reads.preview_draw(session, actor, audit.audit_id)
                previewed.append(time.perf_counter() - started)
                started = time.perf_counter()
                async with database.transaction() as session:
                    await draws.draw_audit(session, actor, audit.audit_id, version=1)
                drawn.append(time.perf_counter() - started)
                started = time.perf_counter()
                async with database.transaction() as session:
                    same &= (await reads.replay_draw(session, actor, audit.audit_id))["same"]
                replayed.append(time.perf_counter() - started)
                async with database.transaction() as session:
                    await setup.abandon(session, actor, audit.audit_id, AuditAbandon(reason="bench"), version=2)
            say(f"200 of {EPISODES:,}, {name}: preview", percentiles(previewed))
            say(f"200 of {EPISODES:,}, {name}: draw", percentiles(drawn))
            say("  replay" + ("" if same else ", NOT the same"), percentiles(replayed))
