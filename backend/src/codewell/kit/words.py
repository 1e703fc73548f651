"""What is wrong with a value, in plain words: the framework's own messages speak of its insides."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

_JSON: Final = (
    ("Expecting property name", "a member's name in double quotes is expected"),
    ("Illegal trailing comma", "there is a comma with nothing after it"),
    ("Expecting ',' delimiter", "a comma or a closing bracket is expected"),
    ("Expecting ':' delimiter", "a colon is expected after the member's name"),
    ("Expecting value", "a value is expected"),
    ("Extra data", "there is more after the end of the JSON value"),
    ("Unterminated string", "a text that begins here is never closed"),
    ("Invalid control character", "a text holds a line break or another control character; write it as \\n or \\u…"),
    ("Invalid \\", "a backslash in a text begins no escape that JSON knows"),
)


def of_json(error: ValueError) -> str:
    """Return why a body is not JSON, with line and column where they are known; never any of the body."""
    if isinstance(error, UnicodeDecodeError):
        return f"The body is not UTF-8 text (byte {error.start + 1})."
    if not isinstance(error, json.JSONDecodeError):
        told = str(error)
        if "is not JSON" in told:
            return "NaN and Infinity are no numbers in JSON. Send null, or leave the member out."
        if "twice" in told:
            return "An object names one of its members twice. Send each member once."
        if "deeply" in told:
            return "The JSON is nested too deeply to be read."
        return "The JSON holds a number that is too large or too long to be read."
    if not error.doc.strip():
        return "The body is empty. Send JSON."
    if error.msg.startswith("Unexpected UTF-8 BOM"):
        return "The body begins with a byte order mark. Send plain UTF-8."
    why = next((words for start, words in _JSON if error.msg.startswith(start)), "it cannot be read")
    if error.pos >= len(error.doc.rstrip()):
        why += ", but the body ends"
    return f"The body is not JSON: at line {error.lineno}, column {error.colno}, {why}."


def _counted(n: object, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


NO_SUCH_PARAMETER: Final = "no_such_parameter"
GIVEN_TWICE: Final = "given_twice"
"""Kinds of error that are ours, beside pydantic's."""


def of_value(error: Mapping[str, Any]) -> str:
    """Return what is wrong with one value, to be read after its name; ours where the check was ours.

    Pydantic's own message is never handed on: some of them repeat what was sent.

    Any: a validation error of pydantic's, whose context holds limits and never what was sent.
    """
    kind, given = str(error.get("type", "")), error.get("ctx") or {}
    # A length that is asked of a text after it was cleaned comes as that of some value.
    noun = {"List": "entry", "Tuple": "entry", "Dictionary": "member", "Set": "entry"}.get(
        str(given.get("field_type")), "entry"
    )
    if isinstance(error.get("input"), str):
        noun = "character"
    nouns = {"entry": "entries", "member": "members", "character": "characters"}[noun]
    words: dict[str, str] = {
        NO_SUCH_PARAMETER: "there is no such parameter",
        GIVEN_TWICE: "is given twice",
        "missing": "is missing",
        "extra_forbidden": "is not a member we know",
        "string_type": "must be text, in double quotes",
        "string_too_long": f"is longer than {_counted(given.get('max_length'), 'character')}",
        "string_too_short": f"is shorter than {_counted(given.get('min_length'), 'character')}",
        "string_pattern_mismatch": "is not written as this must be",
        "string_unicode": "contains a character that cannot be stored",
        "int_type": "must be a whole number, without quotes",
        "int_parsing": "must be a whole number",
        "int_parsing_size": "is too large a number",
        "int_from_float": "must be a whole number, without decimals",
        "float_type": "must be a number, without quotes",
        "float_parsing": "must be a number",
        "decimal_parsing": "must be a number",
        "finite_number": "must be a number, neither NaN nor Infinity",
        "bool_type": "must be true or false, without quotes",
        "bool_parsing": "must be true or false",
        "list_type": "must be a list",
        "set_type": "must be a list",
        "tuple_type": "must be a list",
        "dict_type": "must be an object",
        "model_type": "must be an object",
        "model_attributes_type": "must be an object",
        "dataclass_type": "must be an object",
        "none_required": "must be null",
        "too_long": f"holds {given.get('actual_length') or 'too many'} {nouns}; at most {given.get('max_length')} "
        "are taken",
        "too_short": f"holds {given.get('actual_length')} {nouns}; at least {given.get('min_length')} "
        f"{'is' if given.get('min_length') == 1 else 'are'} needed",
        "greater_than": f"must be more than {given.get('gt')}",
        "greater_than_equal": f"must be at least {given.get('ge')}",
        "less_than": f"must be less than {given.get('lt')}",
        "less_than_equal": f"must be at most {given.get('le')}",
        "enum": f"must be one of: {_alternatives(given.get('expected'))}",
        "literal_error": f"must be one of: {_alternatives(given.get('expected'))}",
        "uuid_type": "must be an id as we gave it",
        "uuid_parsing": "must be an id as we gave it",
        "timezone_aware": "must have its offset from UTC, as in 2026-11-12T09:30:00Z",
    }
    if kind in words:
        return words[kind]
    if kind == "value_error":
        return str(error.get("msg", "")).removeprefix("Value error, ")
    if kind.startswith("date_from_datetime") or kind in {"date_parsing", "date_type"}:
        return "must be a day, as in 2026-11-12"
    if kind.startswith(("datetime", "date")):
        return "must be an instant, as in 2026-11-12T09:30:00Z"
    if kind.startswith(("time", "timezone")):
        return "must be a time with its offset, as in 09:30:00Z"
    return "cannot be read"


def _alternatives(expected: object) -> str:
    return str(expected).replace("'", "").replace(" or ", ", ")
