"""What holds of every worksheet, whatever the two lists and whatever the auditor makes of them."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from codewell.audits import worksheet
from codewell.audits.agreed import agreed_codes
from codewell.audits.alignment import CodeClass, ErrorType, Line, Side
from codewell.audits.profiles import Citations, Methodology, ProfileKind, shipped
from codewell.audits.rules import Decision, NonCoderReason
from codewell.audits.tally import Attribution, Audited, Counting, Unsafe, class_figures, tally
from codewell.audits.worksheet import Decided, Listed
from codewell.codesets.rules import is_site

BODIES = {p.kind: p.body for p in shipped() if p.kind in (ProfileKind.methodology, ProfileKind.citation)}
METHOD = Methodology.model_validate(BODIES[ProfileKind.methodology])
CITATIONS = Citations.model_validate(BODIES[ProfileKind.citation]).citations
DAY = dt.date(2026, 11, 12)

# Few categories and tails, so that lists meet, differ by a character, trade places and repeat.
DIAGNOSES = ("I214", "I219", "E119", "E109", "I10", "N390", "W190", "W180", "S7200", "S7210", "G590", "E104", "Z921")
PROCEDURES = ("K751", "K752", "H019", "W371", "Z943", "Z942", "Z334")
USAGE = {"E104": "dagger", "G590": "asterisk"}


def lists(codes: tuple[str, ...], least: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(codes), min_size=least, max_size=6, unique=True)


@st.composite
def sides(draw: st.DrawFn) -> Listed:
    days = st.sampled_from([DAY, DAY + dt.timedelta(1)])
    return Listed(
        tuple(Line(c) for c in draw(lists(DIAGNOSES, 1))),
        tuple(Line(c, draw(days)) for c in draw(lists(PROCEDURES, 0))),
    )


@st.composite
def decisions(draw: st.DrawFn, position: Decided) -> dict[str, Any]:
    """Draw what an auditor may make of a position, complete or not."""
    choices = [Decision.rejected, Decision.changed] + ([Decision.accepted] if position.proposed else [])
    decision = draw(st.sampled_from(choices))
    whose = draw(st.sampled_from([Attribution.coder, Attribution.non_coder, None]))
    return {
        "decision": decision,
        "error_type": draw(st.sampled_from(worksheet.fitting(position))) if decision is Decision.changed else None,
        "attribution": whose,
        "non_coder_reason": draw(st.sampled_from([*NonCoderReason, None])),
        "evidence_available": draw(st.sampled_from([True, False, None])),
        "standards": draw(st.sampled_from([(), ("DGCS.1",), ("QRD",), ("QRD 2020/1", "DGCS.3"), ("Local policy 7",)])),
    }


@st.composite
def worked(draw: st.DrawFn) -> tuple[Listed, Listed, list[Decided]]:
    """Draw a worksheet on which an auditor has worked, finished or not."""
    coder, auditor = draw(sides()), draw(sides())
    positions = []
    for position in worksheet.propose(coder, auditor, usage=USAGE):
        now = position
        if position.decision is Decision.open and draw(st.integers(0, 9)):
            now = worksheet.decide(position, **draw(decisions(position)))
        positions.append(now)
    return coder, auditor, worksheet.follow(positions)


@st.composite
def finished(draw: st.DrawFn) -> tuple[Listed, Listed, list[Decided]]:
    """Draw a worksheet that the finish lets pass: what is missing is said, as an auditor would."""
    coder, auditor, positions = draw(worked())
    done = []
    for p in positions:
        now = p
        if worksheet.missing(p, METHOD, CITATIONS):
            decision = p.decision if p.decision is not Decision.open else Decision.accepted
            now = worksheet.decide(
                p, decision, error_type=p.final, attribution=Attribution.coder, standards=["DGCS.1"]
            )  # fmt: skip
        done.append(now)
    done = worksheet.follow(done)
    assert worksheet.incomplete(done, METHOD, CITATIONS) == []
    return coder, auditor, done


def _stored(p: Decided) -> Any:
    """A position as ``audit_position`` has it."""
    return SimpleNamespace(
        side=p.side, code_class=p.code_class, trust_at=p.trust_at, trust_code=p.trust and p.trust.code,
        trust_on=p.trust and p.trust.on, auditor_at=p.auditor_at, auditor_code=p.auditor and p.auditor.code,
        auditor_on=p.auditor and p.auditor.on, final_type=p.final,
    )  # fmt: skip


def counted(positions: list[Decided], counting: Counting | None = None):
    return tally([Audited([p.finding for p in positions])], counting or METHOD.counting)


class TestProposals:
    @given(sides(), sides())
    def test_every_code_of_either_list_stands_in_one_position(self, coder: Listed, auditor: Listed) -> None:
        positions = worksheet.propose(coder, auditor, usage=USAGE)
        assert [p.no for p in positions] == list(range(1, len(positions) + 1))
        for side in Side:
            of = [p for p in positions if p.side is side]
            assert sorted(p.trust_at for p in of if p.trust_at is not None) == list(range(len(coder.side(side))))
            assert sorted(p.auditor_at for p in of if p.auditor_at is not None) == list(range(len(auditor.side(side))))

    @given(sides())
    def test_equal_lists_have_nothing_to_decide(self, codes: Listed) -> None:
        positions = worksheet.propose(codes, codes, usage=USAGE)
        assert {p.decision for p in positions} == {Decision.agreed}
        assert {p.mark for p in positions} == {worksheet.Mark.agreed}
        assert worksheet.incomplete(positions, METHOD, CITATIONS) == []

    @given(sides(), sides())
    def test_nothing_is_ever_proposed_of_whose_an_error_is(self, coder: Listed, auditor: Listed) -> None:
        assert {p.attribution for p in worksheet.propose(coder, auditor)} <= {Attribution.undetermined}

    @given(sides())
    def test_what_is_stored_is_read_back(self, codes: Listed) -> None:
        assert Listed.of(codes.stored()) == codes


class TestFinishing:
    @given(finished())
    def test_what_passes_is_complete(self, made: tuple[Listed, Listed, list[Decided]]) -> None:
        _, _, positions = made
        for p in positions:
            assert p.decision is not Decision.open
            if METHOD.counting.counts(p.final) and not p.counted_elsewhere:
                assert p.attribution is not Attribution.undetermined
                assert p.attribution is not Attribution.non_coder or p.non_coder_reason is not None
                if p.attribution is Attribution.coder:
                    assert any(not worksheet.is_query_resolution(s, METHOD, CITATIONS) for s in p.standards)

    @given(worked())
    def test_what_is_refused_is_pointed_at(self, made: tuple[Listed, Listed, list[Decided]]) -> None:
        _, _, positions = made
        errors = worksheet.incomplete(positions, METHOD, CITATIONS)
        named = {int(e["pointer"].split("/")[2]) for e in errors}
        assert named == {p.no for p in positions if worksheet.missing(p, METHOD, CITATIONS)}

    @given(finished())
    def test_errors_by_type_by_class_and_by_attribution_add_up(self, made: Any) -> None:
        _, _, positions = made
        counts = counted(positions)
        errors = [p for p in positions if METHOD.counting.counts(p.final) and not p.counted_elsewhere]
        assert sum(t.errors for t in counts.values()) == len(errors)
        for t in counts.values():
            assert t.errors == t.coder + t.non_coder + t.undetermined
            assert t.undetermined == 0

    @given(finished())
    def test_totals_of_the_two_lists_meet_in_what_is_agreed(self, made: Any) -> None:
        _, _, positions = made
        for t in counted(positions).values():
            assert t.auditor_n - t.omitted - t.wrong == t.agreed == t.trust_n - t.not_required - t.wrong

    @given(finished())
    def test_each_list_has_one_primary_diagnosis_and_at_most_one_primary_procedure(self, made: Any) -> None:
        _, _, positions = made
        primaries = [p for p in positions if p.code_class is CodeClass.primary_diagnosis]
        assert len(primaries) == 1
        assert primaries[0].trust is not None
        assert primaries[0].auditor is not None
        procedures = [p for p in positions if p.code_class is CodeClass.primary_procedure]
        assert len(procedures) <= 1

    @given(finished())
    def test_a_primary_procedure_that_one_side_lacks_stands_in_that_sides_total_only(self, made: Any) -> None:
        coder, auditor, positions = made
        (primary,) = [p for p in positions if p.code_class is CodeClass.primary_procedure] or [None]
        assume(primary is not None)
        t = counted([primary])[CodeClass.primary_procedure]
        if not coder.procedures and primary.final is not None:
            assert (t.trust_n, t.auditor_n) == (0, 1)
        if not auditor.procedures and primary.final is not None:
            assert (t.trust_n, t.auditor_n) == (1, 0)

    @given(st.lists(finished(), max_size=4), st.integers(0, 3))
    @settings(max_examples=40)
    def test_unsafe_episodes_are_in_no_denominator_unless_the_policy_counts_them(self, made: Any, unsafe: int) -> None:
        sound = [Audited([p.finding for p in positions]) for _, _, positions in made]
        spoiled = [Audited([p.finding for p in positions], unsafe=True) for _, _, positions in made[:unsafe]]
        excluding = Counting(METHOD.counting.not_counted, Unsafe.exclude)
        assert tally([*sound, *spoiled], excluding) == tally(sound, excluding)

    @given(sides())
    def test_a_class_without_codes_is_not_applicable(self, codes: Listed) -> None:
        positions = worksheet.propose(codes, codes)
        for klass in CodeClass:
            share = class_figures([Audited([p.finding for p in positions])], METHOD.counting, klass).correct.share
            there = any(p.code_class is klass for p in positions)
            assert (share is None) == (not there)

    @given(finished(), sides())
    def test_what_the_coder_codes_later_changes_nothing(self, made: Any, later: Listed) -> None:
        coder, auditor, positions = made
        frozen = coder.stored()
        assert later is not None
        again = worksheet.realign(positions, Listed.of(frozen), auditor, usage=USAGE)
        assert [(p.no, p.final, p.decision) for p in again] == [(p.no, p.final, p.decision) for p in positions]


class TestRevising:
    @given(worked(), sides())
    def test_numbers_are_never_used_again_and_equal_positions_keep_what_was_decided(
        self, made: Any, own: Listed
    ) -> None:
        coder, _, before = made
        after = worksheet.realign(before, coder, own, usage=USAGE)
        assert len({p.no for p in after}) == len(after)
        old = {p.no: p for p in before}
        for p in after:
            if p.no in old:
                was = old[p.no]
                assert (p.trust, p.auditor, p.final, p.decision) == (was.trust, was.auditor, was.final, was.decision)
            else:
                assert p.no > max(old)
                assert p.decision in (Decision.open, Decision.agreed)
        assert [(p.trust, p.auditor) for p in after] == [
            (p.trust, p.auditor) for p in worksheet.propose(coder, own, usage=USAGE)
        ]


class TestDeciding:
    @given(worked())
    def test_the_proposal_stays_beside_whatever_is_decided(self, made: Any) -> None:
        coder, auditor, positions = made
        fresh = worksheet.propose(coder, auditor, usage=USAGE)
        assert [p.proposed for p in positions] == [p.proposed for p in fresh]
        for p in positions:
            if p.decision is Decision.accepted:
                assert p.final is p.proposed
            if p.decision is Decision.changed:
                assert p.final is not p.proposed
            if p.decision is Decision.rejected:
                assert p.final is None

    @given(worked())
    def test_taken_back_it_is_as_it_was_proposed(self, made: Any) -> None:
        coder, auditor, positions = made
        back = [worksheet.decide(p, Decision.open) for p in positions]
        assert worksheet.follow(back) == worksheet.propose(coder, auditor, usage=USAGE)

    @given(finished(), st.data())
    def test_however_the_talk_ends_no_code_is_agreed_on_more_often_than_a_list_holds_it(
        self, made: Any, data: st.DataObject
    ) -> None:
        coder, auditor, positions = made
        ended = list(positions)
        for at, p in enumerate(positions):
            if p.final is not None and not p.counted_elsewhere and data.draw(st.booleans()):
                ended[at] = worksheet.decide(p, Decision.rejected)
        agreed = agreed_codes([_stored(p) for p in worksheet.follow(ended)])
        for side, codes in ((Side.diagnoses, agreed.diagnoses), (Side.procedures, agreed.procedures)):
            held = [[line.code for line in listed.side(side)] for listed in (coder, auditor)]
            # A site belongs to its operation: the same side of two operations stands twice, though each list has one.
            most = {
                c: (sum if side is Side.procedures and is_site(c) else max)(h.count(c) for h in held) for c in codes
            }
            assert all(codes.count(c) <= most[c] for c in codes), (codes, held)

    def test_where_the_coders_primary_stands_the_auditors_second_mention_goes(self) -> None:
        coder = Listed((Line("R074"),), ())
        auditor = Listed((Line("I214"), Line("R074")), ())
        primary, shadow = worksheet.propose(coder, auditor)
        assert (primary.proposed, shadow.counted_elsewhere) == (ErrorType.wrong_char_3, True)
        errors = worksheet.follow([worksheet.decide(primary, Decision.accepted), shadow])
        assert counted(errors)[CodeClass.secondary_diagnosis].auditor_n == 1
        stands = worksheet.follow([worksheet.decide(primary, Decision.rejected), shadow])
        assert counted(stands)[CodeClass.secondary_diagnosis].auditor_n == 0
        assert counted(stands)[CodeClass.primary_diagnosis].agreed == 1

    @pytest.mark.parametrize(
        ("cited", "refused"),
        [((), False), (("QRD",), True), (("qrd 2021/4",), True), (("QRD", "DGCS.1"), False), (("Own words",), False)],
    )
    def test_a_query_resolution_is_no_standard(self, cited: tuple[str, ...], refused: bool) -> None:
        assert worksheet.only_query_resolutions(cited, METHOD, CITATIONS) is refused
