"""How an operator is declared and how a rule's parameters become its arguments."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import UnionType
from typing import Any, ParamSpec

from codewell.standards.rules.case import LISTS, ListName, Severity
from codewell.standards.rules.codes import CodeSet
from codewell.standards.rules.facts import FactTest
from codewell.standards.rules.sheet import Codes, Line, Sheet


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a rule is broken: the lines, the one at fault first, and words for its message."""

    lines: tuple[Line, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    at_most: Severity | None = None


P = ParamSpec("P")
Operator = Callable[[Sheet], Iterator[Hit]]
OPERATORS: dict[str, Callable[..., Iterator[Hit]]] = {}


def operator(f: Callable[P, Iterator[Hit]]) -> Callable[P, Iterator[Hit]]:
    """Register an operator under its function name."""
    OPERATORS[f.__name__] = f
    return f


def read_codes(data: object) -> Codes:
    """Read ``{"diagnoses": [...], "procedures": [...], "usage": "asterisk"}``."""
    if not isinstance(data, Mapping) or not data or not {"diagnoses", "procedures", "usage"}.issuperset(data):
        raise ValueError("codes are given as diagnoses, procedures and usage")
    usage = data.get("usage")
    if usage not in {None, "dagger", "asterisk"}:
        raise ValueError("usage is dagger or asterisk")
    return Codes(
        diagnoses=CodeSet(data["diagnoses"]) if "diagnoses" in data else None,
        procedures=CodeSet(data["procedures"]) if "procedures" in data else None,
        usage=usage,
    )


def _list_name(data: object) -> ListName:
    for name in LISTS:
        if data == name:
            return name
    raise ValueError("a list is diagnoses or procedures")


def _int(data: object) -> int:
    if isinstance(data, bool) or not isinstance(data, int):
        raise ValueError("expected a whole number")
    return data


def _bool(data: object) -> bool:
    if not isinstance(data, bool):
        raise ValueError("expected true or false")
    return data


def _str(data: object) -> str:
    if not isinstance(data, str):
        raise ValueError("expected text")
    return data


def _strings(data: object) -> tuple[str, ...]:
    if not isinstance(data, list) or not all(isinstance(item, str) for item in data):
        raise ValueError("expected a list of text")
    return tuple(data)


@dataclass(frozen=True)
class FifthSet:
    """Codes that take a fifth character, which ones, and what they mean."""

    codes: CodeSet
    allowed: str
    meaning: str


@dataclass(frozen=True)
class Replacement:
    """Retired codes and what to use instead."""

    codes: CodeSet
    use: str


def _fifths(data: object) -> tuple[FifthSet, ...]:
    if not isinstance(data, list):
        raise ValueError("expected a list")
    return tuple(FifthSet(CodeSet(d["codes"]), _str(d["allowed"]), _str(d["meaning"])) for d in data)


def _replacements(data: object) -> tuple[Replacement, ...]:
    if not isinstance(data, list):
        raise ValueError("expected a list")
    return tuple(Replacement(CodeSet(d["codes"]), _str(d["use"])) for d in data)


READERS: dict[object, Callable[[Any], Any]] = {  # Any: JSON in, the annotated type out
    Codes: read_codes,
    CodeSet: CodeSet,
    FactTest: FactTest.read,
    ListName: _list_name,
    int: _int,
    bool: _bool,
    str: _str,
    re.Pattern[str]: lambda data: re.compile(_str(data), re.ASCII),
    tuple[str, ...]: _strings,
    tuple[FifthSet, ...]: _fifths,
    tuple[Replacement, ...]: _replacements,
}


def _reader(annotation: object) -> Callable[[Any], Any]:
    if typing.get_origin(annotation) in {UnionType, typing.Union}:
        inner = [a for a in typing.get_args(annotation) if a is not type(None)]
        return READERS[inner[0]]
    return READERS[annotation]


def bind(check: str, params: Mapping[str, Any]) -> Operator:  # Any: JSON
    """Return the operator with its arguments read from a rule's parameters; ValueError when they do not fit."""
    f = OPERATORS.get(check)
    if f is None:
        raise ValueError(f"there is no operator called {check!r}")
    hints = typing.get_type_hints(f)
    signature = inspect.signature(f)
    arguments: dict[str, Any] = {}
    for name, value in params.items():
        if name not in signature.parameters or name == "sheet":
            raise ValueError(f"{check} takes no {name!r}")
        try:
            arguments[name] = _reader(hints[name])(value)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{check}.{name}: {error}") from None
    for name, parameter in signature.parameters.items():
        if name != "sheet" and name not in arguments and parameter.default is inspect.Parameter.empty:
            raise ValueError(f"{check} needs {name!r}")
    return partial(f, **arguments)
