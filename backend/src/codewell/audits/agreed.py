"""The codes that an audit agreed on, from the positions of one episode as they ended. Pure: no database, no HTTP."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from codewell.audits.alignment import CodeClass, ErrorType, Side
from codewell.coding.rules import Codes

_LAST = 1000


class Ended(Protocol):
    """A position as it ended: a row of ``audit_position``."""

    @property
    def side(self) -> str: ...
    @property
    def code_class(self) -> str: ...
    @property
    def trust_at(self) -> int | None: ...
    @property
    def trust_code(self) -> str | None: ...
    @property
    def trust_on(self) -> dt.date | None: ...
    @property
    def auditor_at(self) -> int | None: ...
    @property
    def auditor_code(self) -> str | None: ...
    @property
    def auditor_on(self) -> dt.date | None: ...
    @property
    def final_type(self) -> str | None: ...


class _Line(NamedTuple):
    place: int
    code: str
    on: dt.date | None


def agreed_codes(positions: Iterable[Ended]) -> Codes:
    """Return the codes that should stand: the auditor's where an error was found, the coder's everywhere else.

    A code that was not required goes, an omitted one comes. The order is the auditor's, unless what they said of the
    first place was let stand as the coder had it: then it is the coder's.
    """
    all_ = list(positions)
    diagnoses = _side([p for p in all_ if p.side == Side.diagnoses])
    procedures = _side([p for p in all_ if p.side == Side.procedures])
    return Codes([d.code for d in diagnoses], [p.code for p in procedures], [p.on for p in procedures])


_PRIMARY = (CodeClass.primary_diagnosis, CodeClass.primary_procedure)


def _side(positions: Sequence[Ended]) -> list[_Line]:
    # The first place was disputed and stands as it was: the coder's order is the order.
    first_stands = any(
        p.code_class in _PRIMARY
        and p.final_type is None
        and p.trust_code is not None
        and (p.trust_code, p.trust_at) != (p.auditor_code, p.auditor_at)
        for p in positions
    )
    lines = []
    for p in positions:
        wrong = p.final_type is not None
        if wrong and p.final_type != ErrorType.not_required and p.auditor_code is not None:
            code, on = p.auditor_code, p.auditor_on if p.auditor_on is not None else p.trust_on
        elif not wrong and p.trust_code is not None:
            code, on = p.trust_code, p.trust_on
        elif p.final_type == ErrorType.other and p.trust_code is not None:
            # Something else was wrong with it than the code.
            code, on = p.trust_code, p.trust_on
        else:
            continue
        own, other = (p.trust_at, p.auditor_at) if first_stands else (p.auditor_at, p.trust_at)
        place = own if own is not None else _LAST + (other or 0)
        lines.append(_Line(place, code, on))
    return sorted(lines, key=lambda line: line.place)
