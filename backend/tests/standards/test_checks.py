"""POST /checks over HTTP: for people while typing and for other systems, stateless, hard to upset."""

import json

import pytest

BODY = {
    "episode": {
        "started_on": "2026-11-10",
        "ended_on": "2026-11-14",
        "admitted_on": "2026-11-10",
        "discharged_on": "2026-11-14",
        "sex": "2",
        "age": 81,
    },
    "diagnoses": [{"code": "S72.00"}, {"code": "W01.0"}, {"code": "I10"}],
    "procedures": [{"code": "W37.1", "on": "2026-11-11"}, {"code": "Z94.2", "on": "2026-11-11"}],
}


def with_codes(*diagnoses: str, procedures=(), **episode):
    return {
        "episode": BODY["episode"] | episode,
        "diagnoses": [{"code": code} for code in diagnoses],
        "procedures": [{"code": code, "on": on} for code, on in procedures],
    }


async def post(http, body):
    return await http.post("/api/v1/checks", json=body)


async def rules_found(http, body):
    answer = await post(http, body)
    assert answer.status_code == 200, answer.text
    return {item["rule_id"]: item for item in answer.json()["items"]}


class TestRunning:
    async def test_nobody_is_refused_and_so_is_a_role_without_the_permission(self, client, as_role):
        assert (await post(client, BODY)).status_code == 401
        assert (await post(await as_role("clinician"), BODY)).status_code == 403

    async def test_sound_codes_have_neither_errors_nor_warnings(self, as_role):
        answer = await post(await as_role("coder"), BODY)
        assert answer.status_code == 200
        assert [i for i in answer.json()["items"] if i["severity"] != "info"] == []
        assert answer.json()["editions"]["icd10"]["edition"]
        assert answer.json()["editions"]["opcs4"]["title"]

    async def test_another_system_may_ask_with_its_key(self, as_role):
        assert (await post(await as_role("checks"), BODY)).status_code == 200

    async def test_what_is_wrong_is_named_with_its_line_and_the_mend(self, as_role):
        http = await as_role("coder")
        found = await rules_found(http, with_codes("I10", "S72.00", procedures=[("Z94.2", "2026-11-11")]))
        assert found["E-02"]["severity"] == "warn"
        assert found["E-02"]["lines"] == [{"list": "diagnoses", "index": 1}]
        assert "S72.00" in found["E-02"]["message"]
        assert "V01 to Y36" in found["E-02"]["mend"]
        assert found["P-03"]["severity"] == "error"
        assert found["P-03"]["version"] == "1.0"

    async def test_half_typed_codes_and_blank_lines_are_no_reason_to_fail(self, as_role):
        http = await as_role("coder")
        found = await rules_found(
            http, with_codes("", "S7", "s72.00", "?", "J46X", procedures=[("", None), ("W3", None)])
        )
        assert {"V-05", "V-08", "P-02"} <= set(found)
        assert "V-02" not in found

    async def test_a_code_that_does_not_exist_is_an_error(self, as_role):
        found = await rules_found(await as_role("coder"), with_codes("I10", "Q99.5"))
        assert found["V-02"]["severity"] == "error"
        assert found["V-02"]["lines"] == [{"list": "diagnoses", "index": 1}]

    async def test_a_code_missing_from_the_starter_set_is_only_a_warning(self, as_role):
        http = await as_role("coder")
        answer = (await post(http, with_codes("I10", procedures=[("A01.1", "2026-11-11")]))).json()
        assert answer["editions"]["opcs4"]["starter"] is True
        (finding,) = [i for i in answer["items"] if i["rule_id"] == "P-01"]
        assert finding["severity"] == "warn"
        assert "starter set" in finding["message"]

    async def test_a_day_without_an_edition_is_a_warning_and_no_error(self, as_role):
        body = with_codes("I10", started_on="1990-01-01", ended_on="1990-01-02", admitted_on=None, discharged_on=None)
        found = await rules_found(await as_role("coder"), body)
        assert found["V-02"]["severity"] == "warn"

    async def test_it_leaves_no_line_on_the_trail(self, as_role, session):
        from sqlalchemy import text

        http = await as_role("coder")
        before = (await session.execute(text("select count(*) from trail_line"))).scalar_one()
        await post(http, BODY)
        assert (await session.execute(text("select count(*) from trail_line"))).scalar_one() == before

    async def test_the_same_question_has_the_same_answer(self, as_role):
        http = await as_role("coder")
        body = with_codes("W01.0", "I21", "I10", "I10")
        assert (await post(http, body)).json() == (await post(http, body)).json()


class TestHostileInput:
    @pytest.mark.parametrize(
        "body",
        [
            {**BODY, "more": 1},
            {**BODY, "episode": {**BODY["episode"], "nhs_number": "9990000000"}},
            {**BODY, "diagnoses": [{"code": "I10", "title": "x"}]},
            {**BODY, "diagnoses": [{"code": "I10\u0000"}]},
            {**BODY, "diagnoses": [{"code": None}]},
            {**BODY, "diagnoses": [{"code": 10}]},
            {**BODY, "diagnoses": [{"code": "I" * 41}]},
            {**BODY, "diagnoses": [{"code": "I10"}] * 500},
            {**BODY, "procedures": [{"code": "H22.9", "on": None}] * 500},
            {**BODY, "procedures": [{"code": "H22.9", "on": "yesterday"}]},
            {**BODY, "episode": {**BODY["episode"], "age": True}},
            {**BODY, "episode": {**BODY["episode"], "age": "81"}},
            {**BODY, "episode": {**BODY["episode"], "age": 81.5}},
            {**BODY, "episode": {**BODY["episode"], "age": -1}},
            {**BODY, "episode": {**BODY["episode"], "age": 10**30}},
            {**BODY, "episode": {**BODY["episode"], "sex": "female"}},
            {**BODY, "episode": {**BODY["episode"], "last_episode": 1}},
            {"episode": {}, "diagnoses": []},
            [],
            "I10",
        ],
    )
    async def test_it_is_a_422_that_echoes_nothing(self, as_role, body):
        answer = await post(await as_role("coder"), body)
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert "9990000000" not in answer.text

    @pytest.mark.parametrize(
        ("raw", "status"),
        [
            (json.dumps(BODY).replace("81", "NaN"), 422),
            (json.dumps(BODY).replace("81", "1e999"), 422),
            (json.dumps(BODY).replace("I10", "\\ud800"), 422),
            (json.dumps(BODY).replace('"sex": "2"', '"sex": "2", "sex": "1"'), 422),
            ("[" * 5000, 422),
            ("{", 422),
        ],
    )
    async def test_json_that_is_not_json(self, as_role, raw, status):
        http = await as_role("coder")
        answer = await http.post("/api/v1/checks", content=raw, headers={"content-type": "application/json"})
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"

    async def test_an_empty_episode_is_no_fault(self, as_role):
        found = await rules_found(await as_role("coder"), {"episode": {}, "diagnoses": [], "procedures": []})
        assert set(found) == {"V-01"}

    async def test_the_longest_list_of_the_strangest_codes_is_answered(self, as_role):
        strange = ["I10", "", "🙂", "'; --", "<b>", "é" * 40, "ＩI10", "A\u0301", "X" * 40, "9" * 40, "\u202eI10"]
        body = with_codes(*(strange * 9), procedures=[(code, "0001-01-01") for code in strange * 9])
        assert (await post(await as_role("coder"), body)).status_code == 200
