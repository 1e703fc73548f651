"""The short road of a post stages just what the long one does, or leaves the message to it."""

import csv
import io
import json
import random
from typing import Any

import pytest

from codewell.episodes import incoming
from codewell.intake import plain
from codewell.intake.batch import prepare, prepare_post
from codewell.intake.items import named_as_sent, read_items
from codewell.kit import clock
from intake.messages import CODES, message
from world import PROVIDER

NEW = {"new_episode_id", "new_patient_id"}


def by_the_long_road(items: list[Any]) -> tuple[list[dict[str, str | None]], dict[int, Any]]:
    read = read_items(items)
    ready = prepare(read.frame, read.documents, read.faults, provider=PROVIDER)
    # As COPY reads it: nothing between the commas is null, and no good message has an empty text.
    rows = [
        {name: cell or None for name, cell in zip(incoming.names("incoming"), row, strict=True) if name not in NEW}
        for row in csv.reader(io.StringIO(ready.messages.decode()))
    ]
    return rows, {idx: named_as_sent(faults) for idx, faults in ready.faults.items()}


def by_the_short_road(items: list[Any]) -> tuple[list[dict[str, str | None]], dict[int, Any]]:
    ready = prepare_post(items, provider=PROVIDER)
    assert ready.form == "text"
    rows = [
        {
            name: None if cell == "\\N" else cell.replace("\\\\", "\\")
            for name, cell in zip(incoming.names("incoming"), line.split("\t"), strict=True)
            if name not in NEW
        }
        for line in ready.messages.decode().split("\n")
        if line
    ]
    assert len(rows) == ready.n_messages
    return rows, ready.faults


def plain_ones(items: list[Any]) -> list[int]:
    now = clock.now()
    return [m.idx for m in plain.read(items, PROVIDER, now, clock.london_day(now))[0]]


PLAIN: dict[str, dict[str, Any]] = {
    "as it is": {},
    "coded": {"coding": CODES},
    "coded elsewhere": {"coding": {**CODES, "source": "encoder", "coded_at": "2026-06-12T09:00:00+01:00"}},
    "coded, without a word on when or who": {"coding": {"diagnoses": ["I21.4"]}},
    "codes as we write them": {"coding": {"diagnoses": ["I214", "I10"], "procedures": [{"code": "K631"}]}},
    "codes in small letters": {"coding": {"diagnoses": ["i21.4", "i10x"]}},
    "only procedures": {"coding": {"procedures": [{"code": "K63.1", "on": "2026-03-02"}, {"code": "Y971", "on": None}]}},
    "undated procedures": {"coding": {**CODES, "procedures": [{"code": n, "on": ""} for n in ("K63.1", "Z941", "K65X")]}},
    "one undated procedure": {"coding": {"diagnoses": ["I10"], "procedures": [{"code": "K63.1"}]}},
    "dated later and first": {
        "coding": {"procedures": [{"code": "K631"}, {"code": "K632", "on": "02/03/2026"}, {"code": "K633"}]}
    },
    "coding without codes": {"coding": {"source": "pas", "coder_ref": "AB", "coded_at": "2026-03-12T09:00:00Z"}},
    "coder with marks": {"coding": {**CODES, "coder_ref": 'O\'Neil, "Pat" {x}; 1'}},
    "no coding at all": {"coding": None},
    "members left out": {"provider": ..., "feed_action": ..., "last_episode": ..., "ward_code": ..., "spell__discharge_method": ...},
    "members null or empty": {"provider": None, "feed_action": None, "last_episode": None, "ward_code": "", "patient__sex": None},
    "no documents": {"documents": []},
    "own provider": {"provider": PROVIDER},
    "not discharged": {"spell__discharged_on": None, "spell__discharge_method": None},
    "no admission": {"spell__admitted_on": None},
    "no number": {"patient__nhs_number": None, "patient__nhs_number_status": "07"},
    "a number nobody verified": {"patient__nhs_number": "9000000001", "patient__nhs_number_status": "03"},
    "days written as in this country": {"started_on": "01/03/2026", "ended_on": "20260311"},
    "another offset": {"source_at": "2026-07-12T10:30:00.123456+01:00"},
    "sex in a small letter": {"patient__sex": "x"},
    "not the last": {"last_episode": False},
}  # fmt: skip
OTHERS: dict[str, dict[str, Any]] = {
    "a withdrawal": {"feed_action": "delete"},
    "blanks around a value": {"ward_code": " W1 "},
    "blanks around a code": {"coding": {"diagnoses": [" I21.4"]}},
    "a code as an object": {"coding": {"diagnoses": [{"code": "I21.4"}]}},
    "a document": {"documents": [{"document_ref": "D1", "kind": "histology", "title": "Histology"}]},
    "letters of other tongues": {"coding": {**CODES, "coder_ref": "Zoë"}},
    "a backslash": {"coding": {**CODES, "coder_ref": "A\\N\\tB"}},
    "a message id with a blank": {"message_id": "MSG 1"},
    "a number as text": {"episode_number": "01"},
    "its own provider in small letters": {"provider": PROVIDER.lower()},
}
FAULTY: dict[str, dict[str, Any]] = {
    "another provider": {"provider": "RYY"},
    "no spell": {"spell": None},
    "no patient": {"patient": ...},
    "no start": {"started_on": None},
    "a member nobody knows": {"colour": "red"},
    "a member nobody knows, of the patient": {"patient__colour": "red"},
    "a member nobody knows, of the coding": {"coding": {"diagnoses": ["I10"], "colour": "red"}},
    "a number where a text belongs": {"ward_code": 4},
    "nought where the NHS number belongs": {"patient__nhs_number": 0},
    "a list where a text belongs": {"spell_number": ["SP1"]},
    "a number that is none": {"episode_number": True},
    "a number too great": {"episode_number": 88},
    "the last, in words": {"last_episode": "yes"},
    "no such day": {"ended_on": "2026-02-30"},
    "ends before it starts": {"ended_on": "2026-02-28"},
    "ends in the future": {"ended_on": "2099-01-01", "spell__discharged_on": None},
    "discharged before admitted": {"spell__discharged_on": "2026-02-01"},
    "discharged in the future": {"spell__discharged_on": "2099-01-01"},
    "starts before admission": {"spell__admitted_on": "2026-03-02"},
    "ends after discharge": {"spell__discharged_on": "2026-03-10"},
    "born after it": {"patient__birth_on": "2026-03-12"},
    "said in the future": {"source_at": "2099-01-01T00:00:00Z"},
    "said without an offset": {"source_at": "2026-03-12T09:30:00"},
    "coded without an offset": {"coding": {**CODES, "coded_at": "2026-03-12T09:30:00"}},
    "a verified number that fails its check": {"patient__nhs_number": "9000000001"},
    "ten equal digits": {"patient__nhs_number": "9999999999"},
    "a verified number that is missing": {"patient__nhs_number": None},
    "no code": {"coding": {"diagnoses": ["chest pain"]}},
    "two codes in one": {"coding": {"diagnoses": ["I10,I11"]}},
    "an empty code": {"coding": {"diagnoses": ["", "I10"]}},
    "no code, of a procedure": {"coding": {"procedures": [{"on": "2026-03-02"}]}},
    "a procedure with more": {"coding": {"procedures": [{"code": "K631", "by": "me"}]}},
    "too many codes": {"coding": {"diagnoses": ["I10"] * 101}},
    "a control character": {"ward_code": "W\u0001"},
    "documents that are none": {"documents": None},
}


@pytest.mark.parametrize("changes", PLAIN.values(), ids=PLAIN)
def test_a_plain_message_is_staged_as_the_long_road_stages_it(changes: dict[str, Any]) -> None:
    item = message(**changes)
    assert plain_ones([item]) == [0]
    assert by_the_short_road([item]) == by_the_long_road([item])


@pytest.mark.parametrize("changes", [*OTHERS.values(), *FAULTY.values()], ids=[*OTHERS, *FAULTY])
def test_what_is_not_plain_is_left_to_the_long_road(changes: dict[str, Any]) -> None:
    item = message(**changes)
    assert plain_ones([item]) == []
    found = by_the_short_road([item])
    assert found == by_the_long_road([item])
    assert bool(found[1]) == (changes in FAULTY.values())


def test_what_is_no_message_is_left_to_the_long_road() -> None:
    items = [1, None, "x", [], {}, [{}]]
    assert plain_ones(items) == []
    assert by_the_short_road(items) == by_the_long_road(items)


def test_a_post_of_both_is_one_batch_whose_newest_are_marked_across_it() -> None:
    """Two thousand messages of few episodes, spells and patients, in any order: every row as the long road has it."""
    r = random.Random(11)
    for _ in range(20):
        items = []
        for n in range(100):
            changes = dict(r.choice([*PLAIN.values()] * 3 + [*OTHERS.values(), *FAULTY.values()]))
            changes |= {
                "source_at": f"2026-03-{r.randrange(12, 16)}T09:30:00Z",
                "message_id": f"M{r.randrange(30):03d}" if r.random() < 0.9 else f"M {n}",
            }
            for name, value in (
                ("spell_number", f"SP{r.randrange(6)}"), ("episode_number", r.randrange(1, 3)),
                ("patient__local_patient_id", f"A{r.randrange(4)}"),
            ):  # fmt: skip
                if not (name.startswith("patient") and "patient" in changes):
                    changes.setdefault(name, value)
            items.append(message(**changes))
        unique = {json.dumps(item, sort_keys=True): item for item in items}
        rows, faults = by_the_short_road(list(unique.values()))
        wanted, wanted_faults = by_the_long_road(list(unique.values()))
        assert faults == wanted_faults
        # Of messages with one and the same content and id, either may count as the newest.
        tops = [name for name in rows[0] if name.startswith("top_")]
        assert [{k: v for k, v in row.items() if k not in tops} for row in rows] == [
            {k: v for k, v in row.items() if k not in tops} for row in wanted
        ]
        for top in tops:
            assert newest(rows, top) == newest(wanted, top)


def newest(rows: list[dict[str, str | None]], top: str) -> list[tuple[str | None, ...]]:
    key = ("spell_number", "episode_number", "local_patient_id", "source_at", "message_id", "digest")
    return sorted(tuple(row[k] or "" for k in key) for row in rows if row[top] == "true")


def test_a_cell_that_was_read_before_is_read_alike_again() -> None:
    items = [message(spell_number=f"SP{n}", coding=CODES) for n in range(3)]
    assert by_the_short_road(items) == by_the_long_road(items) == by_the_short_road(items)
