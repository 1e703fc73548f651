"""The name of a file as HTTP carries it: Content-Disposition by RFC 6266, and what forms make of it."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote_to_bytes

from codewell.kit.wire import clean

LONGEST = 200
# A parameter, its value in quotation marks or without; one whose closing mark is missing ends where it ends.
_PARAMETER = re.compile(rb';\s*([^\s;="]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|"?([^;]*))', re.DOTALL)
_EXTENDED = re.compile(rb"(utf-8|iso-8859-1)'[^']*'(.+)", re.IGNORECASE | re.DOTALL)
_LINE_ENDS = re.compile("[\t\r\n\u2028\u2029]+")


def file_name_in(disposition: bytes, *, form: bool = False) -> str:
    """Return the file's name, without folders; empty where there is none or it cannot be kept.

    ``filename*`` goes before ``filename`` and counts only as a parameter, not within the text of another. In a ``form``
    browsers write a quotation mark as %22.
    """
    found: dict[bytes, bytes] = {}
    for name, quoted, plain in _PARAMETER.findall(disposition):
        # Only these two: an old browser sends C:\export\pas.csv as it is.
        found.setdefault(name.lower(), re.sub(rb'\\(["\\])', rb"\1", quoted or plain.strip()))
    told = _extended(found.get(b"filename*", b""))
    if told is None:
        told = _text(found.get(b"filename", b""))
        if form:
            told = told.replace("%22", '"')
    try:
        return clean(_LINE_ENDS.sub(" ", told).replace("\\", "/").rpartition("/")[2]).strip()[:LONGEST]
    except ValueError:
        return ""


def attachment(name: str) -> str:
    """Return the Content-Disposition of a download that is saved under this name, whatever characters it has."""
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"


def _extended(value: bytes) -> str | None:
    """Return the name of an RFC 8187 value; None when it is none, and the plain name is to be looked at."""
    parts = _EXTENDED.fullmatch(value)
    if parts is None:
        return None
    try:
        return unquote_to_bytes(parts[2]).decode(parts[1].decode("ascii"))
    except UnicodeDecodeError:
        return None


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
