"""Draws a chart as a picture, for documents that cannot draw it themselves; by the same hand as the PDF's."""

from __future__ import annotations

import orjson
import typst

from codewell.reports.content import BarChart, IntervalChart
from codewell.reports.pdf import compiler, settable_all


def png(chart: BarChart | IntervalChart) -> bytes:
    """Return a chart as PNG at twice the size it is shown at."""
    made: typst.Compiler = compiler("chart.typ", orjson.dumps(settable_all(chart.model_dump(mode="json"))))
    picture = made.compile(format="png", ppi=220.0)
    assert isinstance(picture, bytes)
    return picture
