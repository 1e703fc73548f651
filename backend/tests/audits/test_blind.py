"""Blindness is absolute: before the save no operation tells the auditor the coder's codes or who coded the episode."""

import re

import pytest
from sqlalchemy import text

V1 = "/api/v1"
# Codes that stand in no other episode of the test, in every way in which they are written.
CODED = (("S7211", "W108", "Z998"), ("W471",))
SECRETS = re.compile(r"S72\.?11|W10\.?8|Z99\.?8|W47\.?1|Demo coder\b|REF-coder\b")

# Who works here is no secret, only who coded this episode.
PEOPLE = ("/audit-coders", "/people", "/auditors", "/action-owners", "/assignees")


def told(answers):
    """Return which answers tell what is hidden, lists of people apart."""
    return {
        path: SECRETS.search(answer.text)[0]
        for path, answer in answers.items()
        if not path.split("?")[0].endswith(PEOPLE) and SECRETS.search(answer.text)
    }


def gets(contract):
    """Every GET operation of the contract, with its path parameters."""
    for path, methods in contract["paths"].items():
        if "get" in methods:
            yield path, re.findall(r"{(\w+)}", path)


@pytest.fixture
async def blind_item(as_role, database, world, post_coded, qualify, new_audit, items_of):
    """The auditor with a blind audit of one episode that ``coder`` coded, and the ids by which it can be asked for."""
    from codewell.audits.service import draws

    await post_coded(1, by=("coder",), codes=(CODED,))
    await qualify("auditor")
    audit = await new_audit(sampling={"method": "simple", "size": 1})
    async with database.transaction() as session:
        await draws.draw_audit(session, world.system, audit.audit_id, version=audit.version, seed="blind")
    (item,) = await items_of(audit.audit_id)
    async with database.transaction() as session:
        patient_id = await session.scalar(
            text("""select s.patient_id from episode_key k join spell s using (provider, spell_number)
                    where k.episode_id = :e"""),
            {"e": item.episode_id},
        )
    ids = {
        "audit_id": audit.audit_id, "item_id": item.item_id, "episode_id": item.episode_id, "patient_id": patient_id,
        "person_id": world.people["auditor"].person_id, "version": 1,
    }  # fmt: skip
    return await as_role("auditor"), ids


async def walk(http, ids):
    """Return what every GET operation that these ids reach answers, lists that take them as filters included."""
    contract = (await http.get(f"{V1}/openapi.json")).json()
    answers = {}
    for path, parameters in gets(contract):
        if not set(parameters) <= set(ids):
            continue
        address = path.format(**ids)
        answers[path] = await http.get(address)
        filters = [p["name"] for p in contract["paths"][path]["get"].get("parameters", []) if p["in"] == "query"]
        asked = {name: str(ids[name]) for name in filters if name in ids and name != "version"}
        if asked:
            answers[f"{path}?{'&'.join(asked)}"] = await http.get(address, params=asked)
    return answers


async def test_no_operation_tells_before_the_save_and_they_do_after(blind_item):
    http, ids = blind_item
    assert (await http.post(f"{V1}/audits/{ids['audit_id']}/take-next")).status_code == 200
    before = await walk(http, ids)
    reached = {path for path in before if "{" in path}
    assert {
        f"{V1}/episodes/{{episode_id}}", f"{V1}/episodes/{{episode_id}}/workbench",
        f"{V1}/episodes/{{episode_id}}/codings", f"{V1}/patients/{{patient_id}}",
        f"{V1}/audit-items/{{item_id}}/worksheet",
    } <= reached  # fmt: skip
    assert before[f"{V1}/audit-items/{{item_id}}/worksheet"].status_code == 200
    assert told(before) == {}
    failed = {path: answer.status_code for path, answer in before.items() if answer.status_code >= 500}
    assert failed == {}

    version = before[f"{V1}/audit-items/{{item_id}}/worksheet"].json()["item"]["version"]
    saved = await http.post(
        f"{V1}/audit-items/{ids['item_id']}/codes",
        json={"diagnoses": [{"code": "R69X"}], "procedures": []},
        headers={"If-Match": str(version)},
    )
    assert saved.status_code == 200, saved.text
    after = await walk(http, ids)
    for path in (
        f"{V1}/episodes/{{episode_id}}", f"{V1}/episodes/{{episode_id}}/workbench",
        f"{V1}/episodes/{{episode_id}}/codings", f"{V1}/patients/{{patient_id}}",
        f"{V1}/audit-items/{{item_id}}/worksheet",
    ):  # fmt: skip
        assert SECRETS.search(after[path].text), path


async def test_a_list_filtered_by_coder_does_not_give_the_coder_away(blind_item, world):
    http, ids = blind_item
    found = await http.get(f"{V1}/episodes", params={"coder_id": str(world.people["coder"].person_id)})
    assert str(ids["episode_id"]) not in found.text


async def test_no_days_count_of_coders_gives_the_coder_away(blind_item, items_of):
    http, ids = blind_item
    (item,) = await items_of(ids["audit_id"])
    day = item.ended_on.isoformat()
    found = await http.get(f"{V1}/audit-coders", params={"ended_from": day, "ended_to": day})
    assert found.json()["items"] == []


@pytest.mark.parametrize("population", [{"any_diagnosis": ["S721"]}, {"any_diagnosis": ["S722"]}, {"coder": True}])
async def test_no_draw_by_codes_or_coder_tells_of_what_its_maker_codes_blind(
    blind_item, as_role, world, new_audit, population
):
    """Narrowed to the coder's codes, to others, or to the coder: the answer is the same."""
    http, _ = blind_item
    if population.pop("coder", False):
        population["coders"] = [str(world.people["coder"].person_id)]
    other = await new_audit(
        sampling={"method": "simple", "size": 1}, population={**population, "include_audited": True}
    )
    drawn = await http.post(f"{V1}/audits/{other.audit_id}/draw", json={}, headers={"If-Match": f'"{other.version}"'})
    assert (drawn.status_code, drawn.json()["type"]) == (422, "/problems/cannot-draw")
    assert drawn.json()["detail"] == "No episode is left to draw from."


async def test_marking_unsafe_or_submitting_elsewhere_shows_nothing_either(blind_item):
    http, ids = blind_item
    await http.post(f"{V1}/audits/{ids['audit_id']}/take-next")
    sheet = (await http.get(f"{V1}/audit-items/{ids['item_id']}/worksheet")).json()
    unsafe = await http.post(
        f"{V1}/audit-items/{ids['item_id']}/unsafe",
        json={"reason": "No letter"},
        headers={"If-Match": str(sheet["item"]["version"])},
    )
    assert unsafe.status_code == 200
    submitted = await http.post(
        f"{V1}/episodes/{ids['episode_id']}/submit",
        json={"diagnoses": [{"code": "R69X"}], "procedures": []},
        headers={"If-Match": "0"},
    )
    assert submitted.status_code == 403
    answers = await walk(http, ids) | {"unsafe": unsafe, "submitted": submitted}
    assert told(answers) == {}


async def test_another_audit_of_the_episode_keeps_it_hidden(blind_item, database, world, new_audit):
    from codewell.audits.service import draws

    http, ids = blind_item
    sampling = {"method": "simple", "size": 1}
    other = await new_audit(sampling=sampling, population={"include_audited": True})
    async with database.transaction() as session:
        await draws.draw_audit(session, world.system, other.audit_id, version=other.version, seed="other")
    await http.post(f"{V1}/audits/{ids['audit_id']}/take-next")
    sheet = (await http.get(f"{V1}/audit-items/{ids['item_id']}/worksheet")).json()
    saved = await http.post(
        f"{V1}/audit-items/{ids['item_id']}/codes",
        json={"diagnoses": [{"code": "R69X"}], "procedures": []},
        headers={"If-Match": str(sheet["item"]["version"])},
    )
    assert saved.status_code == 200
    assert (await http.get(f"{V1}/episodes/{ids['episode_id']}")).status_code == 403


async def test_no_count_by_codes_tells_of_a_hidden_episode(blind_item, new_audit, post_coded):
    http, _ = blind_item
    await post_coded(1, by=("coder",), codes=((("S7211", "I10"), ()),))
    for codes, seen in (("S7211", 1), ("Z998", 0)):
        of = {"include_audited": True, "any_diagnosis": [codes]}
        audit = await new_audit(population=of, sampling={"method": "simple", "size": 1})
        counted = (await http.get(f"{V1}/audits/{audit.audit_id}/population")).json()
        preview = (await http.get(f"{V1}/audits/{audit.audit_id}/draw/preview")).json()
        assert (counted["in_period"], counted["frame"], preview["frame"]) == (seen, seen, seen)
        assert len(preview["sample"]) == seen


async def test_no_file_of_an_external_auditor_tells_of_a_hidden_episode(blind_item, new_audit, database):
    http, ids = blind_item
    async with database.transaction() as session:
        spell = await session.scalar(
            text("select spell_number from episode_key where episode_id = :e"), {"e": ids["episode_id"]}
        )
    external = await new_audit(kind="external", mode="review", commissioned_by="The ICB")
    told_ = []
    for code in ("S7211", "I10X"):
        csv = f"spell_number,episode_number,code_class,trust_code,external_code\n{spell},1,PD,{code},K359\n"
        body = {"external_auditor": "Audit Partners", "csv": csv}
        answer = await http.post(f"{V1}/audits/{external.audit_id}/external-findings/preview", json=body)
        assert answer.status_code == 200, answer.text
        told_.append(answer.json())
    assert told_[0] == told_[1]
    assert [f["reason"] for f in told_[0]["faults"]] == [
        "you still audit this episode blind: another auditor has to import it"
    ]
