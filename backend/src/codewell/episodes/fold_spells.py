"""The fold, of patients and spells: what a batch of messages makes of them, and whose other episodes may feel it."""

from __future__ import annotations

from typing import Final

_KEY = "(i.source_at, i.message_id, i.digest)"

PAT: Final = f"""
insert into pat (idx, provider, local_patient_id, patient_id, is_new, newer, differs, facts_differ, sex, birth_on,
    nhs_number, nhs_number_status, source_at, message_id, digest, content_digest)
select i.idx, i.provider, i.local_patient_id, coalesce(p.patient_id, i.new_patient_id) as patient_id,
    p.patient_id is null as is_new,
    coalesce({_KEY} > (p.source_at, p.source_message_id, p.digest), false) as newer,
    p.content_digest is distinct from i.patient_digest as differs,
    coalesce({_KEY} > (p.source_at, p.source_message_id, p.digest), false)
        and (p.sex is distinct from i.sex or p.birth_on is distinct from i.birth_on) as facts_differ,
    case when coalesce({_KEY} > (p.source_at, p.source_message_id, p.digest), true) then i.sex else p.sex end as sex,
    case when coalesce({_KEY} > (p.source_at, p.source_message_id, p.digest), true)
        then i.birth_on else p.birth_on end as birth_on,
    i.nhs_number, i.nhs_number_status, i.source_at, i.message_id, i.digest, i.patient_digest
from incoming i left join lateral (
    select * from patient p where p.provider = i.provider and p.local_patient_id = i.local_patient_id limit 1) p on true
where i.top_patient
"""

PATIENT_INSERT: Final = """
insert into patient (provider, patient_id, local_patient_id, nhs_number, nhs_number_status, birth_on, sex, source_at,
    source_message_id, digest, content_digest)
select provider, patient_id, local_patient_id, nhs_number, nhs_number_status, birth_on, sex, source_at, message_id,
    digest, content_digest
from pat where is_new order by idx
"""

PATIENT_UPDATE: Final = """
update patient p set nhs_number = pat.nhs_number, nhs_number_status = pat.nhs_number_status,
    birth_on = pat.birth_on, sex = pat.sex, source_at = pat.source_at, source_message_id = pat.message_id,
    digest = pat.digest, content_digest = pat.content_digest
from pat where pat.newer and p.provider = pat.provider and p.patient_id = pat.patient_id
"""

# Spells mostly come in the order of their numbers: where none is known between the first and the last of the batch,
# none is looked up one by one.
_SPELLS_KNOWN: Final = """(select exists (
    select from (select min(provider) as provider, min(spell_number) as first, max(spell_number) as last
        from incoming) b
    cross join lateral (select from spell s where s.provider = b.provider
        and s.spell_number between b.first and b.last limit 1) s))"""

SP: Final = f"""
insert into sp (idx, provider, spell_number, is_new, newer, wins, differs, patient_id, content_digest, admitted_on,
    admission_method, patient_class, discharged_on, discharge_method, sex, birth_on, admission_source, admin_category,
    intended_management, discharge_destination, source_at, message_id, digest)
select w.idx, w.provider, w.spell_number, w.is_new, w.newer, w.wins, w.differs, r.patient_id,
    case when w.wins then w.spell_digest else w.digest_was end as content_digest,
    case when w.wins then w.admitted_on else w.admitted_on_was end as admitted_on,
    case when w.wins then w.admission_method else w.admission_method_was end as admission_method,
    case when w.wins then w.patient_class else w.patient_class_was end as patient_class,
    case when w.wins then w.discharged_on else w.discharged_on_was end as discharged_on,
    case when w.wins then w.discharge_method else w.discharge_method_was end as discharge_method,
    case when r.patient_id = w.named then w.sex
        else (select sex from patient p where p.provider = w.provider and p.patient_id = r.patient_id) end as sex,
    case when r.patient_id = w.named then w.birth_on
        else (select birth_on from patient p where p.provider = w.provider and p.patient_id = r.patient_id)
        end as birth_on,
    w.admission_source, w.admin_category, w.intended_management, w.discharge_destination, w.source_at, w.message_id,
    w.digest
from (
    select i.idx, i.provider, i.spell_number, i.admission_source, i.admin_category, i.intended_management,
        i.discharge_destination, i.source_at, i.message_id, i.digest,
        i.spell_digest, i.admitted_on, i.admission_method, i.patient_class,
        i.discharged_on, i.discharge_method, s.spell_number is null as is_new,
        coalesce({_KEY} > (s.source_at, s.source_message_id, s.digest), false) as newer,
        coalesce({_KEY} > (s.source_at, s.source_message_id, s.digest), true) as wins,
        s.content_digest is distinct from i.spell_digest or s.patient_id is distinct from pat.patient_id as differs,
        s.patient_id as patient_was, s.content_digest as digest_was, s.admitted_on as admitted_on_was,
        s.admission_method as admission_method_was, s.patient_class as patient_class_was,
        s.discharged_on as discharged_on_was, s.discharge_method as discharge_method_was,
        pat.patient_id as named, pat.sex, pat.birth_on
    from incoming i join pat on pat.local_patient_id = i.local_patient_id
    left join lateral (
        select * from spell s where s.provider = i.provider and s.spell_number = i.spell_number
            and {_SPELLS_KNOWN} limit 1) s on true
    where i.top_spell) w
cross join lateral (select case when w.wins then w.named else w.patient_was end as patient_id) r
"""

SPELL_INSERT: Final = """
insert into spell (provider, spell_number, patient_id, admitted_on, admission_method, admission_source, patient_class,
    admin_category, intended_management, discharged_on, discharge_method, discharge_destination, source_at,
    source_message_id, digest, content_digest)
select provider, spell_number, patient_id, admitted_on, admission_method, admission_source, patient_class,
    admin_category, intended_management, discharged_on, discharge_method, discharge_destination, source_at, message_id,
    digest, content_digest
from sp where is_new order by idx
"""

SPELL_UPDATE: Final = """
update spell s set patient_id = sp.patient_id, admitted_on = sp.admitted_on,
    admission_method = sp.admission_method, admission_source = sp.admission_source, patient_class = sp.patient_class,
    admin_category = sp.admin_category, intended_management = sp.intended_management,
    discharged_on = sp.discharged_on, discharge_method = sp.discharge_method,
    discharge_destination = sp.discharge_destination, source_at = sp.source_at, source_message_id = sp.message_id,
    digest = sp.digest, content_digest = sp.content_digest
from sp
where sp.newer and s.provider = sp.provider and s.spell_number = sp.spell_number
"""

# The planner has no statistics of a batch, nor of tables that are filling.
WITHOUT: Final = """
set local enable_mergejoin = off; set local enable_hashjoin = {hashjoin};
{statement};
set local enable_mergejoin to default; set local enable_hashjoin to default
"""
# Rows to write to are looked up by their key: it would read all of their table for every batch.
PATIENT_UPDATE_BY_KEY: Final = WITHOUT.format(hashjoin="off", statement=PATIENT_UPDATE)
SPELL_UPDATE_BY_KEY: Final = WITHOUT.format(hashjoin="off", statement=SPELL_UPDATE)
# It would sort the batch by patient; hashed, the rows stay in the order of the file, and so go into the indexes.
SP_IN_ORDER: Final = WITHOUT.format(hashjoin="on", statement=SP)

# In one go, as every answer is waited for while no other batch of the provider can be folded. Patients come first:
# a spell may be told apart by what its patient is now.
PATIENTS_AND_SPELLS: Final = ";".join(
    (PAT, PATIENT_INSERT, PATIENT_UPDATE_BY_KEY, SP_IN_ORDER, SPELL_INSERT, SPELL_UPDATE_BY_KEY)
)

# Episodes of a changed spell or patient that the batch itself does not name.
SIBLINGS: Final = """
with moved as (
    select provider, spell_number from sp where newer and differs
    union
    select s.provider, s.spell_number from pat
    join spell s on s.provider = pat.provider and s.patient_id = pat.patient_id
    where pat.newer and pat.facts_differ),
locked as (
    select k.spell_number, k.episode_number, k.episode_id, k.ended_on
    from moved m join episode_key k using (provider, spell_number)
    where k.ended_on is not null order by k.provider, k.spell_number, k.episode_number for update of k)
insert into keyed
select spell_number, episode_number, episode_id, ended_on, null, null, null from locked l
where not exists (select from keyed n where n.spell_number = l.spell_number and n.episode_number = l.episode_number)
"""

MOVED_SPELLS: Final = """
select exists (select from sp where newer and differs)
    or exists (select from pat where newer and facts_differ)
"""
