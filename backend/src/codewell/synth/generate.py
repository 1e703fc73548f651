"""The generator itself: day by day, patient by patient, the same stream of episodes for the same seed and day."""

from __future__ import annotations

import datetime as dt
import functools
import math
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Protocol

from codewell.synth import days
from codewell.synth.coders import CodeLists, code_diagnoses, code_procedures, pick, shipped_lists
from codewell.synth.comorbidities import BROUGHT, IN_PREGNANCY
from codewell.synth.people import Numbers, Patient, brings, consultant_code
from codewell.synth.scenarios import ALL, Op, Scenario, Service, services
from codewell.synth.story import Coded, Done, Episode, Histology, Said, Spell

BATCH = 2_000
MONTHS = 13
A_YEAR = 260_000
_ONE_OF = frozenset({"theatre", "scope", "cath", "unit"})
_SIDES = {"R": "Z942", "L": "Z943", "B": "Z941"}
_REGULARS = {
    "dialysis": (0.985, 400),
    "chemo-breast": (0.84, 900),
    "chemo-bowel": (0.84, 900),
    "chemo-lung": (0.8, 900),
    "chemo-lymphoma": (0.85, 900),
    "transfusion": (0.85, 300),
    "venesection": (0.8, 300),
    "biologic": (0.85, 500),
    "ibd-infusion": (0.85, 500),
    "ms-infusion": (0.9, 300),
    "macular": (0.8, 900),
}
"""Kinds of patient who come back again and again: how often it is one already known, and how many are remembered."""
_COMES_BACK = 0.32
_DEPTH = 1.25
_POOL = 1_500
_FALLS = (("W01@", 0.42), ("W18@", 0.2), ("W19@", 0.22), ("W06@", 0.09), ("W10@", 0.07))
_FALLS_YOUNG = (("W01@", 0.7), ("W10@", 0.15), ("W18@", 0.15))
_PLACES = {
    "home": (("0", 0.6), ("4", 0.22), ("8", 0.06), ("5", 0.05), ("9", 0.07)),
    "old": (("0", 0.6), ("1", 0.26), ("4", 0.08), ("9", 0.06)),
    "street": (("4", 0.8), ("8", 0.12), ("9", 0.08)),
    "school": (("2", 0.55), ("8", 0.3), ("0", 0.15)),
    "work": (("6", 0.5), ("0", 0.3), ("5", 0.2)),
    "sport": (("3", 0.9), ("8", 0.1)),
}
_ALONE = frozenset({"Z85", "Z86", "Z88", "Z92", "Z95", "Z50", "Z72"})
_BLOCKED_BY: dict[str, tuple[str, ...]] = {
    "Z853": ("C50", "D05"),
    "Z854": ("C61",),
    "Z850": ("C15", "C18", "C19", "C20", "C25"),
    "M1999": ("M15", "M16", "M17", "M18"),
    "I259": ("I21", "I25", "I20"),
    "I252": ("I21", "I25"),
    "Z955": ("I21",),
    "F171": ("F17",),
    "F102": ("F10",),
    "K219": ("K21", "K22"),
    "Z923": (),
    "Z926": ("D70",),
    "H353": ("H35",),
    "I694": ("I61", "I63", "I60", "G45"),
    "G20": ("F02", "G20"),
    "I500": ("I50", "I42"),
    "Z950": ("I44", "I49"),
    "U073": ("U07",),
    "J459": ("J44", "J45", "J46"),
    "J449": ("J44", "J45", "J46", "J18", "J12", "J13", "J22"),
    "E119": ("E10", "E11"),
    "E109": ("E10", "E11"),
    "E112": ("E10", "E11"),
    "E113": ("E10", "E11"),
    "E114": ("E10", "E11"),
    "N183": ("N18", "N17"),
    "N184": ("N18",),
    "G309": ("F00", "F01", "F03", "G30", "F05"),
    "F019": ("F00", "F01", "F03", "G30", "F05"),
    "F03": ("F00", "F01", "F03", "G30", "F05"),
    "I489": ("I48",),
    "I480": ("I48",),
    "F329": ("F32", "F33"),
    "Z602": ("Z60",),
    "Z966": ("Z96",),
    "Z961": (),
    "E039": ("E05", "E03"),
    "K573": ("K57",),
    "M8199": ("M80", "M81"),
    "H409": ("H40",),
    "Z880": ("Z88",),
    "Z888": (),
}
"""A long-term condition that goes without saying, or would contradict, beside these categories."""
_BLOCKS = [
    frozenset(_BLOCKED_BY.get(b.codes[0], ())) | (frozenset() if b.codes[0][:3] in _ALONE else {b.codes[0][:3]})
    for b in BROUGHT
]
_ED = (("21", 0.74), ("22", 0.08), ("24", 0.06), ("2A", 0.03), ("2D", 0.04), ("23", 0.03), ("2B", 0.02))
_PLANNED = (("11", 0.62), ("12", 0.28), ("13", 0.1))
_NEVER_OUT = 10**9
_ONLY = {"N40": "1", "C61": "1", "C509": "2", "N359": "1"}
"""Primary diagnoses of one sex in scenarios for both."""
_DAY_UNITS = frozenset({"DSU", "ENDO", "DAYC", "DAYM", "CATH", "EYE"})


def _table(pairs: Sequence[tuple[str, float]]) -> tuple[list[str], list[float]]:
    return [name for name, _ in pairs], list(accumulate(weight for _, weight in pairs))


_FALL_TABLES = {"young": _table(_FALLS_YOUNG), "old": _table(_FALLS)}
_PLACE_TABLES = {name: _table(pairs) for name, pairs in _PLACES.items()}
_ED_TABLE, _PLANNED_TABLE = _table(_ED), _table(_PLANNED)


def _of(rng: Random, table: tuple[list[str], list[float]]) -> str:
    names, sums = table
    return names[bisect(sums, rng.random() * sums[-1])]


@functools.cache
def _wards(service: Service, how: str) -> tuple[str, ...]:
    """Day units are for planned patients, and day patients go there where there is one."""
    day_units = tuple(w for w in service.wards if w in _DAY_UNITS)
    others = tuple(w for w in service.wards if w not in _DAY_UNITS)
    return (day_units or others) if how in ("daycase", "regular") else (others or day_units)


@dataclass(slots=True)
class _Plan:
    """A scenario worked out as far as it does not depend on the patient."""

    scenario: Scenario
    primaries: list[tuple[str, ...]]
    sums: list[float]
    pregnant: bool
    age_low: float
    age_high: float
    age_mode: float
    mu: float


def _plan(scenario: Scenario) -> _Plan:
    low, mode, high = scenario.ages
    shortest, usual, _ = scenario.stay
    return _Plan(
        scenario,
        [tuple(codes.split()) for _, codes in scenario.primary],
        list(accumulate(w for w, _ in scenario.primary)),
        any(codes[0] == "O" for _, codes in scenario.primary),
        low,
        high,
        mode,
        math.log(max(usual - shortest, 0.35)),
    )


def span(n_fces: int, today: dt.date, years: int | None) -> tuple[dt.date, dt.date]:
    """From when to when the episodes are spread: thirteen months, or as many years as asked for."""
    if years is None:
        return days.months_before(today, MONTHS), today
    return today - dt.timedelta(days=round(365.25 * years)), today


class Mix(Protocol):
    """Something that adds codes to an episode before it is coded (see `frequencies`)."""

    keeps: Sequence[float]
    """For each thing a patient may bring, how often it is told; 1 for always."""

    def add(self, rng: Random, episode: Episode, *, age: float, pregnant: bool) -> None:
        """Add true codes to the episode."""


class Generator:
    """Makes batches of episodes; memory does not grow with their number."""

    def __init__(
        self,
        seed: int,
        n_fces: int,
        today: dt.date,
        provider: str = "RXX",
        code_lists: CodeLists | None = None,
        years: int | None = None,
        scenarios: Sequence[Scenario] = ALL,
        mix: Mix | None = None,
    ) -> None:
        self.mix = mix
        self.rng = Random(f"codewell synthetic Trust {seed}")
        self.seed, self.n, self.provider = seed, n_fces, provider
        self.lists = code_lists or shipped_lists()
        self.first, self.today_on = span(n_fces, today, years)
        self.today = today.toordinal()
        self.plans = [_plan(s) for s in scenarios]
        self.numbers = Numbers(seed)
        self.pool: dict[tuple[str, int], list[Patient]] = {}
        self.regulars: dict[str, list[Patient]] = {}
        self.spells = 0
        self.services = {s: i for i, s in enumerate(v for v in vars(services).values() if isinstance(v, Service))}
        self._consultants = {
            s: [consultant_code(seed, i, n) for n in range(s.consultants)] for s, i in self.services.items()
        }
        self._mixes: dict[tuple[int, int, bool], list[float]] = {}

    # --- days ---------------------------------------------------------------------------------------------------

    def _mix(self, day: dt.date) -> list[float]:
        key = (day.weekday(), day.month, days.is_holiday(day))
        found = self._mixes.get(key)
        if found is None:
            found = list(
                accumulate(p.scenario.weight * days.busy(p.scenario.how, p.scenario.key, day) for p in self.plans)
            )
            self._mixes[key] = found
        return found

    def batches(self) -> Iterator[list[Episode]]:
        """Give the episodes in the order of admission, exactly as many as asked for."""
        first = self.first.toordinal()
        calendar = [dt.date.fromordinal(d) for d in range(first, self.today + 1)]
        reached = days.spread(self.n, [self._mix(day)[-1] for day in calendar])
        batch: list[Episode] = []
        made = 0
        for day, target in zip(calendar, reached, strict=True):
            sums = self._mix(day)
            ordinal = day.toordinal()
            while made < target:
                plan = self.plans[bisect(sums, self.rng.random() * sums[-1])]
                episodes = self._spell(plan, ordinal, self.n - made)
                made += len(episodes)
                batch.extend(episodes)
                if len(batch) >= BATCH:
                    yield batch
                    batch = []
        if batch:
            yield batch

    # --- patients -----------------------------------------------------------------------------------------------

    def _age(self, plan: _Plan) -> float:
        low, high = plan.age_low, plan.age_high
        return low if low == high else self.rng.triangular(low, high, plan.age_mode)

    def _patient(self, plan: _Plan, admitted: int) -> Patient:
        rng, scenario = self.rng, plan.scenario
        sex = "1" if rng.random() < scenario.men else "2"
        regular = _REGULARS.get(scenario.key)
        if regular is not None:
            known = self.regulars.setdefault(scenario.key, [])
            if known and rng.random() < regular[0] * min(1.0, len(known) / 12):
                patient = known[int(rng.random() * len(known))]
                if patient.last_end < admitted:
                    return patient
            patient = self._new(plan, sex, self._age(plan), admitted)
            if len(known) < regular[1]:
                known.append(patient)
            else:
                known[int(rng.random() * len(known))] = patient
            return patient
        age = self._age(plan)
        if scenario.how == "birth":
            return self._new(plan, sex, 0, admitted)
        slot = (sex, int(age) // 10)
        known = self.pool.setdefault(slot, [])
        if not plan.pregnant and known and rng.random() < _COMES_BACK:
            patient = known[int(rng.random() * len(known))]
            years = (admitted - patient.birth) / 365.25
            if patient.last_end < admitted and plan.age_low <= years <= plan.age_high:
                return patient
        patient = self._new(plan, sex, age, admitted)
        if len(known) < _POOL:
            known.append(patient)
        else:
            known[int(rng.random() * _POOL)] = patient
        return patient

    def _new(self, plan: _Plan, sex: str, age: float, admitted: int) -> Patient:
        rng = self.rng
        birth = admitted if plan.scenario.how == "birth" else admitted - int(age * 365.25) - int(rng.random() * 300) - 1
        if plan.scenario.how != "birth" and plan.age_high < 3:
            birth = admitted - max(3, int(age * 365.25))
        draw = rng.random()
        number: str | None = self.numbers.nhs_number()
        status = "01"
        if plan.scenario.how == "birth" and draw < 0.2:
            number, status = None, "08"
        elif draw > 0.994:
            number, status = None, ("03" if draw < 0.997 else "04" if draw < 0.999 else "07")
        elif draw > 0.96:
            status = "02"
        brought = brings(rng, age, sex, plan.scenario.pmh * _DEPTH)
        return Patient(self.numbers.local_id(), number, status, birth, sex, brought, -1)

    # --- one spell ----------------------------------------------------------------------------------------------

    def _stay(self, plan: _Plan) -> int:
        shortest, _, longest = plan.scenario.stay
        if longest == 0:
            return 0
        return min(longest, shortest + int(self.rng.lognormvariate(plan.mu, 0.75)))

    def _expand(self, codes: Sequence[str], scenario: Scenario, age: float) -> tuple[str, ...]:
        rng = self.rng
        out: list[str] = []
        for written in codes:
            code = written
            if code == "FALL":
                code = _of(rng, _FALL_TABLES["old" if age >= 60 else "young"])
            if code.endswith("@"):
                where = "old" if scenario.place == "home" and age >= 78 else scenario.place
                code = code[:3] + _of(rng, _PLACE_TABLES[where])
            out.append(code)
        return tuple(out)

    def _spell(self, plan: _Plan, admitted: int, room: int) -> list[Episode]:
        rng, scenario = self.rng, plan.scenario
        random = rng.random
        patient = self._patient(plan, admitted)
        age = (admitted - patient.birth) / 365.25
        stay = self._stay(plan)
        died = random() < scenario.died
        overnight = scenario.how == "daycase" and random() < 0.015
        if overnight:
            stay = 1
        out = admitted + stay
        cuts = self._cuts(scenario, admitted, out, room)
        if not cuts:
            cuts = [admitted]
        spell = self._admission(scenario, patient, admitted, out, died=died, overnight=overnight, age=age)
        patient.last_end = out if out <= self.today else _NEVER_OUT
        picked = plan.primaries[bisect(plan.sums, random() * plan.sums[-1])]
        while picked[0] in _ONLY and _ONLY[picked[0]] != patient.sex:
            picked = plan.primaries[bisect(plan.sums, random() * plan.sums[-1])]
        primary = Said(self._expand(picked, scenario, age))
        also = self._also(scenario, primary, age)
        side = scenario.sides[int(random() * len(scenario.sides))] if scenario.sides else ""
        presents = scenario.presents[int(random() * len(scenario.presents))]
        episodes: list[Episode] = []
        ends = [*cuts[1:], out]
        total = len(cuts)
        home = total - 1 if total == 1 or scenario.critical is False else 1
        done = self._done(scenario, primary, admitted, cuts[min(home, total - 1)], out, side)
        used_consultants: set[str] = set()
        for index, (start, end) in enumerate(zip(cuts, ends, strict=True)):
            if end > self.today:
                break
            if len(episodes) == room:
                break
            last = index == total - 1
            service = self._service(scenario, index, total)
            consultants = self._consultants[service]
            consultant = consultants[int(random() * len(consultants))]
            if consultant in used_consultants:
                consultant = consultants[(consultants.index(consultant) + 1) % len(consultants)]
            used_consultants.add(consultant)
            wards = _wards(service, scenario.how)
            ward = wards[int(random() * len(wards))]
            sign = not last and index == 0 and bool(scenario.signs) and random() < 0.32
            said = Said((scenario.signs[int(random() * len(scenario.signs))],)) if sign else primary
            own = (
                also
                if last
                else [
                    s
                    for s in also
                    if s.codes[0] not in said.codes and (not sign or s.codes[0][0] != "U") and random() < 0.55
                ]
            )
            mine = [d for d in done if self._whose(d, cuts, ends) == index]
            codes = list(said.codes)
            for group in own:
                codes.extend(group.codes)
            brought = self._brought(patient, codes, admitted, plan.pregnant)
            for b in brought:
                codes.extend(BROUGHT[b].codes)
            episode = Episode(
                spell,
                index + 1,
                last,
                start,
                end,
                service,
                consultant,
                self.provider + ("02" if scenario.how in ("daycase", "regular") else "01"),
                ward,
                scenario.neonatal if scenario.how == "birth" else "8",
                scenario,
                presents,
                said,
                own,
                brought,
                mine,
                rng.getrandbits(32),
                sign,
                codes,
            )
            for d in mine:
                episode.procedures.extend(d.codes)
                episode.procedure_days.extend([d.on] * len(d.codes))
            if self.mix is not None:
                self.mix.add(rng, episode, age=age, pregnant=plan.pregnant)
            self._histology(episode)
            self._coding(episode)
            episodes.append(episode)
        return episodes

    def _cuts(self, scenario: Scenario, admitted: int, out: int, room: int) -> list[int]:
        two, three = scenario.moves
        draw = self.rng.random()
        if draw >= two or room < 2:
            return [admitted]
        first = min(out, admitted + int(self.rng.random() * 2.6))
        if draw < three and room > 2 and out - admitted > 2:
            return [admitted, first, first + 1 + int(self.rng.random() * (out - first - 1))]
        return [admitted, first]

    def _service(self, scenario: Scenario, index: int, total: int) -> Service:
        if total == 1:
            return scenario.service
        if index == 0 and scenario.first is not None:
            return scenario.first
        if scenario.critical and index == 2:
            return services.MEDICINE
        return scenario.service

    def _whose(self, d: Done, cuts: Sequence[int], ends: Sequence[int]) -> int:
        for index, (start, end) in enumerate(zip(cuts, ends, strict=True)):
            if d.told in _ONE_OF and index + 1 < len(cuts) and d.on >= end:
                continue
            if start <= d.on <= end:
                return index
        return len(cuts) - 1

    def _admission(
        self, scenario: Scenario, patient: Patient, admitted: int, out: int, *, died: bool, overnight: bool, age: float
    ) -> Spell:
        rng = self.rng
        random = rng.random
        how = scenario.how
        source = "19"
        patient_class = "1"
        intended = "8"
        if how == "emergency":
            method = _of(rng, _ED_TABLE)
            if method == "2B":
                source = "51"
            elif age > 80 and random() < 0.12:
                source = ("54", "65", "85")[int(random() * 3)]
        elif how == "elective":
            method, intended = _of(rng, _PLANNED_TABLE), "1"
        elif how == "daycase":
            method, intended, patient_class = _of(rng, _PLANNED_TABLE), "2", "1" if overnight else "2"
        elif how == "regular":
            method, intended, patient_class = "13", "3", "3"
        elif how == "maternity":
            method = "31"
        else:
            method, source = "82", "79"
        discharged: int | None = out
        if out > self.today:
            discharged, dismethod, destination = None, "8", "98"
        elif died:
            dismethod, destination = "4", "79"
        elif how == "emergency" and random() < 0.012:
            dismethod, destination = "2", "19"
        else:
            dismethod, destination = "1", "19"
            if source in ("54", "65", "85"):
                destination = source
            elif how == "emergency" and age > 80 and random() < 0.08:
                destination = ("54", "85", "51")[int(random() * 3)]
        self.spells += 1
        return Spell(
            f"SP{(self.seed % 100):02d}{self.spells:08d}",
            patient,
            admitted,
            discharged,
            method,
            source,
            patient_class,
            "01" if random() < 0.992 else "02",
            intended,
            dismethod,
            destination,
        )

    def _also(self, scenario: Scenario, primary: Said, age: float) -> list[Said]:
        random = self.rng.random
        taken = {code[:3] for code in primary.codes}
        said: list[Said] = []
        for also in scenario.also:
            if random() >= also.chance:
                continue
            codes = self._expand(also.codes.split(), scenario, age)
            if any(code[:3] in taken for code in codes):
                continue
            taken.update(code[:3] for code in codes)
            said.append(Said(codes, also.says[int(random() * len(also.says))] if also.says else ""))
        return said

    def _brought(self, patient: Patient, codes: Sequence[str], admitted: int, pregnant: bool) -> list[int]:
        random = self.rng.random
        have = {code[:3] for code in codes}
        space = 20 - len(codes)
        found: list[int] = []
        keeps = None if self.mix is None else self.mix.keeps
        for index in patient.brought:
            if keeps is not None and random() >= keeps[index]:
                continue
            brought = BROUGHT[index]
            head = brought.codes[0]
            if random() < 0.05 or space < len(brought.codes):
                continue
            if pregnant and head not in IN_PREGNANCY:
                continue
            if not have.isdisjoint(_BLOCKS[index]):
                continue
            have.add(head[:3])
            space -= len(brought.codes)
            found.append(index)
        return found

    def _done(self, scenario: Scenario, primary: Said, admitted: int, home: int, out: int, side: str) -> list[Done]:
        rng = self.rng
        random = rng.random
        done: list[Done] = []
        draw = random()
        chosen = False
        for op in scenario.ops:
            if op.told in _ONE_OF:
                if chosen:
                    continue
                if draw >= op.chance:
                    draw -= op.chance
                    continue
                chosen = True
            elif random() >= op.chance:
                continue
            low, high = op.day
            start = home if op.told in _ONE_OF else admitted
            on = min(out, start + low + (int(random() * (high - low + 1)) if high > low else 0))
            finding = op.findings[int(random() * len(op.findings))] if op.findings else ""
            done.append(Done(self._codes(op, scenario, primary.codes[0], side), op.told, on, finding, side))
        # The operation leads; what was done at the bedside and in imaging follows, each in its order.
        done.sort(key=lambda d: d.told not in _ONE_OF)
        return done

    def _codes(self, op: Op, scenario: Scenario, primary: str, side: str) -> tuple[str, ...]:
        random = self.rng.random
        text = op.codes
        if "DOING" in text:
            options = scenario.doing.get(primary) or scenario.doing[""]
            text = text.replace("DOING", options[int(random() * len(options))])
        if "SITE" in text:
            sites = scenario.sites.get(primary) or scenario.sites[""]
            text = text.replace("SITE", sites[int(random() * len(sites))])
        return tuple(_SIDES[side] if code == "SIDE" else code for code in text.split())

    # --- what arrives when, and who coded it --------------------------------------------------------------------

    def _histology(self, episode: Episode) -> None:
        random = self.rng.random
        texts = episode.scenario.histology.get(episode.primary.codes[0])
        specimen = next((d for d in episode.done if d.told in _ONE_OF), None)
        if texts and specimen is not None:
            wait = 3 + int(self.rng.expovariate(1 / 5.5))
            if random() < 0.05:
                wait += 20 + int(random() * 35)
            episode.histology = Histology(texts[int(random() * len(texts))], specimen.on, specimen.on + wait)

    def _coding(self, episode: Episode) -> None:
        rng = self.rng
        random = rng.random
        old = self.today - episode.ended
        if old < 14 and random() < 0.06:
            episode.missing = "discharge_summary"
        elif old < 9 and any(d.told == "theatre" for d in episode.done) and random() < 0.08:
            episode.missing = "operation_note"
        u = min(max(random(), 1e-6), 1 - 1e-6)
        delay = max(1.0, 19 + 4.6 * math.log(u / (1 - u)))
        if episode.spell.discharge_method == "4":
            delay = max(1.0, delay * 0.35)
        if random() < 0.006:
            delay += 30 + random() * 120
        coded_on = episode.ended + int(delay)
        if episode.histology is not None:
            coded_on = max(coded_on, episode.histology.reported + 1)
        weekday = coded_on % 7  # 0 is a Sunday in proleptic ordinals
        if weekday in (0, 6):
            coded_on += 1 if weekday == 0 else 2
        if coded_on > self.today or (coded_on == self.today):
            if old > 45 and random() < 0.5:
                episode.missing = "discharge_summary"
            return
        if episode.missing:
            return
        draw = random()
        route = "encoder" if draw < 0.42 else "pas" if draw < 0.5 else "codewell"
        coder = pick(rng, trainees=route == "codewell")
        at = dt.datetime.combine(
            dt.date.fromordinal(coded_on),
            dt.time(8 + int(random() * 9), int(random() * 60), int(random() * 60)),
            dt.UTC,
        )
        diagnoses, wrong = code_diagnoses(rng, coder, episode.diagnoses, self.lists)
        procedures, on, wrong_procedures = code_procedures(
            rng, coder, episode.procedures, episode.procedure_days, self.lists
        )
        state = "for_second_check" if coder.trainee and self.today - coded_on < 12 else "final"
        episode.coded = Coded(route, coder.username, at, state, diagnoses, procedures, on, wrong + wrong_procedures)
        if state == "final" and self.today - coded_on < 25 and random() < 0.05:
            episode.amended = ("consultant", "discharge_method", "codes")[int(random() * 3)]


def generate(
    seed: int,
    n_fces: int,
    today: dt.date,
    provider: str = "RXX",
    code_lists: CodeLists | None = None,
    years: int | None = None,
    mix: Mix | None = None,
) -> Iterator[list[Episode]]:
    """Give batches of finished consultant episodes with their truth: pure, seeded, ``n_fces`` in all."""
    return Generator(seed, n_fces, today, provider, code_lists, years, mix=mix).batches()
