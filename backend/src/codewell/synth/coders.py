"""The coders of the synthetic Trust and the mistakes each is known to make; what they do is kept beside the truth."""

from __future__ import annotations

import functools
from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from codewell.codesets.rules import is_subsidiary
from codewell.synth.story import Mistake


@dataclass(frozen=True, slots=True)
class Coder:
    """A person who codes, with the chance of each mistake wherever it could be made."""

    username: str
    name: str
    trainee: bool
    share: float
    omits: float
    fourth: float
    third: float
    sequence: float
    adds: float
    omits_procedure: float
    fourth_procedure: float
    omits_site: float


def _coder(
    username: str,
    name: str,
    share: float,
    level: float,
    *,
    omits: float = 1.0,
    sites: float = 1.0,
    fourth: float = 1.0,
    sequence: float = 1.0,
    adds: float = 1.0,
    trainee: bool = False,
) -> Coder:
    return Coder(
        username,
        name,
        trainee,
        share,
        omits=0.05 * level * omits,
        fourth=0.02 * level * fourth,
        third=0.008 * level,
        sequence=0.018 * level * sequence,
        adds=0.03 * level * adds,
        omits_procedure=0.02 * level,
        fourth_procedure=0.015 * level * fourth,
        omits_site=0.05 * level * sites,
    )


CODERS: tuple[Coder, ...] = (
    _coder("coder", "Priya Nair", 1.2, 0.8),
    _coder("coder2", "Tom Hargreaves", 1.1, 0.6),
    _coder("coder3", "Amara Okafor", 1.0, 1.0, omits=1.6),
    _coder("coder4", "Siân Pritchard", 1.0, 0.5),
    _coder("coder5", "Daniel Whitlock", 1.2, 1.3, sites=2.0),
    _coder("coder6", "Farah Siddiqui", 0.9, 0.7),
    _coder("coder7", "Grace Mensah", 1.0, 0.9, fourth=2.2),
    _coder("coder8", "Callum Reid", 0.8, 1.5, sequence=2.5),
    _coder("coder9", "Ingrid Solberg", 0.9, 0.4),
    _coder("coder10", "Wei Zhang", 1.1, 0.8, adds=3.0),
    _coder("coder11", "Molly Ashworth", 0.7, 1.1),
    _coder("coder12", "Joseph Banda", 0.6, 1.0),
    _coder("trainee", "Ellie Thornton", 0.6, 2.6, trainee=True),
    _coder("trainee2", "Hassan Farooqi", 0.5, 3.2, omits=1.3, trainee=True),
    _coder("trainee3", "Beth Calloway", 0.45, 2.2, fourth=1.6, trainee=True),
)
BY_USERNAME = {coder.username: coder for coder in CODERS}

OVER_CODED = ("R11", "R53", "R268", "I959", "R51", "K590", "E86", "Z867", "R074", "R42", "D649", "R104")
"""What gets coded although it belongs to what is coded already, or is not in the record."""

CONFUSED: Mapping[str, tuple[str, ...]] = {
    "E119": ("E149", "E109"),
    "I489": ("I499",),
    "J181": ("J22", "J157"),
    "J189": ("J22",),
    "N179": ("N19",),
    "I639": ("I64",),
    "J440": ("J209", "J22"),
    "I269": ("I802",),
    "I214": ("I249", "I200"),
    "I500": ("I517",),
    "N390": ("N309",),
    "K264": ("K922",),
    "F059": ("R410",),
    "F03": ("G309",),
    "K358": ("K37",),
    "K802": ("K819",),
    "H251": ("H409",),
    "M161": ("M1995",),
    "M171": ("M1996",),
    "L031": ("L089",),
    "R296": ("R268",),
    "I10": ("I159",),
    "N183": ("N19",),
    "A419": ("A499",),
    "O701": ("O718",),
    "C509": ("D059",),
    "R33": ("R398",),
}
"""Another category that coders take for this code."""

_NEVER_FIRST = frozenset("VWXY")


class CodeLists:
    """Valid codes and how often each is used: what mistakes are drawn from, so that a wrong code is still a code."""

    def __init__(self, icd10: Mapping[str, int], opcs4: Mapping[str, int], asterisk: Iterable[str] = ()) -> None:
        self.icd10 = icd10
        self.opcs4 = opcs4
        self.asterisk = frozenset(asterisk)
        self._siblings: dict[tuple[str, str], tuple[list[str], list[int]]] = {}
        self._by: dict[str, list[str]] = {}
        for code in icd10:
            self._by.setdefault("i" + code[:3], []).append(code)
        for code in opcs4:
            self._by.setdefault("o" + code[:3], []).append(code)

    def sibling(self, rng: Random, system: str, code: str) -> str | None:
        """Another code of the same category, the often used more often; None when there is none."""
        key = (system, code)
        found = self._siblings.get(key)
        if found is None:
            use = self.icd10 if system == "i" else self.opcs4
            others = [c for c in self._by.get(system + code[:3], ()) if c != code]
            found = (others, list(accumulate(max(1, use[c]) for c in others)))
            self._siblings[key] = found
        others, sums = found
        if not others:
            return None
        return others[bisect(sums, rng.random() * sums[-1])]


@functools.cache
def shipped_lists() -> CodeLists:
    """The lists that ship: ICD-10 made British and the OPCS-4 starter set."""
    from codewell.codesets import shipped  # builds from the open list, which takes a second

    icd10 = {row.code: row.usage_count for row in shipped.icd10_rows() if row.leaf}
    opcs4 = {row.code: row.usage_count for row in shipped.opcs4_rows() if row.leaf}
    return CodeLists(icd10, opcs4, shipped.uk()["asterisk"])


_SUMS = list(accumulate(c.share for c in CODERS))
_QUALIFIED = [c for c in CODERS if not c.trainee]
_QUALIFIED_SUMS = list(accumulate(c.share for c in _QUALIFIED))


def pick(rng: Random, *, trainees: bool) -> Coder:
    """Whoever codes the next episode."""
    if trainees:
        return CODERS[bisect(_SUMS, rng.random() * _SUMS[-1])]
    return _QUALIFIED[bisect(_QUALIFIED_SUMS, rng.random() * _QUALIFIED_SUMS[-1])]


def _may_lead(code: str, lists: CodeLists) -> bool:
    return not (
        code[0] in _NEVER_FIRST
        or code[:3] in lists.asterisk
        or code[0] == "Z"
        or code[:2] == "B9"
        or code[:3] in ("U82", "U83", "U84")
    )


def code_diagnoses(
    rng: Random, coder: Coder, truth: Sequence[str], lists: CodeLists
) -> tuple[list[str], list[Mistake]]:
    """What the coder writes for the true diagnoses, and every difference; an asterisk never loses its dagger."""
    random = rng.random
    mistakes: list[Mistake] = []
    written: list[str] = []
    taken = set(truth)
    for index, code in enumerate(truth):
        star = index + 1 < len(truth) and truth[index + 1][:3] in lists.asterisk
        is_star = code[:3] in lists.asterisk
        draw = random()
        if index and not star and not is_star and code[:3] != "Z37":
            if draw < coder.omits:
                mistakes.append(Mistake("diagnoses", "omitted", index, code, None))
                continue
            draw -= coder.omits
        if star or is_star:
            written.append(code)
            continue
        other: str | None = None
        if 0 <= draw < coder.fourth and len(code) > 3:
            other = lists.sibling(rng, "i", code)
            kind = "wrong_char_5" if other and other[:4] == code[:4] else "wrong_char_4"
        elif coder.fourth <= draw < coder.fourth + coder.third:
            options = [c for c in CONFUSED.get(code, ()) if c in lists.icd10]
            other = options[int(random() * len(options))] if options else None
            kind = "wrong_char_3"
        if other is not None and other not in taken:
            mistakes.append(Mistake("diagnoses", kind, index, code, other))
            taken.add(other)
            written.append(other)
        else:
            written.append(code)
    if len(written) > 1 and random() < coder.sequence:
        for at in range(1, min(len(written), 4)):
            dagger = at + 1 < len(written) and written[at + 1][:3] in lists.asterisk
            first_is_dagger = written[1][:3] in lists.asterisk
            if _may_lead(written[at], lists) and not dagger and not first_is_dagger:
                mistakes.append(Mistake("diagnoses", "sequence", 0, written[0], written[at]))
                written[0], written[at] = written[at], written[0]
                break
    if random() < coder.adds:
        extra = OVER_CODED[int(random() * len(OVER_CODED))]
        if extra in lists.icd10 and all(extra[:3] != c[:3] for c in written) and extra not in taken:
            mistakes.append(Mistake("diagnoses", "irrelevant", None, None, extra))
            written.append(extra)
    return written, mistakes


def code_procedures(
    rng: Random, coder: Coder, truth: Sequence[str], days: Sequence[int], lists: CodeLists
) -> tuple[list[str], list[int], list[Mistake]]:
    """What the coder writes for the true procedures; with a procedure its method, site and side go too."""
    random = rng.random
    mistakes: list[Mistake] = []
    written: list[str] = []
    on: list[int] = []
    dropping = False
    for index, code in enumerate(truth):
        subsidiary = is_subsidiary(code)
        if not subsidiary:
            dropping = random() < coder.omits_procedure
        if dropping:
            mistakes.append(Mistake("procedures", "omitted", index, code, None))
            continue
        if subsidiary:
            if random() < coder.omits_site:
                mistakes.append(Mistake("procedures", "omitted", index, code, None))
                continue
        elif random() < coder.fourth_procedure:
            other = lists.sibling(rng, "o", code)
            if other is not None and other not in truth:
                mistakes.append(Mistake("procedures", "wrong_char_4", index, code, other))
                code = other
        written.append(code)
        on.append(days[index])
    return written, on, mistakes
