"""A sign-in ends: by itself, by its owner, by a manager, by leaving; and with other roles one may do other things."""

import datetime as dt

import pytest
from httpx import ASGITransport, AsyncClient
from sqlalchemy import text

from codewell.identity import doors, service, ways
from codewell.kit import clock
from conftest import sign_in_as

ORIGIN = "https://codewell.test"


@pytest.fixture
async def another(app):
    """A second browser."""
    async with AsyncClient(transport=ASGITransport(app=app, raise_app_exceptions=False), base_url=ORIGIN) as http:
        yield http


async def trail_of(session, tag):
    rows = await session.execute(
        text("select actor_name, subject_id, facts from trail_line where tag = :t"), {"t": tag}
    )
    return rows.all()


class TestMe:
    async def test_nobody_signed_in(self, client):
        answer = await client.get("/api/v1/me")
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/not-signed-in")

    async def test_a_machine_has_no_sign_in(self, as_role):
        answer = await (await as_role("intake")).get("/api/v1/me")
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/people-only")

    @pytest.mark.parametrize("token", ["x", "a" * 43, "é", "a;b", ""])
    async def test_a_made_up_cookie_is_nobody(self, client, token):
        answer = await client.get("/api/v1/me", headers={"Cookie": f"{ways.COOKIE}={token}".encode()})
        assert answer.status_code == 401

    async def test_other_roles_hold_from_the_next_request(self, as_role, session, world):
        http = await as_role("coder")
        person = world.people["coder"]
        before = (await http.get("/api/v1/me")).json()
        assert "patient:search" in before["permissions"]
        await service.edit_person(
            session, world.system, person.person_id, version=person.version, changes={"roles": ["trainee"]}
        )
        await session.commit()
        after = (await http.get("/api/v1/me")).json()
        assert after["roles"] == ["trainee"]
        assert "patient:search" not in after["permissions"]


class TestLimits:
    async def test_half_an_hour_without_a_request_ends_it(self, as_role):
        http, at = await as_role("coder"), clock.now()
        with clock.frozen(at + dt.timedelta(minutes=29)):
            assert (await http.get("/api/v1/me")).status_code == 200
        with clock.frozen(at + dt.timedelta(minutes=58)):
            assert (await http.get("/api/v1/me")).status_code == 200  # the limit counts from the last use
        with clock.frozen(at + dt.timedelta(minutes=89)):
            answer = await http.get("/api/v1/me")
            assert (answer.status_code, answer.json()["type"]) == (401, "/problems/sign-in-ended")

    async def test_a_page_that_asks_by_itself_does_not_keep_it_alive(self, as_role):
        http, at = await as_role("coder"), clock.now()
        for minutes in (10, 20, 29):
            with clock.frozen(at + dt.timedelta(minutes=minutes)):
                assert (await http.get("/api/v1/me", headers={doors.QUIET: "1"})).status_code == 200
        with clock.frozen(at + dt.timedelta(minutes=31)):
            assert (await http.get("/api/v1/me")).status_code == 401

    async def test_twelve_hours_end_it_however_busy(self, as_role):
        http, at = await as_role("coder"), clock.now()
        for minutes in range(25, 720, 25):
            with clock.frozen(at + dt.timedelta(minutes=minutes)):
                assert (await http.get("/api/v1/me")).status_code == 200
        with clock.frozen(at + dt.timedelta(hours=12)):
            assert (await http.get("/api/v1/me")).status_code == 401


class TestSignOut:
    async def test_nobody_signed_in(self, client):
        assert (await client.post("/api/v1/sign-out")).status_code == 401

    async def test_it_ends_on_the_server_and_the_cookie_goes(self, as_role, another, session):
        http = await as_role("coder")
        token = http.cookies.get(ways.COOKIE, domain="codewell.test")
        answer = await http.post("/api/v1/sign-out")
        assert answer.status_code == 204
        assert 'codewell=""' in answer.headers["set-cookie"]
        assert "Max-Age=0" in answer.headers["set-cookie"]
        another.cookies.set(ways.COOKIE, token, domain="codewell.test")
        assert (await another.get("/api/v1/me")).status_code == 401
        assert len(await trail_of(session, "sign_in:ended")) == 1


class TestMySignIns:
    async def test_nobody_signed_in(self, client):
        assert (await client.get("/api/v1/me/sign-ins")).status_code == 401

    async def test_they_are_listed_with_this_one_marked_and_no_tokens(self, app, as_role, another, world):
        http = await as_role("coder")
        await sign_in_as(app, another, world.people["coder"])
        await as_role("coder_2")
        answer = await http.get("/api/v1/me/sign-ins")
        items = answer.json()["items"]
        assert sorted(item["is_this"] for item in items) == [False, True]
        assert set(items[0]) == {
            "sign_in_id", "method", "browser", "created_at", "seen_at", "expires_at", "is_this",
        }  # fmt: skip

    async def test_another_browser_is_signed_out(self, app, as_role, another, world):
        http = await as_role("coder")
        await sign_in_as(app, another, world.people["coder"])
        items = (await http.get("/api/v1/me/sign-ins")).json()["items"]
        other = next(item["sign_in_id"] for item in items if not item["is_this"])
        assert (await http.post(f"/api/v1/me/sign-ins/{other}/end")).status_code == 204
        assert (await another.get("/api/v1/me")).status_code == 401
        assert (await http.get("/api/v1/me")).status_code == 200
        assert (await http.post(f"/api/v1/me/sign-ins/{other}/end")).status_code == 404

    async def test_a_sign_in_of_somebody_else_is_not_there(self, as_role):
        coder, colleague = await as_role("coder"), await as_role("coder_2")
        theirs = (await colleague.get("/api/v1/me/sign-ins")).json()["items"][0]["sign_in_id"]
        assert (await coder.post(f"/api/v1/me/sign-ins/{theirs}/end")).status_code == 404
        assert (await colleague.get("/api/v1/me")).status_code == 200


class TestEndOthers:
    async def test_nobody_signed_in(self, client, world):
        path = f"/api/v1/people/{world.people['coder'].person_id}/end-sign-ins"
        assert (await client.post(path)).status_code == 401

    @pytest.mark.parametrize(
        "role", ["trainee", "coder", "auditor", "trainer", "clinician", "privacy_officer", "intake"]
    )
    async def test_not_permitted(self, as_role, world, role):
        path = f"/api/v1/people/{world.people['coder_2'].person_id}"
        http = await as_role(role)
        assert (await http.post(f"{path}/end-sign-ins")).status_code == 403
        assert (await http.get(f"{path}/sign-ins")).status_code == 403

    async def test_another_trust_is_not_there(self, as_role, world):
        http = await as_role("manager")
        path = f"/api/v1/people/{world.people['other_coder'].person_id}"
        assert (await http.post(f"{path}/end-sign-ins")).status_code == 404
        assert (await http.get(f"{path}/sign-ins")).status_code == 404

    @pytest.mark.parametrize("role", ["manager", "system_administrator"])
    async def test_every_browser_of_the_person_is_signed_out(self, app, as_role, another, world, role):
        http, coder = await as_role(role), await as_role("coder")
        await sign_in_as(app, another, world.people["coder"])
        path = f"/api/v1/people/{world.people['coder'].person_id}"
        assert len((await http.get(f"{path}/sign-ins")).json()["items"]) == 2
        assert (await http.post(f"{path}/end-sign-ins")).json() == {"ended": 2}
        for browser in (coder, another):
            assert (await browser.get("/api/v1/me")).status_code == 401
        assert (await http.get("/api/v1/me")).status_code == 200


class TestChangePassword:
    PATH = "/api/v1/me/change-password"

    @pytest.fixture
    async def jo(self, app, session, world, another):
        person = await service.add_person(
            session, world.system, username="jo.bell", name="Jo Bell", roles=["coder"], password="eleven grey herons"
        )
        await session.commit()
        return await sign_in_as(app, another, person), person

    async def test_nobody_signed_in(self, client):
        assert (await client.post(self.PATH, json={"current": "x", "new": "y"})).status_code == 401

    async def test_a_machine_has_none(self, as_role):
        body = {"current": "x", "new": "y"}
        assert (await (await as_role("bi")).post(self.PATH, json=body)).status_code == 403

    async def test_the_new_one_holds_and_other_browsers_are_signed_out(self, app, jo, client):
        http, person = jo
        await sign_in_as(app, client, person)
        body = {"current": "eleven grey herons", "new": "twelve white herons"}
        assert (await http.post(self.PATH, json=body)).status_code == 204
        assert (await http.get("/api/v1/me")).status_code == 200
        assert (await client.get("/api/v1/me")).status_code == 401
        for password, status in (("eleven grey herons", 401), ("twelve white herons", 200)):
            answer = await http.post("/api/v1/sign-in", json={"username": "jo.bell", "password": password})
            assert answer.status_code == status

    async def test_the_present_one_must_be_known(self, jo):
        answer = await jo[0].post(self.PATH, json={"current": "a guess", "new": "twelve white herons"})
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/wrong-password")

    async def test_a_weak_one_is_refused_without_repeating_it(self, jo):
        answer = await jo[0].post(self.PATH, json={"current": "eleven grey herons", "new": "weakpass"})
        assert answer.json()["errors"][0]["pointer"] == "/body/new"
        assert "weakpass" not in answer.text
