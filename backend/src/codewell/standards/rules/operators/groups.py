"""OPCS-4 groups: a main procedure with the Y and Z codes that belong to it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from codewell.standards.rules.codes import CodeSet
from codewell.standards.rules.operators.base import Hit, operator
from codewell.standards.rules.sheet import Group, Line, Sheet

LATERALITY = CodeSet(["Z94"])
SITE = CodeSet(["Z01-Z93"])


def _segments(group: Group) -> Iterator[tuple[Line | None, list[Line]]]:
    """Cut a group at its site codes: each site (or the main code itself) with the laterality codes that follow it."""
    head = group.main
    sides: list[Line] = []
    for line in group.rest:
        if line.code in SITE:
            yield head, sides
            head, sides = line, []
        elif line.code in LATERALITY:
            sides.append(line)
    yield head, sides


@operator
def order_in_group(sheet: Sheet, *, first: CodeSet, then: CodeSet) -> Iterator[Hit]:
    """Within a group, codes of one kind come before codes of another."""
    for group in sheet.groups:
        ahead: Line | None = None
        for line in group.rest:
            if ahead is not None and line.code in first:
                yield Hit((line, ahead))
                break
            if ahead is None and line.code in then:
                ahead = line


@operator
def laterality_needs_site(sheet: Sheet, *, generic: CodeSet) -> Iterator[Hit]:
    """A laterality code follows a site code, or a main code that names a sided part of the body itself.

    ``generic`` lists main codes that do not: their title names no part of the body, or one that has no sides.
    """
    for group in sheet.groups:
        for head, sides in _segments(group):
            if sides and head is not None and head.code in generic:
                yield Hit((sides[0], head))


@operator
def laterality_wanted(sheet: Sheet, *, paired: CodeSet) -> Iterator[Hit]:
    """A procedure on one of a pair says which side, itself or by a side further down on the same day.

    Coders write one side after several procedures of one session (lens out, new lens in, right).
    """
    sides = [line for line in sheet.fit["procedures"] if line.code in LATERALITY]
    for group in sheet.groups:
        main = group.main
        if main is None or main.code not in paired:
            continue
        if not any(side.index > main.index and (side.on == main.on or side in group.rest) for side in sides):
            yield Hit((main,))


@operator
def laterality_conflict(sheet: Sheet, *, vague: CodeSet) -> Iterator[Hit]:
    """One site carries one side: not both a side and bilateral, not right and left, none of the vague ones."""
    for group in sheet.groups:
        for _, sides in _segments(group):
            if len({line.code for line in sides}) > 1:
                yield Hit((sides[1], sides[0]), {"problem": "two laterality codes stand on one site"})
            elif sides and sides[0].code in vague:
                yield Hit((sides[0],), {"problem": "it does not say which side"})


@operator
def group_conflict(sheet: Sheet, *, one: CodeSet, other: CodeSet) -> Iterator[Hit]:
    """Two codes that do not belong in one group."""
    for group in sheet.groups:
        a = next((line for line in group.rest if line.code in one), None)
        b = next((line for line in group.rest if line.code in other), None)
        if a is not None and b is not None:
            yield Hit((a, b))


@operator
def group_needs(sheet: Sheet, *, main: CodeSet, need: CodeSet) -> Iterator[Hit]:
    """A main procedure has one of these codes in its group."""
    for group in sheet.groups:
        met = any(line.code in need for line in group.rest)
        if group.main is not None and group.main.code in main and not met:
            yield Hit((group.main,))


@operator
def title_conflict(sheet: Sheet, *, codes: CodeSet, pattern: re.Pattern[str]) -> Iterator[Hit]:
    """A Y code repeats what the main code's own title already says."""
    for group in sheet.groups:
        if group.main is not None and pattern.search(group.main.title.lower()):
            for line in group.rest:
                if line.code in codes:
                    yield Hit((line, group.main))
                    break


def _shape(group: Group) -> tuple[object, ...]:
    return (group.main and (group.main.code, group.main.on), tuple(line.code for line in group.rest))


@operator
def duplicate_group(sheet: Sheet) -> Iterator[Hit]:
    """The same main procedure with the same Y and Z codes does not stand twice on one day."""
    seen: dict[tuple[object, ...], Line] = {}
    for group in sheet.groups:
        if group.main is None or group.main.on is None:
            continue
        shape = _shape(group)
        if shape in seen:
            yield Hit((group.main, seen[shape]))
        else:
            seen[shape] = group.main


@operator
def bilateral_pair(sheet: Sheet, *, right: CodeSet, left: CodeSet) -> Iterator[Hit]:
    """The same procedure on the right and on the left on one day is one bilateral procedure."""
    sided: dict[tuple[object, ...], dict[bool, Line]] = {}
    for group in sheet.groups:
        if group.main is None or group.main.on is None:
            continue
        marks = {line.code in right for line in group.rest if line.code in right or line.code in left}
        if len(marks) != 1:
            continue
        rest = tuple(line.code for line in group.rest if line.code not in LATERALITY)
        both = sided.setdefault((group.main.code, group.main.on, rest), {})
        is_right = marks.pop()
        both.setdefault(is_right, group.main)
        if len(both) == 2:
            yield Hit((group.main, both[not is_right]))
            both.clear()
