"""How clinicians say a code: the phrases a letter may use, and from which a coder can tell the code."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from importlib.resources import files

Codes = tuple[str, ...]
Phrases = Mapping[Codes, tuple[str, ...]]


def _read(name: str) -> dict[Codes, tuple[str, ...]]:
    found: dict[Codes, tuple[str, ...]] = {}
    text = files("codewell.synth").joinpath("data", name).read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        codes, *phrases = (part.strip() for part in line.split("|"))
        key = tuple(codes.split())
        if key in found or not phrases:
            raise ValueError(f"{name}: {codes} is said twice, or not at all")
        found[key] = tuple(phrases)
    return found


@functools.cache
def diagnoses() -> Phrases:
    """What is said for diagnoses, external causes (three characters) and places (@0 to @9)."""
    return _read("diagnoses.txt")


@functools.cache
def procedures() -> Phrases:
    """What is said for procedures, methods, sites and sides."""
    return _read("procedures.txt")


def is_cause(code: str) -> bool:
    """An external cause of morbidity (V01 to Y98) that is told as what happened, and where."""
    return code[0] in "VWX" or code[:3] == "Y04"


def parts(codes: Sequence[str], phrases: Phrases) -> list[Codes]:
    """Cut a list of codes into the longest runs that are said at once."""
    found: list[Codes] = []
    at = 0
    while at < len(codes):
        for until in range(len(codes), at, -1):
            run = tuple(codes[at:until])
            if run in phrases or until == at + 1:
                found.append(run)
                at = until
                break
    return found


@functools.cache
def cut_diagnoses(codes: Codes) -> tuple[Codes, ...]:
    """The runs of diagnoses that are said at once."""
    return tuple(parts(codes, diagnoses()))


@functools.cache
def cut_procedures(codes: Codes) -> tuple[Codes, ...]:
    """The runs of procedure codes that are said at once."""
    return tuple(parts(codes, procedures()))


def ways(codes: Codes) -> tuple[tuple[str, ...], ...]:
    """The phrases of one run of diagnoses, as one or more lists of which each needs one (what happened, and where)."""
    known = diagnoses().get(codes)
    if known is not None:
        return (known,)
    code = codes[0]
    if is_cause(code):
        told = diagnoses().get((code[:3],))
        if told is not None and code[0] == "V":
            return (told,)
        if told is not None:
            return (told, diagnoses()[("@" + code[3],)])
    raise KeyError(f"no words for {' '.join(codes)}")


@functools.cache
def evidence() -> Mapping[str, tuple[str, ...]]:
    """For each code every phrase that may stand for it, alone or with others said at once."""
    found: dict[str, list[str]] = {}
    for table in (diagnoses(), procedures()):
        for codes, phrases in table.items():
            for code in codes:
                found.setdefault(code, []).extend(phrases)
    return {code: tuple(phrases) for code, phrases in found.items()}
