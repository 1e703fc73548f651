"""What the contract says of intake is what intake takes."""

from codewell.intake.columns import NAMES, is_field
from codewell.intake.schemas import SourceIn


def test_a_column_is_mapped_to_just_the_fields_that_the_contract_lists():
    schema = SourceIn.model_json_schema()["properties"]["columns"]["additionalProperties"]
    targets = schema["enum"]
    assert all(is_field(target) for target in targets)
    assert {*NAMES, "dx_1", "dx_99", "px_99", "px_date_99"} <= set(targets)
    # What it does not list is none: the numbers end where the list does.
    assert not any(is_field(f"{what}_{n}") for what in ("dx", "px", "px_date") for n in (0, 100))
    # The service says in its own words what is wrong with any other.
    assert SourceIn(name="Ward", columns={"Theirs": "no_such_field"}).columns == {"Theirs": "no_such_field"}
