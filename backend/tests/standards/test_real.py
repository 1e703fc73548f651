"""The rules against real editions, the national lists, and the synthetic Trust's true codes."""

import csv
import datetime as dt
import re
from collections import Counter
from dataclasses import replace

import pytest

from codewell.codesets import reads as codesets
from codewell.standards.rules import Case, Facts, Severity, check_case, read_rules
from codewell.standards.rules.codes import CodeSet
from codewell.synth.generate import Generator
from standards.examples import DATA, ON, at, case_of

RULES = read_rules(DATA)
NOT_CODES = {"Q99.9", "K99.9", "H99.9", "W37.7", "212.4", "I2", "CHEST", "HIP", "I21.4", "_"}
"""What examples use to stand for codes that are wrong; I21.4 stands among procedures."""

ONLY_IN_TEST_EDITION = {
    ("V-02", "Q99.9"),
    ("V-11", "L68.0"),
    ("V-11", "E30.1"),
    ("D-04", "H06.2"),
    ("P-01", "W37.7"),
    ("P-09", "Q39.1"),
}


def _codes(examples, name):
    for example in examples:
        for code in example.get(name, "").split():
            yield code.split("@")[0]


def test_every_code_in_the_rules_is_in_the_national_lists(national_lists):
    def known(*names):
        found = set()
        for name in names:
            with (national_lists / name).open(encoding="utf-8", newline="") as file:
                found |= {row["code"] for row in csv.DictReader(file)}
        return found | {code[:3] for code in found}

    icd10 = known("icd10_tree.csv", "icd10_usage_2023-24.csv")
    opcs4 = known("opcs4_tree.csv", "opcs4_usage_2023-24.csv")
    strange = set()

    def look(rule_id, value, book):
        if isinstance(value, dict):
            for key, inner in value.items():
                look(rule_id, inner, {"diagnoses": icd10, "procedures": opcs4}.get(key, book))
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, str) and re.match(r"^!?[A-Z]\d\d(\.\d)?$", item):
                    code = item.lstrip("!").replace(".", "")
                    if code not in (book if book is not None else icd10 | opcs4):
                        strange.add((rule_id, item))
                else:
                    look(rule_id, item, book)

    for data in DATA:
        look(data["id"], data["params"], None)
        for examples in data["examples"].values():
            for name, book in (("dx", icd10), ("px", opcs4)):
                for code in _codes(examples, name):
                    bare = code.replace(".", "").removesuffix("X").upper()
                    if code not in NOT_CODES and bare not in book and bare[:4] not in book:
                        strange.add((data["id"], code))
    assert strange == set()


@pytest.mark.parametrize("kind", ["fires", "silent"])
async def test_examples_hold_with_real_editions_too(session, kind):
    """But for codes that only the test edition lacks or limits, and procedures that the starter set does not hold."""
    books = await codesets.books_for(session, ON)
    wrong = []
    for data in DATA:
        for example in data["examples"][kind]:
            if any(
                (data["id"], code) in ONLY_IN_TEST_EDITION for name in ("dx", "px") for code in _codes([example], name)
            ):
                continue
            rules = [replace(r, enabled=r.enabled or r.rule_id == data["id"]) for r in RULES]
            found = [f for f in check_case(case_of(example), rules, books, ON) if f.rule_id == data["id"]]
            if data["id"] == "P-01" and books.opcs4.edition.starter:
                continue
            fires = bool(found) and (at(example) is None or found[0].lines[0] == at(example))
            if fires is not (kind == "fires"):
                wrong.append((data["id"], example))
    assert wrong == []


async def test_the_table_of_fifth_characters_is_that_of_the_edition(session):
    book = (await codesets.books_for(session, ON)).icd10
    (v04,) = [d["params"] for d in DATA if d["id"] == "V-04"]
    divided = [CodeSet(s["codes"]) for s in v04["divided"]]
    undivided = {code for s in v04["undivided"] for code in s["codes"]}
    ours = {i.code for i in book if i.level == 4 and any(i.code in codes for codes in divided)}
    theirs = {i.code for i in book if i.level == 4 and i.fifth}
    assert ours ^ theirs == set()
    for code in undivided:
        assert any(child.level == 5 for child in book.children(code))


def _day(ordinal):
    return None if ordinal is None else dt.date.fromordinal(ordinal)


def _case(e):
    spell, born, start = e.spell, dt.date.fromordinal(e.spell.patient.birth), dt.date.fromordinal(e.started)
    facts = Facts(
        started_on=start,
        ended_on=_day(e.ended),
        admitted_on=_day(spell.admitted),
        discharged_on=_day(spell.discharged),
        sex=spell.patient.sex,
        age=start.year - born.year - ((start.month, start.day) < (born.month, born.day)),
        age_days=(start - born).days,
        patient_class=spell.patient_class,
        admission_method=spell.admission_method,
        discharge_method=spell.discharge_method,
        discharge_destination=spell.discharge_destination,
        operation_status=e.operation_status_code,
        main_specialty=e.service.main,
        treatment_function=e.service.function,
        neonatal_level=e.neonatal_level_code,
        last_episode=e.last,
    )
    return Case(facts, list(e.diagnoses), [(c, _day(d)) for c, d in zip(e.procedures, e.procedure_days, strict=True)])


async def test_true_codes_of_the_synthetic_trust_raise_no_error_and_hardly_a_warning(session):
    rules, found, total = [r for r in RULES if r.enabled], Counter(), 0
    for batch in Generator(11, 4_000, dt.date(2026, 11, 20)).batches():
        for e in batch:
            books = await codesets.books_for(session, e.ended_on)
            total += 1
            for finding in check_case(_case(e), rules, books, e.ended_on):
                found[finding.severity, finding.rule_id] += 1
    assert total == 4_000
    assert [key for key in found if key[0] is Severity.error] == []
    assert sum(n for (severity, _), n in found.items() if severity is Severity.warn) <= total * 0.005
    assert sum(n for (severity, _), n in found.items() if severity is Severity.info) <= total * 0.2


async def test_a_code_left_out_or_put_wrong_is_seen(session):
    """The control of the test above: the same episodes with one thing spoilt do raise errors."""
    books, seen = await codesets.books_for(session, ON), 0
    rules = [r for r in RULES if r.enabled]
    (batch,) = Generator(11, 200, dt.date(2026, 11, 20)).batches()
    for e in batch:
        case = _case(e)
        spoilt = Case(case.facts, ["W010", *case.diagnoses], case.procedures)
        seen += any(f.rule_id == "E-01" for f in check_case(spoilt, rules, books, ON))
    assert seen == 200
