"""A book small enough to read, for rules that are tested without any edition loaded."""

from dataclasses import dataclass

from codewell.codesets.rules import is_code_shaped

MISSING = {"Q999", "K999", "H999", "W377"}
UNDIVIDED = {
    "D62",
    "Z33",
    "I10",
    "J46",
    "M45",
    "R54",
    "R69",
    "N40",
    "J22",
    "I64",
    "N19",
    "F03",
    "R55",
    "R31",
    "R11",
    "Z21",
    "C97",
    "Y86",
    "A33",
    "A34",
    "A35",
    "B24",
    "C61",
    "P95",
    "R95",
    "R99",
    "R17",
    "R53",
    "T58",
}
TITLES = {
    "J189": "Pneumonia, unspecified",
    "J181": "Lobar pneumonia",
    "G408": "Other specified epilepsy",
    "Q391": "Laparoscopic sterilisation",
    "W373": "Revision of total prosthetic replacement of hip joint using cement",
}
LIMITS = {"L680": (2, None, None), "E301": (None, None, 18)}
PARTNERS = {"N083": ("E102", "E112"), "F001": ("G301",), "H062": ("E050",)}


@dataclass(frozen=True)
class Entry:
    title: str
    leaf: bool
    usage: str = "default"
    sex: int | None = None
    age_min: int | None = None
    age_max: int | None = None
    partners: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edition:
    title: str = "Test edition"
    starter: bool = False
    in_force: bool = True


class SmallBook:
    """Holds every well-formed code of three or four characters but the missing ones, and none with five."""

    def __init__(self, system: str, edition: Edition = Edition()) -> None:
        self.system, self.edition = system, edition

    def get(self, code: str) -> Entry | None:
        if not self.edition.in_force or not is_code_shaped(self.system, code) or len(code) > 4 or code in MISSING:
            return None
        if len(code) == 4 and code[:3] in UNDIVIDED and self.system == "icd10":
            return None
        leaf = len(code) == 4 or (self.system == "icd10" and code in UNDIVIDED)
        sex, low, high = LIMITS.get(code, (None, None, None))
        return Entry(TITLES.get(code, f"Title of {code}"), leaf, "default", sex, low, high, PARTNERS.get(code, ()))


@dataclass(frozen=True)
class SmallBooks:
    icd10: SmallBook
    opcs4: SmallBook


BOOKS = SmallBooks(SmallBook("icd10"), SmallBook("opcs4"))
