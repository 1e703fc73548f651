"""Wire shapes of a grouper's result."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from codewell.kit.wire import ShortLine, WireIn, WireOut, clean

Csv = Annotated[str, StringConstraints(max_length=2_000_000), AfterValidator(clean)]


class GroupingIn(WireIn):
    """A grouper's result as CSV with a header; lines are matched by ``item``, or by ``spell`` and ``episode``.

    Columns: ``item`` (number in the audit) or ``spell`` and ``episode``, ``hrg_before``, ``hrg_after``, and, both or
    neither, ``pounds_before`` and ``pounds_after``.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "grouper": "HRG4+ 2026/27 Local Payment Grouper",
                    "csv": "item,hrg_before,hrg_after,pounds_before,pounds_after\n1,DZ11K,DZ11N,1820.00,2417.50\n",
                }
            ]
        }
    )

    grouper: Annotated[ShortLine, Field(min_length=2)]
    csv: Csv


class RefusedLine(WireOut):
    """A line of the file that was not taken, and why."""

    line: int
    reason: str


class GroupingOut(WireOut):
    """What became of the file; lines that were taken stand although others were refused."""

    model_config = ConfigDict(title="GroupingLoaded")

    grouper: str
    loaded: int
    grouped_n: int
    of: int
    refused: list[RefusedLine]
