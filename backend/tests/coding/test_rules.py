"""How two sets of codes differ, and which warnings are answered."""

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect

from codewell.coding.models import Xid8
from codewell.coding.rules import Codes, differences, unanswered

CODES = st.lists(st.sampled_from(["I214", "I10", "E119", "N183", "J449"]), max_size=6)


def codes(diagnoses, procedures=()):
    return Codes(list(diagnoses), list(procedures), [None] * len(procedures))


def apply(was, changes):
    """Carry the changes out on the old list, as a person reading them would."""
    now = list(was)
    for c in [c for c in changes if c.what == "removed"]:
        now.remove(c.code)
    for c in [c for c in changes if c.what == "added"]:
        now.append(c.code)
    return sorted(now)


class TestDifferences:
    @given(CODES, CODES)
    def test_carried_out_they_give_the_new_codes(self, was, now):
        assert apply(was, differences(codes(was), codes(now))) == sorted(now)

    @given(CODES)
    def test_none_between_equal_lists(self, was):
        assert differences(codes(was), codes(was)) == []

    @given(CODES, CODES)
    def test_some_between_unequal_lists(self, was, now):
        assert bool(differences(codes(was), codes(now))) == (was != now)

    def test_name_what_moved_and_where(self):
        changes = differences(codes(["I10", "I214"]), codes(["I214", "I10", "E119"]))
        assert {(c.what, c.code, c.was, c.now) for c in changes} == {
            ("moved", "I214", 2, 1), ("moved", "I10", 1, 2), ("added", "E119", None, 3),
        }  # fmt: skip


def warn(rule, *lines):
    return {"rule_id": rule, "severity": "warn", "lines": [{"list": "diagnoses", "index": i} for i in lines]}


class TestUnanswered:
    def test_a_reason_for_a_rule_answers_all_of_it(self):
        assert unanswered([warn("X-01", 0), warn("X-01", 2)], [{"rule_id": "X-01", "lines": None}]) == []

    def test_a_reason_for_lines_answers_those_only(self):
        reasons = [{"rule_id": "X-01", "lines": [{"list": "diagnoses", "index": 0}]}]
        assert unanswered([warn("X-01", 0), warn("X-01", 2)], reasons) == [warn("X-01", 2)]

    def test_information_needs_no_answer(self):
        assert unanswered([warn("V-12", 0) | {"severity": "info"}], []) == []


async def test_the_transaction_ids_of_versions_are_read_back_as_what_they_are(database) -> None:
    # Reading a database back, as checking the schema does, used to warn of a type that nobody knows; warnings are errors.
    async with database.transaction() as session:
        connection = await session.connection()
        columns = await connection.run_sync(lambda c: inspect(c).get_columns("coding"))
    assert {type(c["type"]) for c in columns if c["name"] == "txid"} == {Xid8}
