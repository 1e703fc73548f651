"""What a set of messages means, in plain Python: no SQL, no order, no batches. The fold has to agree with it."""

from collections.abc import Iterable
from typing import Any

Message = dict[str, Any]
Dump = dict[str, dict[Any, Any]]


def key(m: Message) -> tuple[str, bytes]:
    """Order of messages; the tests never give two messages with other content the same time and id."""
    return m["source_at"], m["message_id"].encode()


def newest(messages: Iterable[Message]) -> Message | None:
    return max(messages, key=key, default=None)


def deletes(m: Message) -> bool:
    return m.get("feed_action") == "delete"


def carries_codes(m: Message) -> bool:
    return not deletes(m) and bool(m.get("coding"))


def basis(attrs: Message, spell: Message, sex: Any) -> list[Any]:
    """The significant facts, from where each of them comes."""
    s = spell["spell"]
    return [
        attrs["started_on"], attrs["ended_on"], sex, s["admitted_on"], s["admission_method"], s["discharged_on"],
        s["discharge_method"], s["patient_class"], attrs["consultant_code"], attrs["main_specialty_code"],
        attrs["treatment_function_code"],
    ]  # fmt: skip


def coding_act(m: Message) -> Any:
    """The same codes, made at the same time, are one coding, however often they are sent."""
    return {**m["coding"], "source": None}


def fold(messages: Iterable[Message]) -> Dump:
    """Return patients, spells, episodes and documents as they must be after these messages, however they came."""
    every = list(messages)
    patients = {m["patient"]["local_patient_id"] for m in every if m.get("patient")}
    dump: Dump = {"patient": {}, "spell": {}, "episode": {}, "document": {}}
    for local in patients:
        m = newest(m for m in every if m.get("patient") and m["patient"]["local_patient_id"] == local)
        assert m is not None
        dump["patient"][local] = (m["patient"]["sex"], m["patient"]["birth_on"], *key(m))
    spells: dict[str, Message] = {}
    for number in {m["spell_number"] for m in every if m.get("spell") and m.get("patient")}:
        m = newest(m for m in every if m["spell_number"] == number and m.get("spell") and m.get("patient"))
        assert m is not None
        spells[number] = m
        dump["spell"][number] = (m["patient"]["local_patient_id"], m["spell"]["discharged_on"], *key(m))
    for episode in {(m["spell_number"], m["episode_number"]) for m in every}:
        own = [m for m in every if (m["spell_number"], m["episode_number"]) == episode]
        attrs, codes = newest(own), newest(m for m in own if carries_codes(m))
        assert attrs is not None
        registers = (key(attrs), None if codes is None else key(codes))
        if deletes(attrs):
            dump["episode"][episode] = ("deleted", *registers)
            continue
        spell = spells[episode[0]]
        sex = dump["patient"][spell["patient"]["local_patient_id"]][0]
        now = basis(attrs, spell, sex)
        state, dx, coded_on = "uncoded", [], None
        if codes is not None:
            dx = codes["coding"]["diagnoses"]
            act = coding_act(codes)
            first = min((m for m in own if carries_codes(m) and coding_act(m) == act), key=key)
            coded_on = basis(first, first, first["patient"]["sex"])
            state, coded_on = ("coded", None) if coded_on == now else ("changed_after_coding", coded_on)
        dump["episode"][episode] = (
            state, dx, now, coded_on, attrs["ward_code"], spell["spell"]["discharged_on"], *registers,
        )  # fmt: skip
    for ref in {
        (m["spell_number"], m["episode_number"], d["document_ref"]) for m in every for d in m.get("documents", [])
    }:
        m = newest(
            m for m in every
            if (m["spell_number"], m["episode_number"]) == ref[:2]
            and any(d["document_ref"] == ref[2] for d in m.get("documents", []))
        )  # fmt: skip
        assert m is not None
        title = next(d["title"] for d in m["documents"] if d["document_ref"] == ref[2])
        dump["document"][ref] = (title, *key(m))
    return dump
