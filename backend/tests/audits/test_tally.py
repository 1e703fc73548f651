"""Invariants of the counts over random worksheets (audit method, invariants 1 to 4, 6, 7 and 11)."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from audits.test_alignment import LINES
from codewell.audits.alignment import CodeClass, ErrorType, Line, Side, align
from codewell.audits.figures import NOTHING
from codewell.audits.tally import (
    Attribution,
    Audited,
    Counting,
    Finding,
    Unsafe,
    all_correct,
    attained,
    class_figures,
    class_tallies,
    recounted,
    tally,
    unsafe_share,
)  # fmt: skip

STRICT = Counting(not_counted=frozenset())
UNSAFE_COUNTS = Counting(unsafe=Unsafe.count_as_error)


def findings(trust: list[Line], auditor: list[Line], side: Side, decisions: list[int]) -> list[Finding]:
    """Final findings of a worksheet: every proposal accepted, rejected or given to the documentation."""
    out = []
    for n, p in enumerate(align(trust, auditor, side)):
        decision = decisions[n % len(decisions)] if decisions else 0
        error = None if decision == 2 else p.error_type
        who = Attribution.non_coder if decision == 1 else Attribution.coder
        out.append(
            Finding(
                p.code_class, p.trust_at is not None, p.auditor_at is not None, error, who,
                p.counted_elsewhere and error is not None,
            )
        )  # fmt: skip
    return out


@st.composite
def audits(draw: st.DrawFn) -> list[Audited]:
    out = []
    for _ in range(draw(st.integers(0, 6))):
        decisions = draw(st.lists(st.integers(0, 2), max_size=4))
        of = [f for side in Side for f in findings(draw(LINES), draw(LINES), side, decisions)]
        out.append(Audited(of, unsafe=draw(st.integers(0, 5)) == 0))
    return out


@given(audits(), st.sampled_from([Counting(), STRICT]))
def test_the_counts_add_up(audit: list[Audited], counting: Counting) -> None:
    by_class = tally(audit, counting)
    counted = 0
    for klass, t in by_class.items():
        assert t.auditor_n - t.omitted - t.wrong == t.agreed == t.trust_n - t.not_required - t.wrong
        assert t.errors == t.coder + t.non_coder + t.undetermined
        counted += t.errors
        figures = class_figures(audit, counting, klass)
        assert figures.counts == t
        assert figures.correct.of == t.auditor_n
        if not t.auditor_n:
            assert figures.correct == NOTHING
        else:
            assert figures.correct.share == Fraction(max(t.auditor_n - t.errors, 0), t.auditor_n)
        if t.trust_n:
            assert figures.over_coded.share == Fraction(t.not_required, t.trust_n)
    by_key = sum(
        1
        for e in audit
        if not e.unsafe
        for f in e.findings
        if counting.counts(f.error) and not f.counted_elsewhere and not f.withdrawn
    )
    assert by_key == counted


_WAYS = [Counting(frozenset(), unsafe, counts) for unsafe in Unsafe for counts in (True, False)]


@given(audits(), st.sampled_from(_WAYS), st.sampled_from(_WAYS))
def test_counts_of_one_treatment_taken_from_another_are_those_of_its_own(
    audit: list[Audited], was: Counting, now: Counting
) -> None:
    for episode in audit:
        assert recounted(episode, class_tallies(episode, was), was, now) == class_tallies(episode, now)


@given(audits())
def test_each_audited_episode_has_one_primary_on_each_side(audit: list[Audited]) -> None:
    for episode in audit:
        for klass in (CodeClass.primary_diagnosis, CodeClass.primary_procedure):
            of = [f for f in episode.findings if f.code_class is klass]
            assert sum(f.has_auditor for f in of) <= 1
            assert sum(f.has_trust for f in of) <= 1


@given(audits())
def test_unsafe_episodes_count_in_no_class_or_as_one_error_and_always_in_their_own_rate(audit: list[Audited]) -> None:
    unsafe = sum(e.unsafe for e in audit)
    safe = [e for e in audit if not e.unsafe]
    assert tally(audit, Counting()) == tally(safe, Counting())
    either = tally(audit, UNSAFE_COUNTS)
    primary = either[CodeClass.primary_diagnosis]
    assert primary.errors == tally(safe, Counting())[CodeClass.primary_diagnosis].errors + unsafe
    assert all_correct(audit, Counting()).of == len(safe)
    assert all_correct(audit, UNSAFE_COUNTS).of == len(audit)
    if audit:
        assert unsafe_share(audit).share == Fraction(unsafe, len(audit))


def test_an_omitted_primary_procedure_and_one_not_required() -> None:
    operation = [Line("H011")]
    omitted = tally([Audited(findings([], operation, Side.procedures, []))], Counting())[CodeClass.primary_procedure]
    assert (omitted.trust_n, omitted.auditor_n, omitted.errors) == (0, 1, 1)
    extra = tally([Audited(findings(operation, [], Side.procedures, []))], Counting())[CodeClass.primary_procedure]
    assert (extra.trust_n, extra.auditor_n, extra.errors, extra.not_required) == (1, 0, 0, 1)


def test_a_difference_let_stand_is_agreed_and_an_auditors_code_taken_back_counts_nowhere() -> None:
    t = tally(
        [
            Audited([
                Finding(CodeClass.secondary_diagnosis, has_trust=True, has_auditor=False),
                Finding(CodeClass.secondary_diagnosis, has_trust=False, has_auditor=True),
                Finding(CodeClass.secondary_diagnosis, True, True, ErrorType.wrong_char_4, Attribution.coder),
            ])
        ],
        Counting(),
    )[CodeClass.secondary_diagnosis]  # fmt: skip
    assert (t.agreed, t.wrong, t.auditor_n, t.trust_n, t.errors) == (1, 1, 2, 2, 1)


def test_a_level_is_attained_when_every_class_with_codes_reaches_it() -> None:
    needed = {CodeClass.primary_diagnosis: Fraction(9, 10), CodeClass.primary_procedure: Fraction(9, 10)}
    right = Finding(CodeClass.primary_diagnosis, has_trust=True, has_auditor=True)
    wrong = Finding(CodeClass.primary_diagnosis, True, True, ErrorType.wrong_char_3, Attribution.coder)
    for errors, met in ((1, True), (2, False)):
        audit = [Audited([wrong if n < errors else right]) for n in range(10)]
        shares = {k: class_figures(audit, Counting(), k).correct for k in CodeClass}
        assert attained(shares, needed) is met
    assert attained({}, needed) is None


def test_errors_of_codes_that_should_not_be_there_are_summed_before_the_share_is_kept_above_nought() -> None:
    """One episode has a right code and three too many, another eight right and one without any has one too many."""
    klass = CodeClass.secondary_diagnosis
    right = Finding(klass, True, True)
    over = Finding(klass, True, False, ErrorType.not_required, Attribution.coder)
    audit = [Audited([right, over, over, over]), Audited([right] * 8), Audited([over])]
    found = class_figures(audit, STRICT, klass)
    assert (found.correct.share, found.coder_errors.share) == (Fraction(5, 9), Fraction(4, 9))
    assert found.correct.low is not None
    assert found.correct.low < 5 / 9
    worst = class_figures(audit[:1], STRICT, klass)
    assert (worst.correct.share, worst.coder_errors.share) == (0, 1)
