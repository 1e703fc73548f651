"""What may not stand alone as the citation of an error, however it is written."""

import pytest

from codewell.audits.limits import is_no_citation
from codewell.audits.profiles import Methodology, ProfileKind, shipped
from codewell.kit.words import of_value

NEUTRAL = Methodology.model_validate(
    next(p.body for p in shipped() if (p.kind, p.key) == (ProfileKind.methodology, "neutral"))
)


@pytest.mark.parametrize(
    "cited", ["QRD", "qrd 12/2019", "National query resolution 2019", "The query resolutions of May", "a QRD entry"]
)
def test_a_national_query_resolution_is_known_by_its_words(cited):
    assert is_no_citation(cited, NEUTRAL)


@pytest.mark.parametrize("cited", ["DGCS.3", "ICD-10 tabular", "Local policy 4: queries"])
def test_a_standard_or_a_local_policy_is_none(cited):
    assert not is_no_citation(cited, NEUTRAL)


def test_a_text_that_is_too_short_is_short_of_characters():
    error = {"type": "too_short", "ctx": {"field_type": "Value", "actual_length": 1, "min_length": 3}, "input": "a"}
    assert of_value(error) == "holds 1 characters; at least 3 are needed"
