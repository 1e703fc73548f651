"""The fold, of documents: what a batch makes of those it names, and which of them is news."""

from __future__ import annotations

from typing import Final

DOCUMENT_HIT: Final = """
insert into document_hit
select i.*, d.document_ref is null,
    coalesce((i.source_at, i.message_id, i.digest) > (d.source_at, d.source_message_id, d.digest), false),
    d.digest is distinct from i.digest, d.arrived_at is not null, d.digest
from incoming_document i left join lateral (
    select * from document d where d.provider = i.provider and d.spell_number = i.spell_number
        and d.episode_number = i.episode_number and d.document_ref = i.document_ref limit 1) d on true
"""

# What comes with its new episode was there before anybody coded it here: only of others is it kept when they came.
DOCUMENT_INSERT: Final = """
insert into document (provider, spell_number, episode_number, document_ref, kind, title, dated_on, expected_on,
    arrived_at, received_at, url, body, source_at, source_message_id, digest)
select h.provider, h.spell_number, h.episode_number, h.document_ref, h.kind, h.title, h.dated_on, h.expected_on,
    h.arrived_at, case when h.arrived_at is not null and t.spell_number is null then $1::timestamptz end, h.url, h.body,
    h.source_at, h.message_id, h.digest
from document_hit h left join (select spell_number, episode_number from touched where is_new) t
    on t.spell_number = h.spell_number and t.episode_number = h.episode_number
where h.is_new and h.top order by h.idx
"""

DOCUMENT_UPDATE: Final = """
update document d set kind = h.kind, title = h.title, dated_on = h.dated_on, expected_on = h.expected_on,
    arrived_at = h.arrived_at,
    received_at = case when h.arrived_at is null then null when d.arrived_at is null then $1::timestamptz
        else d.received_at end,
    url = h.url, body = h.body, source_at = h.source_at, source_message_id = h.message_id,
    digest = h.digest
from document_hit h where h.newer and h.top and d.provider = h.provider and d.spell_number = h.spell_number
    and d.episode_number = h.episode_number and d.document_ref = h.document_ref
"""

DOCUMENT_FOLDED: Final = """
insert into folded_document (idx, outcome, episode_id)
select h.idx,
    case when h.is_new and h.top then 'created'
        when h.top and h.newer and h.differs then 'updated'
        when not h.differs then 'unchanged'
        when (w.source_at, w.message_id, w.digest) = (h.source_at, h.message_id, h.digest) then 'unchanged'
        else 'stale_ignored' end,
    k.episode_id
from document_hit h left join document_hit w on w.top and not h.top and w.spell_number = h.spell_number
    and w.episode_number = h.episode_number and w.document_ref = h.document_ref
left join lateral (select episode_id from episode_key k where k.provider = h.provider
    and k.spell_number = h.spell_number and k.episode_number = h.episode_number limit 1) k on true
"""

DOCUMENT_NEWS: Final = """
insert into document_news (provider, spell_number, episode_number, document_ref, episode_id, kind, title, expected_on,
    arrived_at, newly_arrived, is_new)
select h.provider, h.spell_number, h.episode_number, h.document_ref, f.episode_id, h.kind, h.title, h.expected_on,
    h.arrived_at, h.arrived_at is not null and not h.was_there, h.is_new
from document_hit h join folded_document f using (idx) where f.outcome in ('created', 'updated')
"""
