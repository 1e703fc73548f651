"""Names of columns: codes are never lost for want of a known one."""

import pytest

from codewell.intake.columns import HeaderRefused, header_of

KEY = ["PROVSPNOPS", "EPIORDER", "LOPATID", "EPISTART", "EPIEND"]


def fields(*names):
    return header_of([*KEY, *names], {}, ",").fields[len(KEY) :]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["PRIMARY DIAGNOSIS (ICD)", "SECONDARY DIAGNOSIS (ICD)"], ["dx_1", "dx_2"]),
        (["PRIMARY PROCEDURE (OPCS)", "SECONDARY PROCEDURE (OPCS)"], ["px_1", "px_2"]),
        (["DIAG_4_01", "DIAG_4_02", "OPERTN_4_01", "OPDATE_01"], ["dx_1", "dx_2", "px_1", "px_date_1"]),
        (["DIAG_01", "DIAG_4_01", "DIAG_3_01"], ["dx_1", None, None]),
        (["DIAG_01", "DIAGNOSIS SCHEME IN USE (ICD)"], ["dx_1", None]),
    ],
)
def test_known_names_of_codes(names, expected):
    assert fields(*names) == expected


@pytest.mark.parametrize("name", ["DIAG_3_01", "OTHER DIAGNOSIS", "OPERTN_3_02", "Procedure codes"])
def test_a_column_of_codes_we_cannot_place_is_refused_by_name(name):
    with pytest.raises(HeaderRefused, match="seem to hold codes"):
        fields("DIAG_01", name) if name != "DIAG_3_01" else fields(name)
