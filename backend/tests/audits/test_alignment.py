"""What the proposals say of two lists of codes: against hand-written labels, and what must hold for any lists at all."""

import datetime as dt
import string
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from audits.labelled import USAGE, cases
from codewell.audits.alignment import CodeClass, ErrorType, Line, Position, Side, SubClass, align, sub_class

MARK = {
    CodeClass.primary_diagnosis: "PD", CodeClass.secondary_diagnosis: "SD", CodeClass.primary_procedure: "PP",
    CodeClass.secondary_procedure: "SP",
}  # fmt: skip
TYPE = {
    ErrorType.wrong_char_3: "3", ErrorType.wrong_char_4: "4", ErrorType.wrong_char_5: "5", ErrorType.omitted: "O",
    ErrorType.not_required: "N", ErrorType.sequence: "S", ErrorType.pair_format: "F", ErrorType.date: "D",
}  # fmt: skip


def line(text: str) -> Line:
    code, _, day = text.partition("@")
    return Line(code, dt.date(2026, 3, int(day)) if day else None)


def marks(positions: list[Position]) -> list[str]:
    return sorted(
        MARK[p.code_class] + TYPE[p.error_type]
        for p in positions
        if p.error_type is not None and not p.counted_elsewhere
    )


def test_proposals_agree_with_at_least_95_in_100_hand_labelled_pairs() -> None:
    every = cases()
    assert len(every) >= 80
    assert len({c.name for c in every}) == len(every)
    misses = {}
    for case in every:
        found = []
        for side, t, a in zip(Side, case.trust, case.auditor, strict=True):
            found += align([line(x) for x in t], [line(x) for x in a], side, usage=USAGE)
        if marks(found) != case.errors:
            misses[case.name] = (case.errors, marks(found))
    assert len(misses) <= 0.05 * len(every), misses
    # Known misses are named, so that a change that mends or adds one is seen.
    assert set(misses) == KNOWN_MISSES, misses


# The second set (``second_labels.txt``) calls a pair turned round an error of the pair, wherever it stands.
KNOWN_MISSES = {"asterisk put first", "meningitis pair turned round"}

CODES = st.builds(
    lambda letter, two, tail: f"{letter}{two:02d}{tail}",
    st.sampled_from("EIJZW"), st.integers(10, 13), st.sampled_from(["", "0", "1", "9", "00", "01"]),
)  # fmt: skip
LINES = st.lists(st.builds(Line, CODES, st.sampled_from([None, dt.date(2026, 3, 1), dt.date(2026, 3, 2)])), max_size=8)


@given(LINES, LINES, st.sampled_from(list(Side)))
def test_every_code_of_either_list_stands_in_exactly_one_position(
    trust: list[Line], auditor: list[Line], side: Side
) -> None:
    positions = align(trust, auditor, side)
    assert sorted(p.trust_at for p in positions if p.trust_at is not None) == list(range(len(trust)))
    assert [p.auditor_at for p in positions if p.auditor_at is not None] == list(range(len(auditor)))
    assert all(p.trust_at is not None or p.auditor_at is not None for p in positions)


@given(LINES, LINES, st.sampled_from(list(Side)))
def test_there_is_one_primary_on_each_side_wherever_both_coded(
    trust: list[Line], auditor: list[Line], side: Side
) -> None:
    primary = [p for p in align(trust, auditor, side) if p.code_class.startswith("primary")]
    assert len(primary) == (1 if trust or auditor else 0)
    if auditor:
        assert primary[0].auditor_at == 0
        assert (primary[0].trust_at is not None) == bool(trust)
    elif trust:
        assert (primary[0].trust_at, primary[0].error_type) == (0, ErrorType.not_required)


@given(LINES, st.sampled_from(list(Side)))
def test_a_list_agrees_with_itself(lines: list[Line], side: Side) -> None:
    assert all(p.error_type is None and not p.moved for p in align(lines, lines, side))


@given(LINES, LINES, st.sampled_from(list(Side)))
def test_nothing_is_called_omitted_that_the_trust_has_and_nothing_not_required_that_the_auditor_wants(
    trust: list[Line], auditor: list[Line], side: Side
) -> None:
    positions = align(trust, auditor, side)
    omitted = Counter(
        auditor[p.auditor_at].code for p in positions if p.error_type is ErrorType.omitted and p.auditor_at is not None
    )
    extra = Counter(
        trust[p.trust_at].code for p in positions if p.error_type is ErrorType.not_required and p.trust_at is not None
    )
    assert not omitted & extra


@given(LINES, LINES, st.sampled_from(list(Side)))
def test_wrong_at_a_character_means_that_those_before_it_agree(
    trust: list[Line], auditor: list[Line], side: Side
) -> None:
    for p in align(trust, auditor, side):
        if p.error_type in (ErrorType.wrong_char_4, ErrorType.wrong_char_5):
            assert p.trust_at is not None
            assert p.auditor_at is not None
            t, a = trust[p.trust_at].code, auditor[p.auditor_at].code
            same = 3 if p.error_type is ErrorType.wrong_char_4 else 4
            assert t != a
            assert t[:same] == a[:same]


def procedures(trust: str, auditor: str) -> list[str]:
    return marks(align([line(c) for c in trust.split()], [line(c) for c in auditor.split()], Side.procedures))


def test_a_side_belongs_to_the_operation_before_it() -> None:
    assert procedures("A651 Z942 T723 Z943", "A651 Z943 T723 Z942") == ["SP4", "SP4"]
    assert procedures("A651 Z942 T723 Z943", "T723 Z943 A651 Z942") == ["PPS"]
    assert procedures("W401 Z942 W401 Z943", "W401 Z943 W401 Z942") == []
    # Where no operation of the coder's claims it, a side is found wherever it stands.
    assert procedures("C712 C751 Z942", "C712 Z942 C751") == []


def test_a_site_stands_for_another_of_the_same_operation_and_for_no_side() -> None:
    assert procedures("W283 Z765 Z942", "W283 Z846 Z942") == ["SP3"]
    assert procedures("W283 Z765", "W283 Z942") == ["SPN", "SPO"]
    assert procedures("W283 W371 Z765", "W283 Z846 W371") == ["SPN", "SPO"]


def test_of_an_operation_done_twice_the_one_of_the_same_day_is_found_first() -> None:
    assert procedures("W371@1 X332@5", "W371@1 X332@2 X332@5") == ["SPO"]


def test_a_pair_turned_round_is_an_error_of_the_pair_in_first_place_too() -> None:
    usage = {"E113": "dagger", "H360": "asterisk"}
    turned = align([line("H360"), line("E113")], [line("E113"), line("H360")], Side.diagnoses, usage=usage)
    assert marks(turned) == ["PDF"]
    assert marks(align([line("I10"), line("E113")], [line("E113"), line("I10")], Side.diagnoses, usage=usage)) == [
        "PDS"
    ]


def test_codes_have_their_finer_kinds() -> None:
    assert sub_class(Side.diagnoses, "W010") is SubClass.external_cause
    assert sub_class(Side.diagnoses, "V010") is SubClass.external_cause
    assert sub_class(Side.diagnoses, "Y98") is SubClass.external_cause
    assert sub_class(Side.diagnoses, "Z370") is SubClass.none
    assert sub_class(Side.procedures, "Z942") is SubClass.site_laterality
    assert sub_class(Side.procedures, "O142") is SubClass.site_laterality
    assert sub_class(Side.procedures, "O181") is SubClass.none
    assert sub_class(Side.procedures, "W371") is SubClass.none
    assert sub_class(Side.diagnoses, "M8140/3") is SubClass.morphology
    assert sub_class(Side.diagnoses, "M5456") is SubClass.none
    assert all(sub_class(Side.diagnoses, f"{c}10") in SubClass for c in string.ascii_uppercase)
