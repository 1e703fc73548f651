"""A code mix like the nation's: what the scenarios leave out is added from published counts.

The published lists count every code once per episode it was recorded in, whatever its position. Scenarios give episodes
their sense; this adds, code by code, what is missing to the national share, where a code may stand: an external cause
after an injury, an organism after an infection, an asterisk after its dagger, nothing of another sex or age.
"""

from __future__ import annotations

import csv
import datetime as dt
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from random import Random

from codewell.codesets import shipped
from codewell.codesets.rows import CodeRow
from codewell.codesets.rules import is_subsidiary
from codewell.synth.coders import CodeLists
from codewell.synth.comorbidities import BROUGHT
from codewell.synth.generate import Generator
from codewell.synth.story import Episode

DIAGNOSES_AN_EPISODE = 7.3
PROCEDURES_AN_EPISODE = 1.9
"""What England recorded in 2023-24."""

_TRIAL = 6_000
_INFECTION = frozenset("AB")
_INFECTIONS = (
    "J12",
    "J13",
    "J15",
    "J18",
    "J22",
    "J44",
    "J69",
    "L03",
    "L02",
    "L08",
    "N39",
    "N30",
    "N10",
    "K65",
    "M00",
    "M86",
    "T81",
    "T82",
    "T84",
    "K57",
    "K81",
)
_PREGNANT = ("O", "Z33", "Z34", "Z35", "Z36", "Z39")
_NEWBORN = ("P",)
_NEVER = ("Z37", "Z38", "O80", "O81", "O82", "O83", "O84", "P95", "R95", "R96", "R98", "R99", "R69", "C97")
"""What only makes sense as part of a scenario."""


def read_usage(path: Path) -> dict[str, tuple[str, int]]:
    """Return code (no dot, no filler) -> title and count of a file with the columns code, description, usage."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return {
            _stored(line["code"]): (line["description"].strip(), int(line["usage"] or 0))
            for line in csv.DictReader(lines)
        }


def _stored(code: str) -> str:
    code = code.strip().upper().replace(".", "")
    return code[:3] if code[3:] == "X" else code


class _Pool:
    """Codes to draw from by weight."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        items = [(code, w) for code, w in weights.items() if w > 0]
        self.codes = [code for code, _ in items]
        self.sums = list(accumulate(w for _, w in items))
        self.total = self.sums[-1] if self.sums else 0.0

    def draw(self, rng: Random) -> str:
        return self.codes[bisect(self.sums, rng.random() * self.total)]


def _many(rng: Random, mean: float) -> int:
    """A whole number with that mean, more spread out than a Poisson one."""
    if mean <= 0:
        return 0
    return int(rng.gammavariate(1.6, mean / 1.6) + rng.random())


class _Plain:
    """Adds nothing: the scenarios as they are, for a trial run."""

    def __init__(self, keeps: Sequence[float]) -> None:
        self.keeps = keeps

    def add(self, rng: Random, episode: Episode, *, age: float, pregnant: bool) -> None:
        """Add nothing."""


class NationalMix:
    """Adds true codes so that the whole follows the national frequencies."""

    def __init__(self, icd10: Mapping[str, tuple[str, int]], opcs4: Mapping[str, tuple[str, int]]) -> None:
        rows = {row.code: row for row in shipped.icd10_rows()}
        own = {row.code: row for row in shipped.opcs4_rows()}
        self.titles = {code: title for code, (title, _) in icd10.items()}
        self.procedure_titles = {code: title for code, (title, _) in opcs4.items()}
        self.pairs: Mapping[str, list[str]] = shipped.uk()["pairs"]
        self.asterisk = frozenset(shipped.uk()["asterisk"])
        below: dict[str, list[CodeRow]] = {}
        for row in rows.values():
            if row.leaf and row.parent is not None:
                below.setdefault(row.parent, []).append(row)
        uses: defaultdict[str, float] = defaultdict(float)
        for code, (title, n) in icd10.items():
            for leaf, share in _leaves(rows.get(code), code, below.get(code, [])):
                uses[leaf] += n * share
                self.titles.setdefault(leaf, rows[leaf].title if leaf in rows else title)
        self.icd10 = {c: max(1, round(n)) for c, n in uses.items()}
        self.opcs4 = {c: n for c, (_, n) in opcs4.items()}
        self.lists = CodeLists(self.icd10, self.opcs4, self.asterisk)
        self._rows, self._own = rows, own
        self._stars = self._stars_of()

    def _stars_of(self) -> dict[str, list[tuple[str, float]]]:
        """Dagger -> asterisk codes with the chance of each; daggers may be written as categories or ranges."""
        found: dict[str, list[tuple[str, float]]] = {}
        for star, daggers in self.pairs.items():
            use = sum(n for c, n in self.icd10.items() if c.startswith(star))
            mine = [c for c in self.icd10 if any(_within(c, d) for d in daggers) and c[:3] not in self.asterisk]
            of = sum(self.icd10[c] for c in mine)
            leaves = [c for c in self.icd10 if c.startswith(star)]
            if not use or not of or not leaves:
                continue
            for dagger in mine:
                found.setdefault(dagger, []).append((leaves[0], min(0.9, use / of)))
        return found

    def calibrate(self, seed: int, today: dt.date) -> NationalMix:
        """Work out what the scenarios leave out, by a trial run of them."""
        self.keeps: Sequence[float] = [1.0] * len(BROUGHT)
        there, _, _ = self._trial(seed, today)
        keeps = [1.0] * len(BROUGHT)
        all_uses = sum(self.icd10.values())
        for index, brought in enumerate(BROUGHT):
            head = brought.codes[0]
            wanted = DIAGNOSES_AN_EPISODE * self.icd10.get(head, 0) / all_uses * _TRIAL
            keeps[index] = min(1.0, wanted / max(there[head], 1))
        self.keeps = keeps
        diagnoses, procedures, who = self._trial(seed, today)
        pregnant, newborn, other, ages = who
        left = _left_out(self.icd10, DIAGNOSES_AN_EPISODE, diagnoses)
        left_procedures = _left_out(self.opcs4, PROCEDURES_AN_EPISODE, procedures)
        # The scenarios have too much of some codes; with that the whole keeps the national depth.
        fewer = _fewer(left, DIAGNOSES_AN_EPISODE, diagnoses)
        fewer_procedures = _fewer(left_procedures, PROCEDURES_AN_EPISODE, procedures)
        causes = {c: w for c, w in left.items() if c[0] in "VWXY"}
        organisms = {
            c: w for c, w in left.items() if c[:3] in ("B95", "B96", "B97", "B98") or c[:3] in ("U82", "U83", "U84")
        }
        apart = causes.keys() | organisms.keys() | {c for c in left if c[:3] in self.asterisk or c[:3] in _NEVER}
        obstetric = {c: w for c, w in left.items() if c.startswith(_PREGNANT) and c not in apart}
        neonatal = {c: w for c, w in left.items() if c.startswith(_NEWBORN) and c not in apart}
        general = {c: w for c, w in left.items() if c not in apart and c not in obstetric and c not in neonatal}
        self.general, self.obstetric, self.neonatal = _Pool(general), _Pool(obstetric), _Pool(neonatal)
        self.causes, self.organisms = _Pool(causes), _Pool(organisms)
        injuries = sum(w for c, w in general.items() if c[0] in "ST") or 1e-9
        infections = sum(w for c, w in general.items() if _infection(c)) or 1e-9
        self.causes_each = self.causes.total / injuries
        self.organisms_each = self.organisms.total / infections
        self.n_general = fewer * self.general.total * _TRIAL / max(ages, 1e-9)
        self.n_obstetric = fewer * self.obstetric.total * _TRIAL / max(pregnant, 1)
        self.n_neonatal = fewer * self.neonatal.total * _TRIAL / max(newborn, 1)
        mains = {c: w for c, w in left_procedures.items() if not is_subsidiary(c)}
        methods = {c: w for c, w in left_procedures.items() if c[0] == "Y"}
        sites = {c: w for c, w in left_procedures.items() if is_subsidiary(c) and c[0] != "Y" and c[:3] != "Z94"}
        sides = {c: w for c, w in left_procedures.items() if c.startswith("Z94")}
        self.mains, self.methods, self.sites, self.sides = _Pool(mains), _Pool(methods), _Pool(sites), _Pool(sides)
        self.n_mains = fewer_procedures * self.mains.total * _TRIAL / max(other, 1)
        total = max(self.mains.total, 1e-9)
        self.each = (self.methods.total / total, self.sites.total / total, self.sides.total / total)
        return self

    def _trial(self, seed: int, today: dt.date) -> tuple[Counter[str], Counter[str], tuple[int, int, int, float]]:
        """Codes of a run of the scenarios with nothing added, and how many mothers, newborn and others there are."""
        diagnoses: Counter[str] = Counter()
        procedures: Counter[str] = Counter()
        pregnant = newborn = other = 0
        ages = 0.0
        trial = Generator(seed + 1_000_003, _TRIAL, today, code_lists=self.lists, mix=_Plain(self.keeps))
        for batch in trial.batches():
            for e in batch:
                diagnoses.update(e.diagnoses)
                procedures.update(e.procedures)
                if e.scenario.how == "birth":
                    newborn += 1
                elif e.diagnoses[0][0] == "O":
                    pregnant += 1
                else:
                    other += 1
                    ages += _weight((e.started - e.spell.patient.birth) / 365.25)
        return diagnoses, procedures, (pregnant, newborn, other, ages)

    def add(self, rng: Random, episode: Episode, *, age: float, pregnant: bool) -> None:
        """Add to an episode what the nation has and the scenarios have not."""
        sex = episode.spell.patient.sex
        have = set(episode.diagnoses)
        if pregnant:
            pool, mean = self.obstetric, self.n_obstetric
        elif episode.scenario.how == "birth":
            pool, mean = self.neonatal, self.n_neonatal
        else:
            pool, mean = self.general, self.n_general * _weight(age)
        if pool.codes:
            for _ in range(_many(rng, mean)):
                if len(episode.diagnoses) >= 40:
                    break
                self._diagnosis(rng, episode, pool.draw(rng), have, sex, age, pregnant=pregnant)
        if not pregnant and episode.scenario.how != "birth" and self.mains.codes:
            for _ in range(_many(rng, self.n_mains)):
                if len(episode.procedures) < 24:
                    self._procedure(rng, episode, sex)

    def _diagnosis(
        self, rng: Random, episode: Episode, code: str, have: set[str], sex: str, age: float, *, pregnant: bool
    ) -> None:
        row = self._rows.get(code)
        if code in have or _unfit(row, sex, age):
            return
        run = [code]
        if code[0] in "ST" and self.causes.codes:
            # At least one cause; more where the nation has more.
            run += [self.causes.draw(rng) for _ in range(max(1, _many(rng, self.causes_each)))]
        elif _infection(code) and self.organisms.codes and rng.random() < self.organisms_each:
            run.append(self.organisms.draw(rng))
        else:
            for star, chance in self._stars.get(code, ()):
                if rng.random() < chance:
                    run.append(star)
                    break
        run = [c for c in dict.fromkeys(run) if c not in have and not _unfit(self._rows.get(c), sex, age)]
        have.update(run)
        leads = (
            not pregnant
            and episode.scenario.how != "birth"
            and code[0] == episode.diagnoses[0][0]
            and code[0] not in "RZUVWXY"
            and rng.random() < 0.6
            and episode.histology is None
        )
        if leads:
            episode.diagnoses[:0] = run
        else:
            episode.diagnoses.extend(run)
        episode.besides.append(("main problem " if leads else "") + "; ".join(_told(self.titles[c]) for c in run))

    def _procedure(self, rng: Random, episode: Episode, sex: str) -> None:
        code = self.mains.draw(rng)
        row = self._own.get(code)
        if (
            code in episode.procedures
            or (row is not None and row.sex is not None and str(row.sex) != sex)
            or _other_sex(code, sex)
        ):
            return
        run = [code]
        for pool, mean in zip((self.methods, self.sites, self.sides), self.each, strict=True):
            if pool.codes:
                some = _many(rng, mean) if pool is not self.sides else int(rng.random() < mean)
                run += list(dict.fromkeys(pool.draw(rng) for _ in range(some)))
        on = episode.started + int(rng.random() * (episode.ended - episode.started + 1))
        episode.procedures.extend(run)
        episode.procedure_days.extend([on] * len(run))
        episode.done_besides.append(", ".join(_told(self.procedure_titles[c]) for c in run))


def _leaves(row: CodeRow | None, code: str, below: list[CodeRow]) -> Iterable[tuple[str, float]]:
    """A published code, or the longer codes that have to be used for it, with the share of each."""
    if row is None or row.leaf or not below:
        return ((code, 1.0),)
    total = sum(r.usage_count for r in below)
    return [(r.code, r.usage_count / total if total else 1 / len(below)) for r in below]


def _left_out(use: Mapping[str, int], per_episode: float, there: Counter[str]) -> dict[str, float]:
    """What each code still lacks, per episode."""
    total = sum(use.values()) or 1
    return {c: max(0.0, per_episode * n / total - there.get(c, 0) / _TRIAL) for c, n in use.items()}


def _fewer(left: Mapping[str, float], per_episode: float, there: Counter[str]) -> float:
    """By how much to thin what is added, so that with what is there already it comes to the wanted depth."""
    return max(0.0, per_episode - sum(there.values()) / _TRIAL) / max(sum(left.values()), 1e-9)


def _within(code: str, span: str) -> bool:
    if "-" in span:
        first, last = span.split("-", 1)
        return first <= code[: len(first)] and code[: len(last)] <= last
    return code.startswith(span)


def _infection(code: str) -> bool:
    return code[0] in _INFECTION or code[:3] in _INFECTIONS


def _weight(age: float) -> float:
    return 0.25 + min(age, 90) / 70


def _unfit(row: CodeRow | None, sex: str, age: float) -> bool:
    if row is None:
        return False
    if row.sex is not None and str(row.sex) != sex:
        return True
    return (row.age_min is not None and age < row.age_min) or (row.age_max is not None and age > row.age_max)


def _other_sex(code: str, sex: str) -> bool:
    """Chapters of one sex: P and Q (and R) of women, M61 to M70 and N of men."""
    return (sex == "1" and code[0] in "PQR") or (sex == "2" and (code[0] == "N" or "M61" <= code[:3] <= "M70"))


def _told(title: str) -> str:
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def national_mix(icd10_usage: Path, opcs4_usage: Path, seed: int, today: dt.date) -> NationalMix:
    """Read the published lists and work out what to add."""
    return NationalMix(read_usage(icd10_usage), read_usage(opcs4_usage)).calibrate(seed, today)
