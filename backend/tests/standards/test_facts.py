"""What the workbench has, what it asks the checks with and what submitting checks are one set of facts."""

import datetime as dt
from dataclasses import asdict, fields

from hypothesis import given
from hypothesis import strategies as st

from codewell.coding.schemas import WorkbenchOut
from codewell.standards.rules import Facts
from codewell.standards.schemas import CheckEpisode, CheckFacts

CODES = ("sex", "patient_class", "admission_method", "discharge_method", "operation_status", "treatment_function")
recorded = st.fixed_dictionaries(
    {name: st.none() | st.text(max_size=5) for name in CODES}
    | {name: st.none() | st.integers(-400, 70_000) for name in ("age", "age_days", "episodes_in_spell")}
    | {"started_on": st.none() | st.dates(), "last_episode": st.none() | st.booleans()}
)


def test_the_three_have_the_same_names():
    assert {f.name for f in fields(Facts)} == set(CheckEpisode.model_fields) == set(CheckFacts.model_fields)
    assert WorkbenchOut.model_fields["facts"].annotation is CheckFacts


@given(recorded)
def test_whatever_is_recorded_what_the_workbench_has_is_accepted_by_the_checks(values):
    facts = Facts.of(**values)
    shown = CheckFacts(**asdict(facts)).model_dump(mode="json")
    assert Facts(**dict(CheckEpisode.model_validate(shown))) == facts


def test_days_and_truth_values_go_there_and_back():
    facts = Facts.of(ended_on=dt.date(2026, 11, 14), last_episode=False, age=0, age_days=3)
    assert Facts(**dict(CheckEpisode.model_validate(CheckFacts(**asdict(facts)).model_dump(mode="json")))) == facts
