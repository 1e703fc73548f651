"""The profiles that ship can be read, and say what the documents say they say; what makes no sense is told."""

from fractions import Fraction

import pytest

from codewell.audits.alignment import CodeClass, ErrorType
from codewell.audits.profiles import BODIES, Methodology, ProfileKind, Thresholds, faults, shipped


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

    def test_nothing_that_ships_is_faulty(self):
        assert [f for p in shipped() for f in faults(BODIES[p.kind].model_validate(p.body))] == []


def level(key: str, **needed: str) -> dict:
    return {"key": key, "name": key.title(), "needed": needed}


def stage(key: str, **to_leave: str) -> dict:
    return {"key": key, "name": key.title(), "checked": "0", "to_leave": to_leave, "over_episodes": None}


class TestFaults:
    @pytest.mark.parametrize(
        ("kind", "key", "changes", "where"),
        [
            (
                ProfileKind.threshold, "acute_80",
                {"levels": [level("met", primary_diagnosis="0.9"), level("met", primary_diagnosis="0.95")]},
                ("levels", 1, "key"),
            ),
            (
                ProfileKind.threshold, "acute_80",
                {
                    "levels": [
                        level("met", primary_diagnosis="0.9"), level("more", secondary_diagnosis="0.8"),
                        level("most", primary_diagnosis="0.85", secondary_diagnosis="0.8"),
                    ]
                },
                ("levels", 2, "needed", "primary_diagnosis"),
            ),
            (
                ProfileKind.threshold, "acute_80", {"levels": [level("met", primary_diagnosis="0.00")]},
                ("levels", 0, "needed", "primary_diagnosis"),
            ),
            (ProfileKind.methodology, "neutral", {"sensitive_words": ["lazy", " "]}, ("sensitive_words", 1)),
            (ProfileKind.methodology, "neutral", {"not_citations": [""]}, ("not_citations", 0)),
            (ProfileKind.progression, "local", {"stages": [stage("all"), stage("all")]}, ("stages", 1, "key")),
            (
                ProfileKind.progression, "local", {"stages": [stage("all", primary_diagnosis="0")]},
                ("stages", 0, "to_leave", "primary_diagnosis"),
            ),
        ],
    )  # fmt: skip
    def test_each_is_pointed_at_in_words(self, kind, key, changes, where):
        ((found, said),) = faults(BODIES[kind].model_validate(one(kind, key) | changes))
        assert found == where
        assert said
