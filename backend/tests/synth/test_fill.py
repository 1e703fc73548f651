"""An empty installation filled with the synthetic Trust: every queue has work, and the truth is beside it."""

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from codewell.identity import credentials
from codewell.identity import service as identity
from codewell.identity.actor import Stranger
from codewell.identity.models import Person
from codewell.identity.rules import Role
from codewell.main import build_app
from codewell.synth import command, service

SIZE = 1_500


@pytest.fixture(scope="module")
async def filled(cluster_url, template, tmp_path_factory):
    """One filled database for this module, and what was said meanwhile."""
    from codewell import db
    from conftest import copied, make_settings

    async with copied(cluster_url, template) as url:
        settings = make_settings(url, tmp_path_factory.mktemp("fill"), environment="development")
        database = db.Database(settings)
        said: list[str] = []
        keys = await service.fill(database, settings, SIZE, said.append, seed=3)
        try:
            yield database, settings, said, keys
        finally:
            await database.close()


async def rows(filled, sql: str):
    async with filled[0].transaction() as session:
        return (await session.execute(text(sql))).all()


class TestFilled:
    async def test_every_episode_is_there_once_with_its_truth(self, filled):
        assert (await rows(filled, "select count(*), count(distinct (spell_number, episode_number)) from episode"))[
            0
        ] == (SIZE, SIZE)
        assert (await rows(filled, "select count(*) from synthetic_truth natural join episode_key"))[0][0] == SIZE

    async def test_codes_on_episodes_are_the_truth_but_for_the_recorded_mistakes(self, filled):
        differ = await rows(
            filled,
            """select count(*) from episode e join synthetic_truth t using (provider, spell_number, episode_number)
               where e.coding_state = 'coded' and t.mistakes = '[]' and (e.diagnoses <> t.diagnoses
               or e.procedures <> t.procedures or e.procedure_dates <> t.procedure_dates)""",
        )
        assert differ[0][0] == 0
        wrong = await rows(filled, "select count(*) from synthetic_truth where mistakes <> '[]'")
        assert wrong[0][0] > SIZE * 0.1

    async def test_each_queue_has_work_and_each_item_a_reason(self, filled):
        queues = dict(await rows(filled, "select queue, count(*) from work_item group by queue"))
        assert set(queues) == {
            "to_code", "waiting_for_information", "outstanding_pathology", "update_received", "second_check",
        }  # fmt: skip
        assert queues["to_code"] > sum(queues.values()) / 2
        assert (await rows(filled, "select count(*) from work_item where coalesce(why ->> 'text', '') = ''"))[0][0] == 0

    async def test_what_is_uncoded_stands_in_a_queue_and_nothing_else_does(self, filled):
        strays = await rows(
            filled,
            """select count(*) from episode e full join work_item w using (provider, episode_id)
               where (e.coding_state = 'coded') = (w.episode_id is not null)
               and coalesce(w.why ->> 'code', '') <> 'codes_differ'""",
        )
        assert strays[0][0] == 0

    async def test_codings_come_by_three_ways_and_a_persons_bear_the_name(self, filled):
        ways = dict(await rows(filled, "select source, count(*) from coding group by source"))
        assert set(ways) == {"codewell", "encoder", "pas"}
        named = await rows(filled, "select count(*) from coding where source = 'codewell' and person_name is null")
        assert named[0][0] == 0
        checked = await rows(
            filled,
            """select count(*) from coding c join person p using (provider, person_id)
               where c.state = 'for_second_check' and not 'trainee' = any(p.roles)""",
        )
        assert checked[0][0] == 0

    async def test_deadlines_are_there_and_say_that_they_are_provisional(self, filled):
        found = await rows(filled, "select count(*), bool_and(provisional) from sus_timetable")
        assert found[0][0] > 26
        assert found[0][1]
        undated = await rows(filled, "select count(*) from work_item where flex_on is null")
        assert undated[0][0] == 0

    async def test_one_person_of_each_role_can_sign_in(self, filled):
        database, settings, _, _ = filled
        assert [role for role, _, _ in service.demo_sign_ins()] == [r.value for r in Role]
        for _, username, password in service.demo_sign_ins():
            assert password == service.PASSWORD
            found = await rows(
                filled, f"select count(*) from person where username = '{username}' and password_hash is not null"
            )
            assert found[0][0] == 1
        async with database.transaction() as session:
            stranger = Stranger("192.0.2.7", "test")
            opened = await identity.sign_in_with_password(
                session, stranger, settings, username="coder", password=service.PASSWORD
            )
        assert opened.actor.name == "Priya Nair"

    async def test_it_tells_how_far_it_is_and_gives_the_key_once(self, filled):
        _, _, said, keys = filled
        assert any("1,500 of 1,500" in line for line in said)
        assert all(key.startswith("cwk_") for key in keys)
        assert keys.intake != keys.bi
        assert not any(key in line for line in said for key in keys)

    async def test_everybody_who_signs_in_has_the_one_password(self, filled):
        hashes = [r[0] for r in await rows(filled, "select password_hash from person where password_hash is not null")]
        assert len(hashes) > 5
        assert len(set(hashes)) == 1
        assert await credentials.password_matches(service.PASSWORD, hashes[0])

    async def test_a_patients_codes_have_their_titles(self, filled):
        from conftest import browser, sign_in_as

        database, settings, _, _ = filled
        found = await rows(
            filled,
            """select s.patient_id from spell s join episode e on e.provider = s.provider
            and e.spell_number = s.spell_number where cardinality(e.procedures) > 0 limit 1""",
        )
        app = build_app(settings, database)
        async with database.transaction() as session:
            coder = (await session.execute(select(Person).where(col(Person.username) == "coder"))).scalar_one()
        async with browser(app) as client:
            await sign_in_as(app, client, coder)
            answer = await client.get(f"/api/v1/patients/{found[0][0]}")
        assert answer.status_code == 200, answer.text
        episodes = [e for spell in answer.json()["spells"] for e in spell["episodes"]]
        for name in ("diagnoses", "procedures"):
            codes = [code for e in episodes for code in e[name]]
            assert codes
            assert all(code["title"] and code["dotted"][3:4] in {"", "."} for code in codes)

    async def test_a_coder_can_open_what_waits_read_it_and_submit_the_truth(self, filled):
        from conftest import browser, sign_in_as

        database, settings, _, _ = filled
        app = build_app(settings, database)
        waiting = await rows(
            filled,
            """select episode_id, k.spell_number, k.episode_number, t.diagnoses, t.procedures, t.procedure_dates
               from work_item w join episode_key k using (provider, episode_id)
               join synthetic_truth t using (provider, spell_number, episode_number)
               where w.queue = 'to_code' order by md5(k.spell_number) limit 25""",
        )
        async with database.transaction() as session:
            coder = (await session.execute(select(Person).where(col(Person.username) == "coder"))).scalar_one()
        async with browser(app) as http:
            await sign_in_as(app, http, coder)
            asked = 0
            for one in waiting:
                at = f"/api/v1/episodes/{one.episode_id}"
                bench = (await http.get(f"{at}/workbench")).json()
                assert [d for d in bench["documents"] if d["text"]]
                assert bench["episode"]["specialty"]["name"]
                body = {
                    "diagnoses": [{"code": c} for c in one.diagnoses],
                    "procedures": [
                        {"code": c, "on": on.isoformat()}
                        for c, on in zip(one.procedures, one.procedure_dates, strict=True)
                    ],
                    "reasons": [],
                    "then": "stay",
                }
                answer = await http.post(f"{at}/submit", json=body, headers={"If-Match": "0"})
                if answer.status_code == 422 and answer.json()["type"].endswith("reasons-needed"):
                    asked += 1
                    body["reasons"] = [
                        {"rule_id": f["rule_id"], "reason": "as documented"} for f in answer.json()["findings"]
                    ]
                    answer = await http.post(f"{at}/submit", json=body, headers={"If-Match": "0"})
                assert answer.status_code == 200, answer.text
                assert [d["code"] for d in answer.json()["coding"]["diagnoses"]] == one.diagnoses
            assert asked <= len(waiting) / 4

    async def test_a_second_filling_is_refused_in_one_sentence(self, filled):
        database, settings, _, _ = filled
        with pytest.raises(service.AlreadyThere, match="already"):
            await service.fill(database, settings, 10, print)


def test_a_production_installation_is_never_filled(settings):
    with pytest.raises(ValueError, match="never"):
        command.seed(settings.model_copy(update={"environment": "production"}), 10)


class TestAudits:
    async def test_one_is_signed_one_has_disputes_and_one_is_external(self, filled):
        audits = dict(await rows(filled, "select kind, state from audit"))
        assert audits == {"dspt": "signed", "specialty": "running", "external": "running"}
        replies = dict(
            await rows(
                filled,
                """select reply, count(*) from audit_position join audit using (provider, audit_id)
                   where kind = 'specialty' group by reply""",
            )
        )
        # The first who replies disputes, whatever has become of it since.
        assert {"disputed", "escalated", "answered", "withdrawn"} & set(replies)
        stages = await rows(
            filled, "select distinct external ->> 'stage' from audit_position where external is not null"
        )
        assert len(stages) > 1

    async def test_an_episode_that_was_coded_without_a_mistake_has_no_finding(self, filled):
        clean = await rows(
            filled,
            """select count(*), count(*) filter (where p.final_type is not null)
               from audit_position p
               join audit_item i using (provider, item_id)
               join episode_key k using (provider, episode_id)
               join synthetic_truth t using (provider, spell_number, episode_number)
               join audit a on a.provider = i.provider and a.audit_id = i.audit_id
               where a.kind = 'dspt' and t.mistakes = '[]' and i.coding_version = 1""",
        )
        assert clean[0][0] > 20
        assert clean[0][1] == 0

    async def test_nothing_of_the_seed_is_dated_in_the_future(self, filled):
        late = await rows(
            filled,
            """select count(*) from audit_item where decided_at > now() or released_at > now() or settled_at > now()""",
        )
        assert late[0][0] == 0

    async def test_what_was_recommended_is_followed_up(self, filled):
        states = {s for (s,) in await rows(filled, "select state from recommendation")}
        assert {"closed", "agreed", "partly"} == states
