"""Base classes and string types of the wire: strict on the way in, complete on the way out."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints


def clean(text: str) -> str:
    """Return ``text`` in NFC; ValueError for NUL, other controls (but tab and line ends), DEL or a lone surrogate."""
    for c in text:
        o = ord(c)
        if (o < 32 and c not in "\t\n\r") or o == 127 or 0xD800 <= o <= 0xDFFF:
            raise ValueError("contains a character that cannot be stored")
    return unicodedata.normalize("NFC", text)


def _one_line(text: str) -> str:
    if any(c in "\t\n\r\u2028\u2029" for c in text):
        raise ValueError("must be one line")
    return clean(text).strip()


CleanStr = Annotated[str, AfterValidator(clean)]
Text = Annotated[str, StringConstraints(max_length=20_000), AfterValidator(clean)]
Line = Annotated[str, StringConstraints(max_length=500), AfterValidator(_one_line)]
ShortLine = Annotated[str, StringConstraints(max_length=100), AfterValidator(_one_line)]


class WireIn(BaseModel):
    """Base of every request body and query model: unknown members and non-finite numbers are refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class WireOut(BaseModel):
    """Base of every answer; no defaults here, so that generated types are never optional by accident."""

    model_config = ConfigDict(from_attributes=True)
