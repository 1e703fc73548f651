"""The fold, of codings: which of the sender's messages was the first to bring the codes that it repeats since."""

from __future__ import annotations

from typing import Final

_EARLIEST: Final = """
on conflict (provider, spell_number, episode_number, codes_digest, coded_at) do update
set source_at = excluded.source_at, source_message_id = excluded.source_message_id, digest = excluded.digest,
    basis = excluded.basis
where (excluded.source_at, excluded.source_message_id, excluded.digest)
    < (s.source_at, s.source_message_id, s.digest)
"""
_SEEN_COLUMNS: Final = """
insert into codes_seen as s (provider, spell_number, episode_number, codes_digest, coded_at, source_at,
    source_message_id, digest, basis)
"""

# Saying the same codes again is not coding again: of each coding the earliest message counts, whenever it comes. The
# only message of a new episode is kept by its episode until there is something to tell it from.
SEEN: Final = f"""
with first as ({_SEEN_COLUMNS}
    select provider, spell_number, episode_number, codes_digest, coded_at, source_at, message_id, digest, basis from (
        select i.provider, i.spell_number, i.episode_number, i.codes_digest,
            coalesce(i.coded_at, '-infinity') as coded_at, i.source_at, i.message_id, i.digest, i.basis,
            row_number() over (partition by i.spell_number, i.episode_number, i.codes_digest, i.coded_at
                order by i.source_at, i.message_id, i.digest) as nth,
            count(*) over (partition by i.spell_number, i.episode_number) as n
        from hit h join incoming i using (idx) where h.has_codes and not h.exact) m
    where nth = 1 and (n > 1 or exists (select from hit h where h.spell_number = m.spell_number
        and h.episode_number = m.episode_number and h.known_id is not null))
    order by spell_number, episode_number
    {_EARLIEST}
    returning spell_number, episode_number, source_at, source_message_id, digest)
update hit h set first_seen = true from incoming i join first f on f.spell_number = i.spell_number
    and f.episode_number = i.episode_number and f.source_at = i.source_at and f.source_message_id = i.message_id
    and f.digest = i.digest
where h.idx = i.idx
"""

_KEPT: Final = """
select k.provider, k.spell_number, k.episode_number, k.codes_digest, coalesce(e.coded_at, '-infinity'),
    k.codes_source_at, k.codes_message_id, k.codes_key_digest, coalesce(e.coded_basis, e.basis)
"""
# What the episodes of a batch have kept so far of a coding of the sender's: those that more of its codes have come for.
KEPT_BY_EPISODES: Final = f"""{_SEEN_COLUMNS} {_KEPT}
from (select distinct spell_number, episode_number, known_id, ended_on_was from hit
    where has_codes and not exact and ended_on_was is not null) h
cross join lateral (select provider from incoming limit 1) me
cross join lateral (select * from episode_key k where k.provider = me.provider and k.spell_number = h.spell_number
    and k.episode_number = h.episode_number limit 1) k
cross join lateral (select * from episode e where e.provider = me.provider and e.ended_on = h.ended_on_was
    and e.episode_id = h.known_id and {{days}} limit 1) e
where k.codes_digest is not null and e.coding_source <> 'codewell'
order by k.spell_number, k.episode_number
{_EARLIEST}"""
# The same of one episode, whose key the caller has locked: a person is about to code over it.
KEPT_BY_EPISODE: Final = f"""{_SEEN_COLUMNS} {_KEPT}
from episode_key k join episode e on e.provider = k.provider and e.ended_on = k.ended_on
    and e.episode_id = k.episode_id
where k.provider = :provider and k.episode_id = :episode_id
    and k.codes_digest is not null and e.coding_source <> 'codewell'
{_EARLIEST}"""
