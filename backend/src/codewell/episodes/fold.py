"""The fold: what a batch of messages makes of patients, spells, episodes and documents, in SQL over whole batches.

Every register keeps its greatest order key (source_at, message_id, digest), and of each coding the sender's least, so
any order, repetition and batching of the same messages ends in the same state. Permanent tables are looked up through
LATERAL … LIMIT 1: one index probe a row, whatever the planner thinks of a table that was empty a minute ago.
"""

from __future__ import annotations

from typing import Final

import asyncpg

from codewell.episodes.fold_codings import KEPT_BY_EPISODES, SEEN
from codewell.episodes.fold_documents import (
    DOCUMENT_FOLDED,
    DOCUMENT_HIT,
    DOCUMENT_INSERT,
    DOCUMENT_NEWS,
    DOCUMENT_UPDATE,
)
from codewell.episodes.fold_spells import MOVED_SPELLS, PAT, PATIENTS_AND_SPELLS, SIBLINGS, SP_IN_ORDER, WITHOUT
from codewell.kit import clock

MANY_DAYS: Final = 2_000

TOUCHED_COLUMNS: Final = """
insert into touched (provider, episode_id, spell_number, episode_number, is_new, deleted, upsert_idx, codes_idx,
    carried_idx, coding_version, coding_state, coding_source, meta_differs, overrode_version, basis, coded_basis,
    codes_made_at, started_on, ended_on, ended_on_was, discharged_on, patient_class, sex, birth_on, main_specialty_code,
    treatment_function_code)
"""
KEY_COLUMNS: Final = """
insert into episode_key (provider, spell_number, episode_number, episode_id, ended_on, source_at, source_message_id,
    digest, attrs_digest, deleted, codes_source_at, codes_message_id, codes_key_digest, codes_digest)
"""
EPISODE_COLUMNS: Final = """
insert into episode (provider, ended_on, episode_id, spell_number, episode_number, last_episode, started_on,
    consultant_code, main_specialty_code, treatment_function_code, site_code, ward_code, neonatal_level_code,
    operation_status_code, diagnoses, procedures, procedure_dates, coding_state, coding_version, coded_at, coder_id,
    coder_ref, coding_source, discharged_on, basis, coded_basis, deleted)
"""

_KEY = "(i.source_at, i.message_id, i.digest)"

# The usual batch of a first load: every message is the only one for its episode, and a new one. Nothing is written to
# find that out, and the first message that is none ends the asking. Spells mostly come in the order of their numbers:
# where none is known between the first and the last of the batch, none is looked up one by one.
ALL_NEW: Final = """
select exists (select from incoming) and not exists (select from incoming where not (top_attrs and top_upsert))
    and (not exists (
        select from (
            select min(provider) as provider, min(spell_number) as first, max(spell_number) as last from incoming) b
        cross join lateral (select from episode_key k where k.provider = b.provider
            and k.spell_number between b.first and b.last limit 1) k)
    or not exists (select from incoming i cross join lateral (
        select from episode_key k where k.provider = i.provider and k.spell_number = i.spell_number
            and k.episode_number = i.episode_number limit 1) k))
"""

# What each message meets, without writing or locking anything.
HIT: Final = f"""
insert into hit (idx, spell_number, episode_number, known_id, ended_on_was, top_attrs, top_codes, top_upsert, has_codes,
    attrs_digest_was, codes_digest_was, exact, attrs_newer, codes_newer)
select i.idx, i.spell_number, i.episode_number, k.episode_id as known_id, k.ended_on as ended_on_was,
    i.top_attrs, i.top_codes, i.top_upsert, i.has_codes, k.attrs_digest as attrs_digest_was,
    k.codes_digest as codes_digest_was,
    coalesce({_KEY} = (k.source_at, k.source_message_id, k.digest), false)
        or coalesce({_KEY} = (k.codes_source_at, k.codes_message_id, k.codes_key_digest), false) as exact,
    coalesce({_KEY} > (k.source_at, k.source_message_id, k.digest), true) as attrs_newer,
    i.has_codes and coalesce({_KEY} > (k.codes_source_at, k.codes_message_id, k.codes_key_digest), true) as codes_newer
from incoming i left join lateral (
    select * from episode_key k where k.provider = i.provider and k.spell_number = i.spell_number
        and k.episode_number = i.episode_number limit 1) k on true
"""

# A coder may be submitting one of these just now: wait for them, then look again at what they left.
LOCK_KNOWN: Final = """
select count(*) from (
    select from episode_key k join (
        select distinct i.provider, h.spell_number, h.episode_number from hit h join incoming i using (idx)
        where not h.exact and h.known_id is not null) c using (provider, spell_number, episode_number)
    order by k.provider, k.spell_number, k.episode_number for update of k) locked
"""

KEYED: Final = """
insert into keyed (spell_number, episode_number, known_id, ended_on_was, a_idx, c_idx, u_idx)
select spell_number, episode_number, known_id, ended_on_was,
    max(idx) filter (where top_attrs and attrs_newer) as a_idx,
    max(idx) filter (where top_codes and codes_newer) as c_idx,
    max(idx) filter (where top_upsert) as u_idx
from hit where not exact group by spell_number, episode_number, known_id, ended_on_was
having ended_on_was is null or bool_or(top_attrs and attrs_newer or has_codes)
"""

TOUCH_NEW: Final = f"""
{TOUCHED_COLUMNS}
select u.provider, coalesce(k.known_id, u.new_episode_id), k.spell_number, k.episode_number, true,
    coalesce(a.action = 'delete', true), k.u_idx, k.c_idx, k.c_idx, (k.c_idx is not null)::int,
    case when k.c_idx is null then 'uncoded' when o.coded_on = b.basis then 'coded' else 'changed_after_coding' end,
    c.codes_source, false, null, b.basis, nullif(o.coded_on, b.basis),
    coalesce(c.coded_at, f.source_at, c.source_at), u.started_on, u.ended_on, null,
    sp.discharged_on, sp.patient_class, sp.sex, sp.birth_on, u.main_specialty_code, u.treatment_function_code
from keyed k
join incoming u on u.idx = k.u_idx
left join incoming a on a.idx = k.a_idx
left join incoming c on c.idx = k.c_idx
left join lateral (select basis, source_at from codes_seen f where f.provider = u.provider
    and f.spell_number = k.spell_number and f.episode_number = k.episode_number and f.codes_digest = c.codes_digest
    and f.coded_at = coalesce(c.coded_at, '-infinity') limit 1) f on true
cross join lateral (select coalesce(f.basis, c.basis) as coded_on) o
join sp on sp.spell_number = k.spell_number
cross join lateral (select case
    when sp.content_digest = u.spell_digest and sp.sex is not distinct from u.sex then u.basis
    else array[u.started_on::text, u.ended_on::text, sp.sex, sp.admitted_on::text, sp.admission_method,
        sp.discharged_on::text, sp.discharge_method, sp.patient_class, u.consultant_code, u.main_specialty_code,
        u.treatment_function_code] end as basis) b
where k.ended_on_was is null
"""

# The same rows for a batch of which ALL_NEW holds, without self-joins; and its episodes and their keys, all of them
# from one look at the batch.
NEW_PLAIN: Final = f"""
with made as materialized (
    select u.idx, u.provider, u.spell_number, u.episode_number, u.new_episode_id, u.source_at, u.message_id, u.digest,
        u.attrs_digest, u.has_codes, u.codes_digest, u.codes_source, u.coder_ref, u.coded_at, u.diagnoses, u.procedures,
        u.procedure_dates, u.started_on, u.ended_on, u.last_episode, u.consultant_code, u.main_specialty_code,
        u.treatment_function_code, u.site_code, u.ward_code, u.neonatal_level_code, u.operation_status_code,
        sp.discharged_on, sp.patient_class, sp.sex, sp.birth_on, b.basis,
        case when not u.has_codes then 'uncoded' when u.basis = b.basis then 'coded' else 'changed_after_coding'
            end as state,
        case when u.has_codes then nullif(u.basis, b.basis) end as coded_basis
    from incoming u
    join sp on sp.spell_number = u.spell_number
    cross join lateral (select case
        when sp.content_digest = u.spell_digest and sp.sex is not distinct from u.sex then u.basis
        else array[u.started_on::text, u.ended_on::text, sp.sex, sp.admitted_on::text, sp.admission_method,
            sp.discharged_on::text, sp.discharge_method, sp.patient_class, u.consultant_code, u.main_specialty_code,
            u.treatment_function_code] end as basis) b),
keys as ({KEY_COLUMNS}
    select provider, spell_number, episode_number, new_episode_id, ended_on, source_at, message_id, digest,
        attrs_digest, false, case when has_codes then source_at end, case when has_codes then message_id end,
        case when has_codes then digest end, codes_digest
    from made),
episodes as ({EPISODE_COLUMNS}
    select provider, ended_on, new_episode_id, spell_number, episode_number, last_episode, started_on, consultant_code,
        main_specialty_code, treatment_function_code, site_code, ward_code, neonatal_level_code,
        operation_status_code, coalesce(diagnoses, '{{}}'), coalesce(procedures, '{{}}'),
        coalesce(procedure_dates, '{{}}'), state, has_codes::int, coded_at, null, coder_ref, codes_source,
        discharged_on, basis, coded_basis, false
    from made order by ended_on)
{TOUCHED_COLUMNS}
select provider, new_episode_id, spell_number, episode_number, true, false, idx, case when has_codes then idx end,
    case when has_codes then idx end, has_codes::int, state, codes_source, false, null, basis, coded_basis,
    case when has_codes then coalesce(coded_at, source_at) end, started_on, ended_on, null, discharged_on,
    patient_class, sex, birth_on, main_specialty_code, treatment_function_code
from made
"""

# {days} names the batch's own days of episode end as literals: the planner opens only their partitions, and without any
# statistics on a new table still guesses how many rows such a list brings (a range it would take for a handful).
TOUCH_KNOWN: Final = (
    TOUCHED_COLUMNS
    + """
select t.provider, t.episode_id, t.spell_number, t.episode_number, false, t.deleted_now,
    t.u_idx, case when t.codes_differ then t.c_idx end, t.c_idx,
    t.coding_version + t.codes_differ::int, t.state_now, t.source_now, t.meta_differ,
    case when t.overridden then t.person_version end, t.basis_now,
    case when t.coded_on is distinct from t.basis_now then t.coded_on end, t.codes_made_at,
    t.started_now, t.ended_now, t.ended_on_was,
    t.discharged_on, t.patient_class, t.sex, t.birth_on, t.basis_now[10], t.basis_now[11]
from (
    select e.provider, e.episode_id, k.spell_number, k.episode_number, p.patient_id,
        k.a_idx, case when a.action = 'upsert' then k.a_idx end as u_idx, k.c_idx, e.coding_version, e.coding_state,
        coalesce(a.action = 'delete', ek.deleted) as deleted_now, d.codes_differ, d.overridden, d.source_now,
        ek.person_version, f.basis_now, e.basis as basis_was, o.coded_on,
        case when d.by_person then ek.person_coded_at when c.idx is null then coalesce(e.coded_at, seen.source_at,
            ek.codes_source_at) else coalesce(c.coded_at, seen.source_at, c.source_at) end as codes_made_at,
        f.started_now, f.ended_now,
        e.ended_on as ended_on_was,
        s.discharged_on, s.patient_class, p.sex, p.birth_on,
        case when d.codes_now is null then 'uncoded'
            when d.by_person and ek.person_state = 'for_second_check' then 'second_check'
            when d.by_person and ek.person_state = 'returned' then 'uncoded'
            when d.overridden or o.coded_on is distinct from f.basis_now then 'changed_after_coding'
            else 'coded' end as state_now,
        coalesce(a.attrs_digest <> ek.attrs_digest, false) as attrs_differ,
        c.idx is not null and not d.by_person and (e.coding_source, e.coder_ref, e.coded_at)
            is distinct from (c.codes_source, c.coder_ref, c.coded_at) as meta_differ,
        (e.discharged_on, e.coded_basis)
            is distinct from (s.discharged_on, nullif(o.coded_on, f.basis_now)) as copy_differs
    from keyed k
    cross join lateral (select provider from incoming limit 1) me
    cross join lateral (select * from episode_key ek where ek.provider = me.provider
        and ek.spell_number = k.spell_number and ek.episode_number = k.episode_number limit 1) ek
    cross join lateral (select * from episode e where e.provider = me.provider and e.ended_on = k.ended_on_was
        and e.episode_id = k.known_id and {days} limit 1) e
    left join incoming a on a.idx = k.a_idx
    left join incoming c on c.idx = k.c_idx
    cross join lateral (select * from spell s where s.provider = me.provider
        and s.spell_number = k.spell_number limit 1) s
    cross join lateral (select * from patient p where p.provider = me.provider
        and p.patient_id = s.patient_id limit 1) p
    cross join lateral (select
        case when a.action = 'upsert' then a.started_on else e.started_on end as started_now,
        case when a.action = 'upsert' then a.ended_on else e.ended_on end as ended_now,
        array[
            case when a.action = 'upsert' then a.started_on::text else e.basis[1] end,
            case when a.action = 'upsert' then a.ended_on::text else e.basis[2] end,
            p.sex, s.admitted_on::text, s.admission_method, s.discharged_on::text, s.discharge_method, s.patient_class,
            case when a.action = 'upsert' then a.consultant_code else e.basis[9] end,
            case when a.action = 'upsert' then a.main_specialty_code else e.basis[10] end,
            case when a.action = 'upsert' then a.treatment_function_code else e.basis[11] end] as basis_now) f
    cross join lateral (select
        coalesce(c.codes_digest, ek.codes_digest) as codes_now,
        c.idx is not null and c.codes_digest is distinct from ek.codes_digest as codes_differ,
        ek.person_codes_digest is not null
            and coalesce(c.codes_digest, ek.codes_digest) = ek.person_codes_digest as by_person,
        ek.person_codes_digest is not null
            and coalesce(c.codes_digest, ek.codes_digest) <> ek.person_codes_digest as overridden,
        case when ek.person_codes_digest is not null
            and coalesce(c.codes_digest, ek.codes_digest) = ek.person_codes_digest then 'codewell'
            else coalesce(c.codes_source, e.coding_source) end as source_now) d
    left join lateral (select basis, source_at from codes_seen f where f.provider = me.provider
        and f.spell_number = k.spell_number and f.episode_number = k.episode_number and f.codes_digest = d.codes_now
        and f.coded_at = coalesce(case when c.idx is null then e.coded_at else c.coded_at end, '-infinity')
        limit 1) seen on true
    cross join lateral (select case when d.by_person then ek.person_basis when seen.basis is not null then seen.basis
        when ek.codes_digest is not null then coalesce(e.coded_basis, e.basis) end as coded_on) o
    where k.ended_on_was is not null) t
where t.attrs_differ or t.codes_differ or t.meta_differ or t.copy_differs or t.state_now <> t.coding_state
    or t.basis_now is distinct from t.basis_was or exists (
        select from pat where pat.patient_id = t.patient_id and pat.newer and pat.facts_differ)
"""
)

KEY_INSERT: Final = f"""
{KEY_COLUMNS}
select a.provider, a.spell_number, a.episode_number, coalesce(u.new_episode_id, a.new_episode_id), u.ended_on,
    a.source_at, a.message_id, a.digest, a.attrs_digest, a.action = 'delete', c.source_at, c.message_id, c.digest,
    c.codes_digest
from keyed k join incoming a on a.idx = k.a_idx left join incoming u on u.idx = k.u_idx
left join incoming c on c.idx = k.c_idx
where k.known_id is null order by a.idx
"""

KEY_UPDATE: Final = """
update episode_key ek set
    source_at = coalesce(a.source_at, ek.source_at), source_message_id = coalesce(a.message_id, ek.source_message_id),
    digest = coalesce(a.digest, ek.digest), attrs_digest = coalesce(a.attrs_digest, ek.attrs_digest),
    deleted = coalesce(a.action = 'delete', ek.deleted),
    codes_source_at = coalesce(c.source_at, ek.codes_source_at),
    codes_message_id = coalesce(c.message_id, ek.codes_message_id),
    codes_key_digest = coalesce(c.digest, ek.codes_key_digest),
    codes_digest = coalesce(c.codes_digest, ek.codes_digest),
    ended_on = coalesce(case when a.action = 'upsert' then a.ended_on when k.ended_on_was is null then u.ended_on end,
        ek.ended_on)
from keyed k left join incoming a on a.idx = k.a_idx left join incoming c on c.idx = k.c_idx
    left join incoming u on u.idx = k.u_idx
where k.known_id is not null
    and (k.a_idx is not null or k.c_idx is not null or k.ended_on_was is null and k.u_idx is not null)
    and ek.provider = coalesce(a.provider, c.provider, u.provider) and ek.spell_number = k.spell_number
    and ek.episode_number = k.episode_number
"""

EPISODE_INSERT: Final = (
    EPISODE_COLUMNS
    + """
select t.provider, t.ended_on, t.episode_id, t.spell_number, t.episode_number, u.last_episode, u.started_on,
    u.consultant_code, u.main_specialty_code, u.treatment_function_code, u.site_code, u.ward_code,
    u.neonatal_level_code, u.operation_status_code, coalesce(c.diagnoses, '{}'), coalesce(c.procedures, '{}'),
    coalesce(c.procedure_dates, '{}'), t.coding_state, t.coding_version, c.coded_at, null, c.coder_ref,
    c.codes_source, t.discharged_on, t.basis, t.coded_basis, t.deleted
from touched t join incoming u on u.idx = t.upsert_idx left join incoming c on c.idx = t.codes_idx
where t.is_new order by t.ended_on
"""
)

EPISODE_UPDATE: Final = """
update episode e set
    ended_on = t.ended_on, started_on = t.started_on,
    last_episode = case when u.idx is null then e.last_episode else u.last_episode end,
    consultant_code = case when u.idx is null then e.consultant_code else u.consultant_code end,
    main_specialty_code = case when u.idx is null then e.main_specialty_code else u.main_specialty_code end,
    treatment_function_code = case when u.idx is null then e.treatment_function_code else u.treatment_function_code end,
    site_code = case when u.idx is null then e.site_code else u.site_code end,
    ward_code = case when u.idx is null then e.ward_code else u.ward_code end,
    neonatal_level_code = case when u.idx is null then e.neonatal_level_code else u.neonatal_level_code end,
    operation_status_code = case when u.idx is null then e.operation_status_code else u.operation_status_code end,
    diagnoses = coalesce(c.diagnoses, e.diagnoses), procedures = coalesce(c.procedures, e.procedures),
    procedure_dates = coalesce(c.procedure_dates, e.procedure_dates),
    coding_state = t.coding_state, coding_version = t.coding_version, coding_source = t.coding_source,
    coded_at = case when t.coding_source = 'codewell' then ek.person_coded_at when c.idx is not null then c.coded_at
        else e.coded_at end,
    coder_id = case when t.coding_source = 'codewell' then ek.person_id when c.idx is not null then null
        else e.coder_id end,
    coder_ref = case when t.coding_source = 'codewell' and c.idx is not null then null when c.idx is not null
        then c.coder_ref else e.coder_ref end,
    discharged_on = t.discharged_on, basis = t.basis, coded_basis = t.coded_basis, deleted = t.deleted
from touched t
cross join lateral (select * from episode_key ek where ek.provider = t.provider and ek.spell_number = t.spell_number
    and ek.episode_number = t.episode_number limit 1) ek
left join incoming u on u.idx = t.upsert_idx
left join incoming c on c.idx = t.carried_idx
where not t.is_new and e.provider = t.provider and e.ended_on = t.ended_on_was and e.episode_id = t.episode_id
    and {days}
"""

FOLDED: Final = """
insert into folded (idx, outcome, episode_id)
select h.idx,
    case
        when h.exact then 'unchanged'
        -- A withdrawal of what was never here is new as well: its tombstone is.
        when h.idx = k.a_idx and k.ended_on_was is null and (i.action = 'upsert' or h.known_id is null) then 'created'
        when h.idx = k.a_idx and i.attrs_digest is distinct from h.attrs_digest_was then 'updated'
        when h.idx = k.c_idx and (i.codes_digest is distinct from h.codes_digest_was or t.meta_differs) then 'updated'
        when sp.newer and sp.differs or pat.newer and pat.differs then 'updated'
        when h.idx in (k.a_idx, k.c_idx) then 'unchanged'
        when (a.source_at, a.message_id, a.digest) = (i.source_at, i.message_id, i.digest) then 'unchanged'
        when (c.source_at, c.message_id, c.digest) = (i.source_at, i.message_id, i.digest) then 'unchanged'
        -- Too old to win anything, but the first word of the coding that stands: the codes now rest on its facts.
        when h.first_seen and i.codes_digest = coalesce(c.codes_digest, h.codes_digest_was)
            and coalesce(t.coded_basis, t.basis) = i.basis then 'updated'
        else 'stale_ignored'
    end,
    coalesce(h.known_id, ek.episode_id)
from hit h join incoming i using (idx)
left join keyed k on k.spell_number = h.spell_number and k.episode_number = h.episode_number
left join touched t on t.spell_number = h.spell_number and t.episode_number = h.episode_number
left join incoming a on a.idx = k.a_idx
left join incoming c on c.idx = k.c_idx
left join sp on sp.idx = h.idx
left join pat on pat.idx = h.idx
left join lateral (select episode_id from episode_key ek where h.known_id is null and ek.provider = i.provider
    and ek.spell_number = h.spell_number and ek.episode_number = h.episode_number limit 1) ek on true
"""

FOLDED_EXACT: Final = "insert into folded (idx, outcome, episode_id) select idx, 'unchanged', known_id from hit"
FOLDED_PLAIN: Final = (
    "insert into folded (idx, outcome, episode_id) select idx, 'created', new_episode_id from incoming"
)

NEW_IN_ONE_GO: Final = ";".join((PATIENTS_AND_SPELLS, WITHOUT.format(hashjoin="on", statement=NEW_PLAIN), FOLDED_PLAIN))


async def fold(connection: asyncpg.Connection, *, write: bool = True) -> None:
    """Fold what is staged; with ``write=False`` only say, in ``folded``, what would become of each message."""
    run = connection.execute
    if write and await connection.fetchval(ALL_NEW):
        await run(NEW_IN_ONE_GO)
        if await connection.fetchval(MOVED_SPELLS):
            await run(SIBLINGS)
            # The batch's own episodes came in by the short road, with their spell as it is now.
            await run(
                "delete from keyed using incoming i where (keyed.spell_number, keyed.episode_number)"
                " = (i.spell_number, i.episode_number)"
            )
            await _update_known(connection, with_keys=False)
    else:
        await _fold_known(connection, write=write)
    if await connection.fetchval("select exists (select from incoming_document)"):
        await run(DOCUMENT_HIT)
        if write:
            now = clock.now()
            await run(DOCUMENT_INSERT, now)
            await run(DOCUMENT_UPDATE, now)
        await run(DOCUMENT_FOLDED)
        if write:
            await run(DOCUMENT_NEWS)


async def _fold_known(connection: asyncpg.Connection, *, write: bool) -> None:
    """Fold messages some of which are of episodes that are here, or more than one of the same episode."""
    run = connection.execute
    await run(HIT)
    facts = await connection.fetchrow("""select count(*) as n, count(*) filter (where exact) as exact,
        count(*) filter (where known_id is not null and not exact) as known from hit""")
    if facts["n"] == facts["exact"]:
        await run(FOLDED_EXACT)
    else:
        if facts["known"] and write:
            await connection.fetchval(LOCK_KNOWN)
            await run(f"delete from hit; {HIT}")
        await run(KEYED)
        if write:
            await run(SEEN)
        siblings = await _patients_and_spells(connection, write=write)
        if write:
            if siblings:
                await run(SIBLINGS)
            await run(f"{TOUCH_NEW}; {KEY_INSERT}; {EPISODE_INSERT}")
            await _update_known(connection, with_keys=True)
        await run(FOLDED)


async def _patients_and_spells(connection: asyncpg.Connection, *, write: bool) -> bool:
    """Bring patients and spells up to date; say whether episodes that the batch does not name may feel it."""
    await connection.execute(PATIENTS_AND_SPELLS if write else f"{PAT}; {SP_IN_ORDER}")
    return bool(await connection.fetchval(MOVED_SPELLS))


async def _update_known(connection: asyncpg.Connection, *, with_keys: bool) -> None:
    ends = [row["day"] for row in await connection.fetch("select distinct ended_on_was as day from keyed")]
    listed = sorted(str(day) for day in ends if day is not None)
    if listed:
        # Temporary tables have no statistics of this batch; without, the planner walks one for every row of another.
        await connection.execute("analyze keyed (spell_number, episode_number, known_id)")
        days = f"e.ended_on = any('{{{','.join(listed)}}}'::date[])"
        if len(listed) > MANY_DAYS:
            days = f"e.ended_on between '{listed[0]}' and '{listed[-1]}'"
        if with_keys:
            await connection.execute(KEPT_BY_EPISODES.format(days=days))
        await connection.execute(TOUCH_KNOWN.format(days=days))
        # Codes are compared with what the key held, so it moves on only after that.
        if with_keys:
            await connection.execute(KEY_UPDATE)
        await connection.execute("analyze touched (episode_id, upsert_idx, carried_idx)")
        await connection.execute(EPISODE_UPDATE.format(days=days))
    elif with_keys:
        await connection.execute(KEY_UPDATE)
