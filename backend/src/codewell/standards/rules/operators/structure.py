"""Validity and structure: does the code exist, is it whole, is the list in order?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from codewell.standards.rules.case import LISTS, ListName, Severity
from codewell.standards.rules.codes import CodeSet
from codewell.standards.rules.operators.base import FifthSet, Hit, Replacement, operator
from codewell.standards.rules.sheet import Codes, Line, Sheet


@operator
def at_least(sheet: Sheet, *, list: ListName, n: int) -> Iterator[Hit]:
    """A list holds at least ``n`` codes."""
    lines = sheet.filled(list)
    if len(lines) < n:
        yield Hit(lines[:1], {"n": str(len(lines))})


@operator
def at_most(sheet: Sheet, *, list: ListName, n: int) -> Iterator[Hit]:
    """A list holds at most ``n`` codes; the first one beyond is at fault."""
    lines = sheet.filled(list)
    if len(lines) > n:
        yield Hit((lines[n],), {"n": str(len(lines)), "limit": str(n), "list": list})


@operator
def format(sheet: Sheet, *, list: ListName, pattern: re.Pattern[str]) -> Iterator[Hit]:
    """Every code, in stored form, matches a pattern."""
    for line in sheet.filled(list):
        if pattern.fullmatch(line.code) is None:
            yield Hit((line,))


@operator
def must_exist_in_edition(sheet: Sheet, *, list: ListName, known_at_three: CodeSet | None = None) -> Iterator[Hit]:
    """Every well-formed code is in the edition, or is one of its codes with a fifth character.

    ``known_at_three`` names undivided categories whose fifth character may stand where the fourth would. Where the
    edition is a starter set, known to be incomplete, a missing code is at most a warning; where no edition covers the
    day there is one warning, that nothing could be looked up.
    """
    book = sheet.book(list)
    if not book.edition.in_force:
        for line in sheet.fit[list][:1]:
            yield Hit((line,), {"problem": f"cannot be looked up. {book.edition.title}"}, Severity.warn)
        return
    for line in sheet.fit[list]:
        if line.info is not None:
            continue
        if known_at_three is not None and line.code in known_at_three and book.get(line.code[:3]) is not None:
            continue
        missing = f"is not in {book.edition.title}, the edition for this episode's end date"
        if book.edition.starter:
            missing += "; that is a starter set and not the whole classification"
        yield Hit((line,), {"problem": missing}, Severity.warn if book.edition.starter else None)


@operator
def must_be_leaf(sheet: Sheet, *, list: ListName) -> Iterator[Hit]:
    """No code has finer codes below it in the edition."""
    for line in sheet.fit[list]:
        if line.exact and line.info is not None and not line.info.leaf:
            yield Hit((line,), {"have": str(len(line.code)), "need": str(len(line.code) + 1)})


@operator
def fifth_character(
    sheet: Sheet, *, divided: tuple[FifthSet, ...], undivided: tuple[FifthSet, ...], activity: bool
) -> Iterator[Hit]:
    """Categories with a mandatory fifth character carry an allowed one, all others none.

    ``undivided`` categories have no fourth character, so theirs follows the category (or its filler X) directly.
    ``activity`` allows the optional activity digit after V01 to Y34.
    """
    for line in sheet.fit["diagnoses"]:
        code = line.code
        owner = next((s for s in undivided if code in s.codes), None)
        if owner is not None:
            given = code[3:].replace("X", "", 1)
        else:
            given = code[4:]
            owner = next((s for s in divided if code in s.codes), None)
            if owner is not None and len(code) < 4:
                continue  # The fourth character is missing first; that is another rule's business.
        if owner is None:
            if given and not line.exact and not (activity and "V" <= code[0] <= "Y"):
                yield Hit((line,), {"problem": "this code takes no fifth character", "advice": f"Use {_four(code)}."})
        elif not given:
            yield Hit(
                (line,),
                {"problem": "the fifth character is missing", "advice": f"Add one: {owner.meaning}."},
            )
        elif (given not in owner.allowed or len(given) != 1) and not line.exact:
            yield Hit(
                (line,),
                {"problem": f"{given} is not one of its fifth characters", "advice": f"Use one of: {owner.meaning}."},
            )


def _four(code: str) -> str:
    return f"{code[:3]}.{code[3]}" if code[3] != "X" else code[:3]


@operator
def character_in(sheet: Sheet, *, codes: CodeSet, position: int, allowed: str) -> Iterator[Hit]:
    """Codes of a set carry one of the allowed characters at a position (1-based)."""
    for line in sheet.fit["diagnoses"]:
        if line.code in codes and line.code[position - 1 : position] not in {*allowed}:
            yield Hit((line,))


@operator
def retired(sheet: Sheet, *, codes: tuple[Replacement, ...]) -> Iterator[Hit]:
    """Codes withdrawn from the classification are not used; the rule says what replaced them."""
    for line in sheet.fit["diagnoses"]:
        for one in codes:
            if line.code in one.codes:
                yield Hit((line,), {"use": one.use})


@operator
def duplicate(sheet: Sheet, *, list: ListName, allow: CodeSet | None = None) -> Iterator[Hit]:
    """No code stands twice in a list, save those allowed to repeat."""
    seen: dict[str, Line] = {}
    for line in sheet.filled(list):
        if line.code in seen:
            if allow is None or line.code not in allow:
                yield Hit((line, seen[line.code]))
        else:
            seen[line.code] = line


@operator
def contiguous(sheet: Sheet) -> Iterator[Hit]:
    """No blank line stands before a filled one; the first filled line after a gap is at fault."""
    for name in LISTS:
        for expected, line in enumerate(sheet.filled(name)):
            if line.index != expected:
                yield Hit((line,), {"gap": str(expected + 1)})
                break


@operator
def title_says(
    sheet: Sheet, *, codes: Codes, pattern: re.Pattern[str], unspecified_sibling: bool = False
) -> Iterator[Hit]:
    """Codes whose title matches; ``unspecified_sibling`` keeps only those with a more specific sibling code."""
    for line in sheet.pick(codes):
        if not line.exact or pattern.search(line.title.lower()) is None:
            continue
        if unspecified_sibling:
            book, stem = sheet.book(line.list), line.code[:3]
            if len(line.code) < 4 or all(book.get(f"{stem}{d}") is None for d in "012345678"):
                continue
        yield Hit((line,))
