"""The profiles that ship can be read, and say what the documents say they say."""

from fractions import Fraction

from codewell.audits.alignment import CodeClass, ErrorType
from codewell.audits.profiles import Methodology, ProfileKind, Thresholds, shipped


def one(kind: ProfileKind, key: str) -> dict:
    return next(p.body for p in shipped() if (p.kind, p.key) == (kind, key))


class TestShipped:
    def test_the_neutral_methodology_names_no_official_key_and_does_not_count_codes_not_required(self):
        body = Methodology.model_validate(one(ProfileKind.methodology, "neutral"))
        assert body.official_keys == ()
        assert not body.counting.counts(ErrorType.not_required)
        assert body.counting.counts(ErrorType.omitted)
        assert set(body.key_words) == set(ErrorType)

    def test_both_readings_of_the_secondary_threshold_can_be_chosen(self):
        for key, secondary in (("acute_80", Fraction(4, 5)), ("acute_85", Fraction(17, 20))):
            met, exceeded = Thresholds.model_validate(one(ProfileKind.threshold, key)).levels
            assert met.shares() == {
                CodeClass.primary_diagnosis: Fraction(9, 10), CodeClass.secondary_diagnosis: secondary,
                CodeClass.primary_procedure: Fraction(9, 10), CodeClass.secondary_procedure: secondary,
            }  # fmt: skip
            assert exceeded.shares()[CodeClass.secondary_diagnosis] == Fraction(9, 10)

    def test_every_kind_ships_something(self):
        assert {p.kind for p in shipped()} == set(ProfileKind)
