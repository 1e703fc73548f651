"""Made-up people: patients with numbers nobody has, consultants with codes nobody has."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from codewell.synth.comorbidities import BROUGHT, chance

_PRIME = 99_999_989
_STRIDE = 61_803_399


def nhs_check_digit(nine: int) -> int:
    """The eleventh-modulus check digit of nine digits; 10 means that no number has them."""
    total = sum(int(digit) * weight for digit, weight in zip(f"{nine:09d}", range(10, 1, -1), strict=True))
    return (11 - total % 11) % 11


class Numbers:
    """NHS numbers of the 9-range, which are never issued, and local ids: none twice, the same for a seed."""

    def __init__(self, seed: int) -> None:
        self._at = (seed * 7_919 + 12_345) % _PRIME
        self._local = 0
        self._start = (seed * 104_729) % 4_000_000

    def nhs_number(self) -> str:
        """The next number: 9, eight digits that never come twice, and the check digit."""
        while True:
            self._at = (self._at + _STRIDE) % _PRIME
            nine = 900_000_000 + self._at
            digit = nhs_check_digit(nine)
            if digit != 10:
                return f"{nine}{digit}"

    def local_id(self) -> str:
        """The next hospital number."""
        self._local += 1
        return f"T{1_000_000 + self._start + self._local:07d}"


@dataclass(slots=True)
class Patient:
    """One person: who keeps their long-term conditions from spell to spell."""

    local_patient_id: str
    nhs_number: str | None
    nhs_number_status: str
    birth: int
    sex: str
    brought: tuple[int, ...]
    last_end: int


_FAMILIES = [b.family for b in BROUGHT]
_CODES = [b.codes[0] for b in BROUGHT]
_RHYTHM = frozenset({"I489", "I480"})
_BLOOD_THINNER = _CODES.index("Z921")


_CHANCES: dict[tuple[int, str], list[tuple[int, float]]] = {}


def _chances(age: int, sex: str) -> list[tuple[int, float]]:
    key = (age, sex)
    found = _CHANCES.get(key)
    if found is None:
        found = [
            (i, c)
            for i, b in enumerate(BROUGHT)
            if (not b.sex or b.sex == sex) and (c := chance(b, age)) > 0 and i != _BLOOD_THINNER
        ]
        _CHANCES[key] = found
    return found


def brings(rng: Random, age: float, sex: str, factor: float) -> tuple[int, ...]:
    """Draw what a patient brings, one of a family at most; an irregular heart usually comes with a blood thinner."""
    if factor <= 0:
        return ()
    random = rng.random
    drawn: list[int] = []
    families: set[str] = set()
    thinner = chance(BROUGHT[_BLOOD_THINNER], age) * 0.5
    for index, likely in _chances(int(age), sex):
        if random() < likely * factor:
            family = _FAMILIES[index]
            if family:
                if family in families:
                    continue
                families.add(family)
            drawn.append(index)
            if _CODES[index] in _RHYTHM:
                thinner = 0.75
    if random() < thinner:
        drawn.append(_BLOOD_THINNER)
    return tuple(drawn)


def consultant_code(seed: int, service: int, n: int) -> str:
    """A consultant's code: C and seven digits above those the register has issued."""
    return f"C9{(seed * 31 + service * 97 + n * 7 + 100_000) % 900_000:06d}"
