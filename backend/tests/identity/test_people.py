"""People are added, changed, closed and opened again; and nobody gives themselves what they do not have."""

import pytest
from httpx import ASGITransport, AsyncClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from codewell.identity import credentials, service
from codewell.identity.models import OidcStranger
from codewell.identity.rules import LocalAccountsOff, WeakPassword
from codewell.kit import clock

PEOPLE = "/api/v1/people"
NEW = {"username": "Jo.Bell", "name": "Jo Bell", "roles": ["coder"], "coder_ref": "JB7"}
ALLOWED = ["manager", "system_administrator"]
NOT_ALLOWED = ["trainee", "coder", "auditor", "trainer", "clinician", "intake", "bi"]


def path_of(world, name, move=""):
    return f"{PEOPLE}/{world.people[name].person_id}{move}"


async def add(http, **changes):
    return await http.post(PEOPLE, json={**NEW, **changes})


async def lines(session, person_id):
    found = await session.execute(
        text("select tag, facts from trail_line where subject_id = :id order by at, chain, no"), {"id": str(person_id)}
    )
    return [(row.tag, row.facts) for row in found]


class TestListPeople:
    async def test_nobody_signed_in(self, client):
        assert (await client.get(PEOPLE)).status_code == 401

    @pytest.mark.parametrize("role", NOT_ALLOWED)
    async def test_not_permitted(self, as_role, role):
        assert (await (await as_role(role)).get(PEOPLE)).status_code == 403

    async def test_the_people_of_this_trust_by_name_and_nobody_elses(self, as_role, world):
        items = (await (await as_role("manager")).get(PEOPLE, params={"limit": 200})).json()["items"]
        names = [item["name"] for item in items]
        assert names == sorted(names)
        assert "Demo other_coder" not in names
        assert len(items) == sum(p.provider == "RXX" for p in world.people.values())
        assert not {"password_hash", "oidc_subject", "password"} & set(items[0])

    async def test_filters_and_pages(self, as_role):
        http = await as_role("privacy_officer")
        coders = (await http.get(PEOPLE, params={"role": "coder"})).json()["items"]
        assert {item["username"] for item in coders} == {"coder", "coder_2"}
        assert (await http.get(PEOPLE, params={"active": "false"})).json()["items"] == []
        seen, cursor = [], None
        while True:
            page = (await http.get(PEOPLE, params={"limit": 2, **({"cursor": cursor} if cursor else {})})).json()
            seen += [item["person_id"] for item in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert len(seen) == len(set(seen)) == 9

    async def test_a_cursor_of_another_filter_is_refused(self, as_role):
        http = await as_role("manager")
        cursor = (await http.get(PEOPLE, params={"limit": 1})).json()["next"]
        answer = await http.get(PEOPLE, params={"limit": 1, "role": "coder", "cursor": cursor})
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/bad-cursor")

    async def test_it_says_what_may_be_done_and_why_not(self, as_role, world):
        http = await as_role("system_administrator")
        own = (await http.get(path_of(world, "system_administrator"))).json()["can"]
        assert own["edit_roles"] == "Someone else must change your roles."
        assert own["deactivate"] == "Someone else must do this to your account."
        officer = (await http.get(path_of(world, "privacy_officer"))).json()["can"]
        assert officer["deactivate"] == "Give another person the role of privacy officer first."
        coder = (await http.get(path_of(world, "coder"))).json()["can"]
        assert coder == {
            "edit": True, "edit_roles": True, "deactivate": True, "reactivate": "The account is open.",
            "reset_password": True, "end_sign_ins": True,
        }  # fmt: skip


class TestSeePerson:
    async def test_nobody_signed_in(self, client, world):
        assert (await client.get(path_of(world, "coder"))).status_code == 401

    async def test_another_trust_is_not_there(self, as_role, world):
        http = await as_role("manager")
        assert (await http.get(path_of(world, "other_coder"))).status_code == 404


class TestAddPerson:
    async def test_nobody_signed_in(self, client):
        assert (await client.post(PEOPLE, json=NEW)).status_code == 401

    @pytest.mark.parametrize("role", [*NOT_ALLOWED, "privacy_officer"])
    async def test_not_permitted(self, as_role, role):
        assert (await add(await as_role(role))).status_code == 403

    @pytest.mark.parametrize("role", ALLOWED)
    async def test_a_person_of_this_trust_is_added(self, as_role, session, role):
        answer = await add(await as_role(role), password="eleven grey herons")
        assert answer.status_code == 201, answer.text
        person = answer.json()
        assert (person["username"], person["coder_ref"], person["version"]) == ("jo.bell", "JB7", 1)
        assert (person["has_password"], person["active"], person["issuer"]) == (True, True, None)
        assert "herons" not in answer.text
        assert await lines(session, person["person_id"]) == [("person:added", {"roles": ["coder"]})]

    async def test_the_same_user_name_twice_is_refused_whatever_its_case(self, as_role):
        http = await as_role("manager")
        await add(http)
        answer = await add(http, username="jo.BELL", coder_ref=None)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/username-taken")

    async def test_another_trust_may_use_the_same_name(self, as_role):
        assert (await add(await as_role("manager"))).status_code == 201
        assert (await add(await as_role("other_manager"))).status_code == 201

    async def test_one_coder_reference_is_one_person(self, as_role):
        answer = await add(await as_role("manager"), coder_ref="REF-coder")
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/coder-ref-taken")

    async def test_a_coder_reference_in_other_letters_is_the_same(self, as_role, database):
        http = await as_role("manager")
        answer = await add(http, coder_ref=" ref-CODER ")
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/coder-ref-taken")
        jo = (await add(http)).json()
        answer = await http.patch(
            f"/api/v1/people/{jo['person_id']}", json={"coder_ref": "Ref-Coder"}, headers={"If-Match": '"1"'}
        )
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/coder-ref-taken")
        with pytest.raises(IntegrityError):
            async with database.transaction() as session:
                await session.execute(text("update person set coder_ref = 'ref-coder ' where username = 'jo.bell'"))

    @pytest.mark.parametrize("keeper", ["system_administrator", "privacy_officer"])
    async def test_running_the_system_and_seeing_patients_are_kept_apart(self, as_role, keeper):
        answer = await add(await as_role("manager"), roles=["coder", keeper])
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/roles-kept-apart")

    async def test_a_weak_password_is_refused_and_not_repeated(self, as_role):
        answer = await add(await as_role("manager"), password="weak-one")
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/weak-password")
        assert "weak-one" not in answer.text

    @pytest.mark.parametrize(
        "changed",
        [
            {"roles": []}, {"roles": ["owner"]}, {"name": ""}, {"name": "a\nb"}, {"username": "a b"}, {"username": ""},
            {"person_id": "x"}, {"provider": "RYY"}, {"active": False}, {"version": 7}, {"password_hash": "x"},
            {"link": {"reference": "ABCD2345", "issuer_id": "x", "subject": "y"}}, {"link": {"issuer_id": "x"}},
            {"link": {}},
        ],
    )  # fmt: skip
    async def test_what_does_not_belong_there_is_refused(self, as_role, changed):
        assert (await add(await as_role("manager"), **changed)).status_code == 422

    async def test_an_issuer_that_is_not_ours_is_refused(self, as_role):
        answer = await add(await as_role("manager"), link={"issuer_id": "elsewhere", "subject": "jo"})
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/link-unknown")


class TestEditPerson:
    async def edit(self, http, world, who, /, version=1, **changes):
        return await http.patch(path_of(world, who), json=changes, headers={"If-Match": f'"{version}"'})

    async def test_nobody_signed_in(self, client, world):
        assert (await self.edit(client, world, "coder", name="X")).status_code == 401

    @pytest.mark.parametrize("role", [*NOT_ALLOWED, "privacy_officer"])
    async def test_not_permitted(self, as_role, world, role):
        assert (await self.edit(await as_role(role), world, "coder_2", name="X")).status_code == 403

    async def test_another_trust_is_not_there(self, as_role, world):
        assert (await self.edit(await as_role("manager"), world, "other_coder", name="X")).status_code == 404

    async def test_what_is_named_changes_and_the_rest_stays(self, as_role, world, session):
        http = await as_role("manager")
        person = (await self.edit(http, world, "coder", name="Jo Bell", roles=["coder", "trainer"])).json()
        assert (person["name"], person["roles"], person["version"]) == ("Jo Bell", ["coder", "trainer"], 2)
        assert person["coder_ref"] == "REF-coder"
        tag, facts = (await lines(session, person["person_id"]))[-1]
        assert tag == "person:edited"
        assert facts == {"changed": ["name", "roles"], "roles_before": ["coder"], "roles": ["coder", "trainer"]}
        assert "Bell" not in str(facts)

    async def test_null_takes_away(self, as_role, world):
        person = (await self.edit(await as_role("manager"), world, "coder", coder_ref=None)).json()
        assert person["coder_ref"] is None

    async def test_without_a_version_and_with_an_old_one(self, as_role, world):
        http = await as_role("manager")
        assert (await http.patch(path_of(world, "coder"), json={"name": "X"})).status_code == 428
        await self.edit(http, world, "coder", name="First")
        stale = await self.edit(http, world, "coder", name="Second")
        assert (stale.status_code, stale.json()["current_version"]) == (412, 2)
        assert (await http.get(path_of(world, "coder"))).json()["name"] == "First"

    async def test_nobody_changes_their_own_roles(self, as_role, world):
        http = await as_role("system_administrator")
        for roles in (["manager"], ["system_administrator", "clinician"]):
            answer = await self.edit(http, world, "system_administrator", roles=roles)
            assert (answer.status_code, answer.json()["type"]) == (409, "/problems/own-roles")
        assert (await self.edit(http, world, "system_administrator", name="New Name")).status_code == 200

    async def test_nobody_links_their_own_account(self, as_role, world):
        answer = await self.edit(await as_role("manager"), world, "manager", link=None)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/own-account")

    async def test_an_administrator_cannot_be_given_patients_as_well(self, as_role, world):
        answer = await self.edit(
            await as_role("manager"), world, "system_administrator", roles=["coder", "system_administrator"]
        )
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/roles-kept-apart")

    @pytest.mark.parametrize("keeper", ["system_administrator", "privacy_officer"])
    async def test_the_last_keeper_keeps_the_role(self, as_role, world, keeper):
        http = await as_role("manager")
        answer = await self.edit(http, world, keeper, roles=["clinician"])
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/last-of-its-kind")
        assert (await add(await as_role("system_administrator"), roles=[keeper], coder_ref=None)).status_code == 201
        assert (await self.edit(http, world, keeper, roles=["clinician"])).status_code == 200

    async def test_a_closed_keeper_does_not_count(self, as_role, world):
        http = await as_role("manager")
        spare = (await add(await as_role("system_administrator"), roles=["privacy_officer"], coder_ref=None)).json()
        closed = await http.post(f"{PEOPLE}/{spare['person_id']}/deactivate", headers={"If-Match": "1"})
        assert closed.status_code == 200
        assert (await self.edit(http, world, "privacy_officer", roles=["clinician"])).status_code == 409

    async def test_nothing_named_is_refused(self, as_role, world):
        assert (await self.edit(await as_role("manager"), world, "coder")).status_code == 422

    async def test_an_account_is_linked_by_its_reference_once(self, as_role, world, session):
        def stranger(subject, reference, provider="RXX", days=1):
            return OidcStranger(
                oidc_issuer="https://issuer.invalid", oidc_subject=subject, provider=provider, reference=reference,
                expires_at=clock.now() + clock.dt.timedelta(days=days),
            )  # fmt: skip

        session.add_all(
            [stranger("a", "AAAA2222"), stranger("b", "BBBB2222", provider="RYY"), stranger("c", "CCCC2222", days=-1)]
        )
        await session.commit()
        http = await as_role("manager")
        for reference in ("BBBB2222", "CCCC2222", "DDDD2222"):
            answer = await self.edit(http, world, "coder", link={"reference": reference})
            assert (answer.status_code, answer.json()["type"]) == (422, "/problems/link-unknown"), reference
        linked = await self.edit(http, world, "coder", link={"reference": "aaaa2222"})
        assert linked.json()["issuer"]["issuer_id"] == "unknown"
        assert (await self.edit(http, world, "coder_2", link={"reference": "AAAA2222"})).status_code == 422
        unlinked = await self.edit(http, world, "coder", version=2, link=None)
        assert unlinked.json()["issuer"] is None

    async def test_an_account_is_one_persons(self, as_role, world, session):
        await session.execute(
            text("update person set oidc_issuer = 'i', oidc_subject = 's' where person_id = :id"),
            {"id": world.people["coder"].person_id},
        )
        session.add(
            OidcStranger(
                oidc_issuer="i",
                oidc_subject="s",
                provider="RXX",
                reference="AAAA2222",
                expires_at=clock.now() + clock.dt.timedelta(days=1),
            )  # fmt: skip
        )
        await session.commit()
        answer = await self.edit(await as_role("manager"), world, "coder_2", link={"reference": "AAAA2222"})
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/identity-taken")


class TestDeactivate:
    async def close(self, http, world, name, version=1):
        return await http.post(path_of(world, name, "/deactivate"), headers={"If-Match": str(version)})

    async def test_nobody_signed_in(self, client, world):
        assert (await self.close(client, world, "coder")).status_code == 401

    @pytest.mark.parametrize("role", [*NOT_ALLOWED, "privacy_officer"])
    async def test_not_permitted(self, as_role, world, role):
        assert (await self.close(await as_role(role), world, "coder_2")).status_code == 403

    async def test_another_trust_is_not_there(self, as_role, world):
        assert (await self.close(await as_role("manager"), world, "other_coder")).status_code == 404

    @pytest.mark.parametrize("role", ALLOWED)
    async def test_the_leaver_is_signed_out_at_once(self, as_role, world, session, role):
        http, leaver = await as_role(role), await as_role("coder")
        assert (await leaver.get("/api/v1/me")).status_code == 200
        answer = await self.close(http, world, "coder")
        assert (answer.json()["active"], answer.json()["can"]["reactivate"]) == (False, True)
        assert (await leaver.get("/api/v1/me")).status_code == 401
        assert ("person:deactivated", {"sign_ins_ended": 1}) in await lines(session, world.people["coder"].person_id)

    async def test_even_a_sign_in_that_was_not_ended_is_worth_nothing(self, as_role, world, session):
        leaver = await as_role("coder")
        await session.execute(
            text("update person set active = false where person_id = :id"), {"id": world.people["coder"].person_id}
        )
        await session.commit()
        assert (await leaver.get("/api/v1/me")).status_code == 401

    async def test_twice_oneself_the_last_keeper_and_stale(self, as_role, world):
        http = await as_role("system_administrator")
        assert (await http.post(path_of(world, "coder", "/deactivate"))).status_code == 428
        await self.close(http, world, "coder")
        assert (await self.close(http, world, "coder")).status_code == 412
        assert (await self.close(http, world, "coder", 2)).json()["type"] == "/problems/not-that-way"
        assert (await self.close(http, world, "system_administrator")).json()["type"] == "/problems/own-account"
        manager = await as_role("manager")
        for keeper in ("system_administrator", "privacy_officer"):
            answer = await self.close(manager, world, keeper)
            assert (answer.status_code, answer.json()["type"]) == (409, "/problems/last-of-its-kind")


class TestReactivate:
    async def test_it_opens_a_closed_account_and_not_an_open_one(self, as_role, world):
        http = await as_role("manager")
        path = path_of(world, "coder", "/reactivate")
        assert (await http.post(path, headers={"If-Match": "1"})).json()["type"] == "/problems/not-that-way"
        await http.post(path_of(world, "coder", "/deactivate"), headers={"If-Match": "1"})
        answer = await http.post(path, headers={"If-Match": "2"})
        assert (answer.json()["active"], answer.json()["roles"], answer.json()["version"]) == (True, ["coder"], 3)

    async def test_old_sign_ins_stay_ended(self, as_role, world):
        http, coder = await as_role("manager"), await as_role("coder")
        await http.post(path_of(world, "coder", "/deactivate"), headers={"If-Match": "1"})
        await http.post(path_of(world, "coder", "/reactivate"), headers={"If-Match": "2"})
        assert (await coder.get("/api/v1/me")).status_code == 401

    async def test_not_permitted_and_another_trust(self, client, as_role, world):
        headers = {"If-Match": "1"}
        assert (await client.post(path_of(world, "coder", "/reactivate"), headers=headers)).status_code == 401
        coder, manager = await as_role("coder"), await as_role("manager")
        assert (await coder.post(path_of(world, "coder", "/reactivate"), headers=headers)).status_code == 403
        assert (await manager.post(path_of(world, "other_coder", "/reactivate"), headers=headers)).status_code == 404


class TestResetPassword:
    async def reset(self, http, world, name, version=1):
        return await http.post(path_of(world, name, "/reset-password"), headers={"If-Match": str(version)})

    async def test_nobody_signed_in(self, client, world):
        assert (await self.reset(client, world, "coder")).status_code == 401

    @pytest.mark.parametrize("role", [*NOT_ALLOWED, "privacy_officer"])
    async def test_not_permitted(self, as_role, world, role):
        assert (await self.reset(await as_role(role), world, "coder_2")).status_code == 403

    async def test_another_trust_is_not_there(self, as_role, world):
        assert (await self.reset(await as_role("manager"), world, "other_coder")).status_code == 404

    async def test_the_new_one_is_shown_once_and_works(self, as_role, world, client, session):
        http, coder = await as_role("manager"), await as_role("coder")
        answer = await self.reset(http, world, "coder")
        password = answer.json()["password"]
        assert answer.headers["cache-control"] == "no-store"
        assert (await coder.get("/api/v1/me")).status_code == 401
        opened = await client.post(
            "/api/v1/sign-in",
            json={"username": "coder", "password": password},
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        assert opened.status_code == 200
        assert password not in str(await lines(session, world.people["coder"].person_id))

    async def test_not_ones_own_not_a_closed_account_not_stale(self, as_role, world, session):
        http = await as_role("manager")
        assert (await self.reset(http, world, "manager")).json()["type"] == "/problems/own-account"
        assert (await self.reset(http, world, "coder", 9)).status_code == 412
        await service.deactivate_person(session, world.system, world.people["coder"].person_id, version=1)
        await session.commit()
        assert (await self.reset(http, world, "coder", 2)).json()["type"] == "/problems/not-that-way"

    async def test_where_local_accounts_are_off(self, app, as_role, world):
        http = await as_role("manager")
        app.state.settings = app.state.settings.model_copy(update={"local_accounts": False})
        assert (await self.reset(http, world, "coder")).json()["type"] == "/problems/local-accounts-off"
        assert (await add(http, password="eleven grey herons")).json()["type"] == "/problems/local-accounts-off"


class TestSharedPassword:
    async def shared(self, database, world, password, usernames, settings=None):
        shared = service.SharedPassword(password)
        async with database.transaction() as session:
            return [
                await service.add_person(
                    session, world.system, username=u, name=u, roles=["coder"], password=shared, settings=settings
                )
                for u in usernames
            ]

    async def test_it_is_made_slow_to_guess_once(self, database, world):
        made = await self.shared(database, world, "eleven grey herons", ["first", "second"])
        assert made[0].password_hash == made[1].password_hash
        assert await credentials.password_matches("eleven grey herons", made[0].password_hash)

    @pytest.mark.parametrize("password", ["short", "eleven grey herons of second"])
    async def test_it_is_checked_for_each(self, database, world, password):
        with pytest.raises(WeakPassword):
            await self.shared(database, world, password, ["first", "second"])

    async def test_it_is_refused_where_local_accounts_are_off(self, database, world, settings):
        off = settings.model_copy(update={"local_accounts": False})
        with pytest.raises(LocalAccountsOff):
            await self.shared(database, world, "eleven grey herons", ["first"], off)

    async def test_a_hash_of_ones_own_is_not_taken(self, database, world):
        async with database.transaction() as session:
            with pytest.raises(TypeError):
                await service.add_person(
                    session, world.system, username="first", name="First", roles=["coder"], password_hash="x"
                )

    async def test_it_is_not_shown(self):
        assert "herons" not in repr(service.SharedPassword("eleven grey herons"))


@pytest.mark.commits
class TestTwoAtOnce:
    async def test_two_keepers_cannot_close_each_other(self, own_app, own_world, own):
        import asyncio

        from conftest import sign_in_as

        async with own.transaction() as session:
            second = await service.add_person(
                session, own_world.system, username="second", name="Second", roles=["system_administrator"]
            )
        first = own_world.people["system_administrator"]
        browsers = []
        for person in (first, second):
            http = AsyncClient(
                transport=ASGITransport(app=own_app, raise_app_exceptions=False), base_url="https://codewell.test"
            )
            browsers.append(await sign_in_as(own_app, http, person))
        answers = await asyncio.gather(
            browsers[0].post(f"{PEOPLE}/{second.person_id}/deactivate", headers={"If-Match": "1"}),
            browsers[1].post(f"{PEOPLE}/{first.person_id}/deactivate", headers={"If-Match": "1"}),
        )
        assert sorted(a.status_code for a in answers) in ([200, 401], [200, 409])
        async with own.transaction() as session:
            left = await session.execute(
                text(
                    "select count(*) from person"
                    " where active and 'system_administrator' = any(roles) and provider = 'RXX'"
                )
            )
            assert left.scalar_one() == 1
        for http in browsers:
            await http.aclose()
