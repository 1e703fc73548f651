"""Audits made up for tests of the report itself: the same seed gives the same audit, of any size."""

from __future__ import annotations

import datetime as dt
import random
from uuid import UUID, uuid5

from codewell.audits import profiles
from codewell.audits.alignment import CodeClass, ErrorType
from codewell.audits.money import Grouped
from codewell.audits.profiles import Methodology, ProfileKind, Thresholds
from codewell.audits.reads.audited import AuditedEpisode, AuditedPosition
from codewell.audits.summary import summarise
from codewell.audits.tally import Attribution, Audited, Finding
from codewell.reports.facts import (
    ActionFacts,
    AuditFacts,
    DrawFacts,
    Facts,
    Member,
    RecommendationFacts,
    Signed,
    facts_of,
)  # fmt: skip
from codewell.reports.wording import Words

AT = dt.datetime(2026, 11, 20, 9, 30, tzinfo=dt.UTC)
SPACE = UUID(int=7)
SPECIALTIES = {
    "300": "General medicine",
    "100": "General surgery",
    "110": "Trauma and orthopaedics",
    "502": "Gynaecology",
}
STANDARDS = ("DGCS.1 Primary diagnosis", "DGCS.3 Co-morbidities", "DCS.IX.5 Myocardial infarction", "PGCS.2 Sites")
PRIMARY = ("I214", "J189", "K359", "S7200", "N390", "C509")
SECONDARY = ("E119", "I10", "N183", "Z864", "I489", "J449", "W190", "F03", "D649", "Z922")
PROCEDURES = ("K751", "W371", "H011", "Q074", "J183")
MORE = ("Z941", "Z942", "Y752", "U212", "Y981")
CODERS = ("Ann Example", "Ben Sample")
TITLES = {
    ("icd10", "I214"): "Acute subendocardial myocardial infarction",
    ("icd10", "I219"): "Acute myocardial infarction, unspecified",
    ("icd10", "E119"): "Type 2 diabetes mellitus without complications",
    ("icd10", "E109"): "Type 1 diabetes mellitus without complications",
    ("icd10", "I10"): "Essential (primary) hypertension",
    ("icd10", "N183"): "Chronic kidney disease, stage 3",
    ("opcs4", "Z941"): "Bilateral operation",
}


def body(kind: ProfileKind, key: str) -> dict:
    return next(p.body for p in profiles.shipped() if p.kind is kind and p.key == key)


def _position(no: int, side: str, klass: CodeClass, code: str, dice: random.Random, wrong: float) -> AuditedPosition:
    error: ErrorType | None = None
    trust: str | None = code
    auditor: str | None = code
    if dice.random() < wrong:
        second = klass in {CodeClass.secondary_diagnosis, CodeClass.secondary_procedure}
        error = dice.choice([ErrorType.omitted] * 3 * second + [ErrorType.wrong_char_4] * 2 + [ErrorType.wrong_char_3]
                            + [ErrorType.not_required] * second + [ErrorType.sequence] * (not second))  # fmt: skip
        if error is ErrorType.omitted:
            trust = None
        elif error is ErrorType.not_required:
            auditor = None
        else:
            trust = code[:3] + ("8" if not code.endswith("8") else "7")
    coder = dice.random() < 0.75
    who = Attribution.undetermined if error is None else Attribution.coder if coder else Attribution.non_coder
    found = Finding(klass, trust is not None, auditor is not None, error, who)
    return AuditedPosition(
        no, side, "none", trust, auditor, None if error is None else error.value, None if error is None else error.value,
        "agreed" if error is None else "accepted" if dice.random() < 0.9 else "changed",
        None if error is None or coder else "information_not_available", (dice.choice(STANDARDS),) if error and coder else (),
        found,
    )  # fmt: skip


def add(to: list[AuditedPosition], dice: random.Random, side: str, klass: CodeClass, code: str, share: float) -> None:
    to.append(_position(len(to), side, klass, code, dice, share))


def episodes(n: int = 200, seed: int = 1, wrong: float = 0.1) -> list[AuditedEpisode]:
    dice = random.Random(seed)
    out = []
    for no in range(1, n + 1):
        unsafe = dice.random() < 0.02
        positions: list[AuditedPosition] = []
        if not unsafe:
            add(positions, dice, "diagnoses", CodeClass.primary_diagnosis, dice.choice(PRIMARY), wrong * 0.7)
            for code in dice.sample(SECONDARY, dice.randint(1, 8)):
                add(positions, dice, "diagnoses", CodeClass.secondary_diagnosis, code, wrong * 1.6)
            if dice.random() < 0.6:
                add(positions, dice, "procedures", CodeClass.primary_procedure, dice.choice(PROCEDURES), wrong * 0.6)
                for code in dice.sample(MORE, dice.randint(0, 3)):
                    add(positions, dice, "procedures", CodeClass.secondary_procedure, code, wrong)
        coder = dice.randrange(2)
        out.append(
            AuditedEpisode(
                uuid5(SPACE, f"item{no}"), no, uuid5(SPACE, f"episode{no}"), "unsafe" if unsafe else "settled",
                dt.date(2026, 6, 1) + dt.timedelta(no % 90), f"coder{coder}", CODERS[coder], dice.choice(list(SPECIALTIES)),
                "auditor", "Cara Auditor", "", tuple(positions),
                Audited([p.finding for p in positions], unsafe),
            )
        )  # fmt: skip
    return out


def audit(*, signed: bool = True, kind: str = "dspt", **changes: object) -> AuditFacts:
    values = {
        "provider": "RXX", "trust": "Synthetic Trust", "reference": "CCA-2026-001", "kind": kind,
        "kind_name": "DSPT annual" if kind == "dspt" else "Specialty", "title": "Annual audit of clinical coding 2026/27",
        "state": "signed" if signed else "running", "mode": "blind", "targeted": kind != "dspt",
        "commissioned_by": "Head of clinical coding",
        "aims": "To measure the accuracy of clinical coding at the Trust, and to find what would improve it.",
        "objectives": "To give the evidence that the toolkit asks for. To find the standards most often missed.",
        "scope": "All finished consultant episodes of admitted patients in every specialty.",
        "background": "The last audit was held in 2025/26. Three coders have joined since.",
        "period_from": dt.date(2026, 6, 1), "period_to": dt.date(2026, 8, 31),
        "population": [("Population", "All finished consultant episodes coded")],
        "methodology_name": "Neutral methodology, version 1",
        "methodology": Methodology.model_validate(body(ProfileKind.methodology, "neutral")),
        "thresholds_name": "DSPT acute, 90/80/90/80 and 95/90/95/90, version 1",
        "thresholds": Thresholds.model_validate(body(ProfileKind.threshold, "acute_80")),
        "thresholds_source": "As printed in published audit reports; not checked against the national table",
        "follows": None,
        "members": [
            Member("Cara Auditor", "lead", "approved clinical coding auditor no. AA-1234, valid to 31 March 2028", dt.date(2026, 9, 1)),
            Member("Dev Second", "auditor", "approved clinical coding auditor no. AA-9876, valid to 30 June 2027", dt.date(2026, 9, 1)),
        ],
        "draw": DrawFacts(
            "Stratified, proportional", 26_418, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "2026-11-01/CCA-2026-001",
            200, AT - dt.timedelta(40),
            [("General medicine", 12_004, 91), ("General surgery", 6_120, 46), ("Trauma and orthopaedics", 4_500, 34), ("Gynaecology", 3_794, 29)],
            [("Audited before", 312), ("Not yet coded", 1_204)], [("Case notes could not be found", 3)],
        ),
        "second": 20, "waiting": 0 if signed else 12,
        "signed": Signed(1, "3f1c" * 16, "Cara Auditor", AT, "I have audited these episodes to the methodology named.", "") if signed else None,
    }  # fmt: skip
    return AuditFacts(**{**values, **changes})  # type: ignore[arg-type]


RECOMMENDATIONS = [
    RecommendationFacts(
        1, "Teach the coding of co-morbidities to every coder, with cases from this audit.", "High", "DGCS.3 Co-morbidities",
        "Clinical coding trainer", dt.date(2027, 1, 31), "Attendance list and test results", "Agreed",
        [ActionFacts("Hold two half-day courses", "Clinical coding trainer", dt.date(2027, 1, 31), "Open")],
    ),
    RecommendationFacts(
        2, "Agree with the medical records department that case notes reach coding within three days.", "Medium", "",
        "Coding manager", dt.date(2027, 3, 31), "Monthly count of notes that came late", "Partly agreed: five days",
        [ActionFacts("Write the agreement", "Coding manager", dt.date(2027, 2, 28), "Closed, verified")],
    ),
]  # fmt: skip


def facts(n: int = 200, seed: int = 1, wrong: float = 0.1, *, money: bool = True, **changes: object) -> Facts:
    held, found = audit(**changes), episodes(n, seed, wrong)  # type: ignore[arg-type]
    dice = random.Random(seed)
    grouped = {
        e.item_id: Grouped(
            "DZ11A", dice.choice(["DZ11A"] * 9 + ["DZ11B"]), 210_050, 210_050 + dice.choice([0, 0, 0, 41_025, -20_510])
        )
        for e in found[: n * 9 // 10]
    }
    results = summarise(
        found,
        held.methodology,
        held.thresholds,
        grouped=grouped if money else None,
        grouper="HRG4+ 2026/27 local payment grouper" if money else None,
        specialty=lambda code: SPECIALTIES.get(code or ""),
    )
    agreed = {"n": 120, "agreed": results["headline"]["all_correct"], "small": False, "said": "",
              "kappa": {"value": 0.76, "low": 0.57, "high": 0.95}, "ac1": {"value": 0.94, "low": 0.89, "high": 0.99}}  # fmt: skip
    return facts_of(
        held, results, found, agreement=agreed, recommendations=RECOMMENDATIONS, specialty_names=SPECIALTIES,
    )  # fmt: skip


def words() -> Words:
    return Words(TITLES, AT)
