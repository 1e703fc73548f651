"""Discharge summaries, operation notes and histology reports, written from the truth as a ward would write them.

A letter never carries a code. Each true code has a phrase in the episode's letters from which a coder can tell it; what
is said besides (tests that were normal, what was ruled out, what the family said) is not codeable.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from random import Random

from codewell.codesets.rules import is_subsidiary
from codewell.synth import words
from codewell.synth.comorbidities import BROUGHT
from codewell.synth.days import PLANNED
from codewell.synth.story import Document, Done, Episode

_HEADINGS = (
    ("Presenting complaint", "Diagnosis", "Progress", "Past history", "Social", "Allergies", "Plan"),
    ("PC", "Dx", "Course", "PMH", "SH", "Allergies", "Plan"),
    (
        "Reason for admission",
        "Impression",
        "Clinical narrative",
        "Background",
        "Social history",
        "Drug sensitivities",
        "Actions for GP",
    ),
)
_ALSO = ("Also {0}.", "In addition: {0}.", "Noted {0}.", "Seen to have {0}.", "{0} too.")
_BEDSIDE = ("{0} {1}.", "Had {0} {1}.", "{0} done {1}.")
_UNIT = ("Treatment today: {0}.", "Given: {0}.", "Procedure: {0}.")
_DIED = (
    "Despite treatment continued to deteriorate and died peacefully on {0}. Certificate issued.",
    "RIP {0}, family at the bedside. Discussed with the medical examiner.",
)
_OPEN = (
    "Handed over to the next team; continuing care there.",
    "Transferred to the new consultant's care today with plan as above.",
)
_GP = (
    "GP to review medicines in 2 weeks.",
    "No GP action needed beyond the above.",
    "Please repeat bloods in a week.",
    "Copy to patient.",
    "Clinic letter to follow.",
    "Medicines reconciled, changes listed on the drug sheet.",
)
_KINDS = {
    "emergency": "Emergency",
    "elective": "Planned",
    "daycase": "Planned",
    "regular": "Planned",
    "maternity": "Maternity",
    "birth": "Newborn",
}
_BABY = ("Health visitor informed.", "GP to see at 6 to 8 weeks.", "Red book completed.")
_NOTE_TITLES = {
    "theatre": ("operation_note", "Operation note"),
    "scope": ("endoscopy_report", "Endoscopy report"),
    "cath": ("procedure_report", "Catheter laboratory report"),
}
_AFTER = (
    "Routine observations after.",
    "Antibiotics at induction only.",
    "Back to ward stable.",
    "Counts correct. Clexane tonight.",
    "Recovery uneventful.",
)


def _day(ordinal: int) -> str:
    day = dt.date.fromordinal(ordinal)
    return f"{day.day} {day:%b %Y}"


def _one(rng: Random, options: Sequence[str]) -> str:
    return options[int(rng.random() * len(options))]


def _cap(text: str) -> str:
    return text[:1].upper() + text[1:]


def _who(rng: Random, episode: Episode) -> str:
    patient = episode.spell.patient
    days = episode.started - patient.birth
    man = patient.sex == "1"
    if days < 28:
        return "Baby boy" if man else "Baby girl"
    years = int(days / 365.25)
    if years < 2:
        return f"{max(1, days // 30)}-month-old {'boy' if man else 'girl'}"
    if years < 16:
        return f"{years}-year-old {'boy' if man else 'girl'}"
    return _one(
        rng,
        (
            f"{years}{'M' if man else 'F'}",
            f"{years}-year-old {'man' if man else 'woman'}",
            f"{years} yr old {'gentleman' if man else 'lady'}",
        ),
    )


def _say(rng: Random, codes: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """What is said for a group of diagnoses: conditions, and what happened (with where)."""
    conditions: list[str] = []
    happened: list[str] = []
    for run in words.cut_diagnoses(codes):
        told = " ".join(_one(rng, phrases) for phrases in words.ways(run))
        (happened if words.is_cause(run[0]) else conditions).append(told)
    return conditions, happened


def _sentence(rng: Random, codes: tuple[str, ...], sentence: str) -> str:
    if sentence:
        slots = [" ".join(_one(rng, p) for p in words.ways(run)) for run in words.cut_diagnoses(codes)]
        return _cap(sentence.format(*slots))
    conditions, happened = _say(rng, codes)
    return _cap(_one(rng, _ALSO).format("; ".join([*conditions, *happened])))


def _name(rng: Random, done: Done) -> str:
    """A procedure as it is written: the side before it, how and where after it."""
    known = words.procedures()
    names: list[str] = []
    mains: list[int] = []
    for run in words.cut_procedures(done.codes):
        phrase = _one(rng, known[run])
        if run[0] in ("Z941", "Z942", "Z943"):
            if mains:
                names[mains[0]] = f"{phrase} {names[mains[0]]}"
                mains = []
            else:
                names.append(phrase)
            continue
        if not is_subsidiary(run[0]):
            mains.append(len(names))
        names.append(phrase)
    return ", ".join(names)


def _progress(rng: Random, episode: Episode, *, died: bool) -> str:
    scenario = episode.scenario
    lines: list[str] = []
    for d in episode.done:
        if d.told == "unit":
            lines.append(_cap(_one(rng, _UNIT).format(_name(rng, d))))
        elif d.told in ("bedside", "imaging"):
            planned = episode.scenario.how in PLANNED
            when = f"on {_day(d.on)}" if d.on != episode.spell.admitted else "today" if planned else "on arrival"
            lines.append(_cap(_one(rng, _BEDSIDE).format(_name(rng, d), when)))
    for said in episode.also:
        lines.append(_sentence(rng, said.codes, said.sentence))
    if not episode.sign and scenario.nots and rng.random() < 0.75:
        lines.append(_one(rng, scenario.nots))
    rng.shuffle(lines)
    if died:
        lines.append(_one(rng, _DIED).format(_day(episode.ended)))
    elif not episode.last:
        lines.append(_one(rng, _OPEN))
    else:
        lines.append(_one(rng, scenario.course))
    for d in episode.done:
        if d.told in _NOTE_TITLES:
            lines.append(f"See {_NOTE_TITLES[d.told][1].lower()} of {_day(d.on)}.")
    return " ".join(lines)


def _brought(rng: Random, episode: Episode) -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {"history": [], "social": [], "allergies": []}
    for index in episode.brought:
        brought = BROUGHT[index]
        conditions, _ = _say(rng, brought.codes)
        sections[brought.section].extend(conditions)
    return sections


def _diagnosis(rng: Random, episode: Episode) -> str:
    scenario = episode.scenario
    if episode.histology is not None and scenario.suspected:
        return _one(rng, scenario.suspected)
    conditions, happened = _say(rng, episode.primary.codes)
    text = _cap(" with ".join(conditions)) + "."
    if episode.sign:
        text = _cap(" and ".join(conditions)) + ", cause not established when leaving this team."
    if happened:
        text += f" {_one(rng, ('Mechanism', 'How', 'Circumstances'))}: {'; '.join(happened)}."
    return text


def summary(rng: Random, episode: Episode) -> str:
    """The discharge summary (or, when the patient goes on to another team, the transfer summary)."""
    spell, scenario = episode.spell, episode.scenario
    died = episode.last and spell.discharge_method == "4"
    who = _who(rng, episode)
    presents = episode.presents
    diagnosis = _diagnosis(rng, episode)
    progress = _progress(rng, episode, died=died)
    if episode.besides:
        progress += f" {_one(rng, ('Other problems this episode', 'Further diagnoses'))}: {'; '.join(episode.besides)}."
    if episode.done_besides:
        progress += f" {_one(rng, ('Other procedures', 'Also done'))}: {'; '.join(episode.done_besides)}."
    sections = _brought(rng, episode)
    history = ", ".join(sections["history"])
    social = ", ".join(sections["social"])
    allergies = "; ".join(sections["allergies"])
    plan = "" if died or not episode.last else _one(rng, _BABY if scenario.how == "birth" else _GP)
    team = episode.service.team
    style = rng.random()
    if style < 0.28:
        # A letter in sentences.
        text = [
            f"Dear Doctor, {who.replace('Baby', 'baby')}, {team} {_day(episode.started)} to {_day(episode.ended)}.",
            presents,
            f"{_one(rng, ('We diagnosed', 'Working diagnosis', 'Main problem'))}: {diagnosis}",
            progress,
        ]
        if history:
            text.append(f"{_one(rng, ('Background of', 'Known:', 'Long-standing'))} {history}.")
        if social:
            text.append(f"{_cap(social)}.")
        text.append(f"Allergies: {allergies}." if allergies else _one(rng, ("No known drug allergies.", "NKDA.")))
        if plan:
            text.append(plan)
        return "\n".join(text)
    until = "discharged" if episode.last and not died else "this episode to"
    heads = _HEADINGS[int(rng.random() * len(_HEADINGS))]
    lines = [
        f"{_KINDS[scenario.how]} admission {_day(spell.admitted)}, {until} {_day(episode.ended)}. "
        f"{who}. {_cap(team)}, ward {episode.ward_code}.",
        f"{heads[0]}: {presents}",
        f"{heads[1]}: {diagnosis}",
        f"{heads[2]}: {progress}",
    ]
    if history:
        lines.append(f"{heads[3]}: {history}.")
    if social:
        lines.append(f"{heads[4]}: {social}.")
    lines.append(f"{heads[5]}: {allergies or _one(rng, ('none known', 'NKDA', 'nil'))}.")
    if plan:
        lines.append(f"{heads[6]}: {plan}")
    return "\n".join(lines)


def note(rng: Random, episode: Episode, done: Done) -> str:
    """The operation note, endoscopy report or catheter laboratory report of one procedure."""
    heading = {
        "theatre": ("Operation", "Procedure performed"),
        "scope": ("Procedure", "Examination"),
        "cath": ("Procedure", "Done"),
    }[done.told]
    lines = [f"{_day(done.on)}. {_who(rng, episode)}.", f"{_one(rng, heading)}: {_cap(_name(rng, done))}."]
    if done.finding:
        lines.append(f"{_one(rng, ('Findings', 'Detail', 'Notes'))}: {done.finding}")
    if episode.histology is not None:
        lines.append(_one(rng, ("Specimen to histology.", "Sent for histology.")))
    lines.append(
        _one(rng, _AFTER) if done.told == "theatre" else _one(rng, ("No immediate complications.", "Well tolerated."))
    )
    return "\n".join(lines)


def report(rng: Random, episode: Episode) -> str:
    """The histology report."""
    histology = episode.histology
    if histology is None:
        raise ValueError("no specimen was sent")
    return f"Received {_day(histology.sent)}, reported {_day(histology.reported)}.\nConclusion: {histology.text}"


def _instant(ordinal: int, hour: int, today: int) -> dt.datetime:
    if ordinal >= today:
        # Whatever the hour is now, a document of today has come.
        return dt.datetime.combine(dt.date.fromordinal(today - 1), dt.time(22, 58), dt.UTC)
    return dt.datetime.combine(dt.date.fromordinal(ordinal), dt.time(hour, 12), dt.UTC)


def documents(episode: Episode, today: int) -> list[Document]:
    """The documents of an episode as they stand on a day: those that have come with text, expected ones without."""
    rng = Random(episode.ink)
    out: list[Document] = []
    last = episode.last
    kind, title = ("discharge_summary", "Discharge summary") if last else ("transfer_summary", "Transfer summary")
    ended = dt.date.fromordinal(episode.ended)
    text = summary(rng, episode)
    if episode.missing == "discharge_summary":
        out.append(Document("ds", kind, title, None, ended + dt.timedelta(days=2), None, None))
    else:
        out.append(Document("ds", kind, title, ended, None, _instant(episode.ended, 17, today), text))
    for n, done in enumerate((d for d in episode.done if d.told in _NOTE_TITLES), 1):
        kind, title = _NOTE_TITLES[done.told]
        text = note(rng, episode, done)
        on = dt.date.fromordinal(done.on)
        if episode.missing == "operation_note":
            out.append(Document(f"op{n}", kind, title, None, on + dt.timedelta(days=2), None, None))
        else:
            out.append(Document(f"op{n}", kind, title, on, None, _instant(done.on, 15, today), text))
    if episode.histology is not None:
        text = report(rng, episode)
        reported, sent = episode.histology.reported, dt.date.fromordinal(episode.histology.sent)
        if reported > today:
            out.append(
                Document("histo", "histology", "Histology report", None, sent + dt.timedelta(days=10), None, None)
            )
        else:
            out.append(
                Document(
                    "histo",
                    "histology",
                    "Histology report",
                    dt.date.fromordinal(reported),
                    sent + dt.timedelta(days=10),
                    _instant(reported, 11, today),
                    text,
                )
            )
    return out


def summary_of(episode: Episode) -> str:
    """The summary alone."""
    return summary(Random(episode.ink), episode)


def whole_text(episode: Episode) -> str:
    """All that will ever be written about the episode, also what has not come yet: what its truth can be told from."""
    rng = Random(episode.ink)
    texts = [summary(rng, episode)]
    texts += [note(rng, episode, d) for d in episode.done if d.told in _NOTE_TITLES]
    if episode.histology is not None:
        texts.append(report(rng, episode))
    return "\n\n".join(texts)
