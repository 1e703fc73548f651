"""Which codes must, may not, or should stand together, and in which order."""

from __future__ import annotations

from collections.abc import Iterator

from codewell.codesets.rules import within
from codewell.standards.rules.case import ListName
from codewell.standards.rules.operators.base import Hit, operator
from codewell.standards.rules.sheet import Codes, Line, Sheet


@operator
def not_first(sheet: Sheet, *, codes: Codes) -> Iterator[Hit]:
    """Codes that may not stand first in their list."""
    for line in sheet.first.values():
        if line is not None and codes.has(line):
            yield Hit((line,))


@operator
def first_must_be(sheet: Sheet, *, list: ListName, codes: Codes) -> Iterator[Hit]:
    """The first code of a list belongs to a set."""
    line = sheet.first[list]
    if line is not None and not codes.has(line):
        yield Hit((line,))


@operator
def present(sheet: Sheet, *, codes: Codes, each: bool = False, first: bool = False) -> Iterator[Hit]:
    """A code is there that the rule's conditions speak against: the first such line, or ``each`` of them.

    ``first`` looks at the head of the list alone.
    """
    lines = sheet.pick(codes)
    if first:
        lines = [line for line in lines if line is sheet.first[line.list]]
    for line in lines if each else lines[:1]:
        yield Hit((line,))


@operator
def absent(sheet: Sheet, *, codes: Codes) -> Iterator[Hit]:
    """None of the codes is there that the rule's conditions call for."""
    if not sheet.any(codes):
        yield Hit()


@operator
def requires_with(
    sheet: Sheet, *, when: Codes, need: Codes, order: str = "anywhere", each: bool = False, skip_first: bool = False
) -> Iterator[Hit]:
    """A code needs another one: ``anywhere``, ``before`` it or ``after`` it in the same list.

    Only the first code in need is reported unless ``each`` is set, so that one missing code is one finding.
    """
    wanting = sheet.pick(when)
    if not wanting:
        return
    helpers = sheet.pick(need)
    for line in wanting:
        if skip_first and line is sheet.first[line.list]:
            continue
        if not any(_stands(helper, line, order) for helper in helpers):
            yield Hit((line,))
            if not each:
                return


def _stands(helper: Line, line: Line, order: str) -> bool:
    if helper is line:
        return False
    if order == "before":
        return helper.list == line.list and helper.index < line.index
    if order == "after":
        return helper.list == line.list and helper.index > line.index
    return True


@operator
def conflicts(
    sheet: Sheet, *, one: Codes, other: Codes, same_date: bool = False, skip_first: bool = False
) -> Iterator[Hit]:
    """Two codes that do not belong together; the first such pair is reported, ``one`` as the line at fault.

    ``same_date`` holds procedures against each other only when done on one day; ``skip_first`` leaves the head of the
    list to another rule.
    """
    ones = sheet.pick(one)
    if not ones:
        return
    others = sheet.pick(other)
    for a in ones:
        if skip_first and a is sheet.first[a.list]:
            continue
        for b in others:
            if a is not b and (not same_date or (a.on is not None and a.on == b.on)):
                yield Hit((a, b))
                return


@operator
def first_conflicts(sheet: Sheet, *, first: Codes, other: Codes) -> Iterator[Hit]:
    """A code may not stand first while another one is recorded further down."""
    head = sheet.first["diagnoses"]
    if head is not None and first.has(head):
        for line in sheet.pick(other):
            if line is not head:
                yield Hit((head, line))
                return


@operator
def one_kind(sheet: Sheet, *, codes: Codes, characters: int = 3) -> Iterator[Hit]:
    """At most one kind of a family is recorded, kinds being told apart by their first characters."""
    first: Line | None = None
    for line in sheet.pick(codes):
        if first is None:
            first = line
        elif line.code[:characters] != first.code[:characters]:
            yield Hit((line, first))
            return


@operator
def exactly_one(sheet: Sheet, *, codes: Codes) -> Iterator[Hit]:
    """Exactly one code of a set is recorded."""
    lines = sheet.pick(codes)
    if len(lines) != 1:
        yield Hit(tuple(lines[1:2]), {"n": "none" if not lines else str(len(lines))})


@operator
def must_follow(sheet: Sheet, *, codes: Codes, after: Codes) -> Iterator[Hit]:
    """Each of the codes has one of the others somewhere before it in its list."""
    for line in sheet.pick(codes):
        if not any(_stands(helper, line, "before") for helper in sheet.pick(after)):
            yield Hit((line,))


@operator
def sequence(sheet: Sheet, *, first: Codes, then: Codes, skip_first: bool = False) -> Iterator[Hit]:
    """Of two kinds of code that are both there, the first kind comes first."""
    leaders = sheet.pick(first)
    followers = sheet.pick(then)
    if not leaders or not followers or leaders[0].index < followers[0].index:
        return
    if not (skip_first and followers[0] is sheet.first[followers[0].list]):
        yield Hit((followers[0], leaders[0]))


@operator
def listed_pair(sheet: Sheet, *, codes: Codes) -> Iterator[Hit]:
    """An asterisk code follows a dagger code that the edition lists as its partner; silent where it lists none."""
    fit = sheet.fit["diagnoses"]
    for n, line in enumerate(fit):
        if line.info is None or not codes.has(line) or not line.info.partners:
            continue
        back = n - 1
        while back > 0 and codes.has(fit[back]):
            back -= 1
        before = fit[back] if back >= 0 else None
        if before is None or codes.has(before) or before.info is None:
            continue
        if not within(before.code, line.info.partners) and not within(line.code, before.info.partners):
            yield Hit((line, before))


@operator
def directly_after(sheet: Sheet, *, codes: Codes, partners: Codes, chain: Codes) -> Iterator[Hit]:
    """Each of the codes stands right after a partner, or after another of the ``chain`` that does."""
    if not sheet.any(codes):
        return
    fit = sheet.fit["diagnoses"]
    for n, line in enumerate(fit):
        if not codes.has(line):
            continue
        back = n - 1
        while back >= 0 and chain.has(fit[back]) and not partners.has(fit[back]):
            back -= 1
        if back < 0 or not partners.has(fit[back]):
            yield Hit((line,))
