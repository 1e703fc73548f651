"""Machines and their keys: shown once, scoped, rotated with an overlap, revoked at once."""

import base64
import datetime as dt

import pytest
from httpx import ASGITransport, AsyncClient
from sqlalchemy import text
from sqlmodel import select

from codewell.identity.models import ApiClient
from codewell.kit import clock

CLIENTS = "/api/v1/api-clients"
NEW = {"name": "PAS interface", "scopes": ["intake"]}
PROBE = "/api/v1/people"  # wants a permission that no key has: 401 a bad key, 403 a good one
OTHERS = ["trainee", "coder", "auditor", "trainer", "manager", "clinician", "privacy_officer", "intake"]


@pytest.fixture
async def machine(app):
    """A caller without cookies."""
    async with AsyncClient(
        transport=ASGITransport(app=app, raise_app_exceptions=False), base_url="https://codewell.test"
    ) as http:
        yield http


async def add(http, **changes):
    return await http.post(CLIENTS, json={**NEW, **changes})


async def knock(http, key, path=PROBE):
    return (await http.get(path, headers={"Authorization": f"Bearer {key}"})).status_code


def basic(user, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def soon(**more):
    return (clock.now() + dt.timedelta(**more)).isoformat()


class TestAdd:
    async def test_nobody_signed_in(self, client):
        assert (await client.post(CLIENTS, json=NEW)).status_code == 401

    @pytest.mark.parametrize("role", OTHERS)
    async def test_not_permitted(self, as_role, role):
        assert (await add(await as_role(role))).status_code == 403

    async def test_the_key_is_shown_once_and_only_its_hash_is_kept(self, as_role, machine, session):
        http = await as_role("system_administrator")
        answer = await add(http)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        assert made["key"] == f"cwk_{made['client']['key_id']}_{made['secret']}"
        assert answer.headers["cache-control"] == "no-store"
        kept = (await session.execute(select(ApiClient).where(ApiClient.name == "PAS interface"))).scalar_one()
        assert made["secret"].encode() not in kept.secret_hash
        assert made["secret"] not in (await http.get(CLIENTS)).text
        assert await knock(machine, made["key"]) == 403
        rows = await session.execute(text("select facts::text from trail_line where tag = 'api_client:added'"))
        assert all(made["secret"] not in row.facts for row in rows)

    @pytest.mark.parametrize(
        ("changed", "status"),
        [
            ({"name": "intake"}, 409),
            ({"scopes": []}, 422),
            ({"scopes": ["everything"]}, 422),
            ({"expires_at": "2020-01-01T00:00:00Z"}, 422),
            ({"expires_at": "2030-01-01T00:00:00"}, 422),
            ({"key_id": "mine"}, 422),
            ({"secret_hash": "x"}, 422),
        ],
    )
    async def test_what_is_refused(self, as_role, changed, status):
        assert (await add(await as_role("system_administrator"), **changed)).status_code == status

    async def test_another_trust_may_use_the_name(self, as_role, world):
        assert (await add(await as_role("system_administrator"), name="other_intake")).status_code == 201


class TestList:
    async def test_nobody_signed_in_and_not_permitted(self, client, as_role):
        assert (await client.get(CLIENTS)).status_code == 401
        for role in ("coder", "privacy_officer", "intake", "bi"):
            assert (await (await as_role(role)).get(CLIENTS)).status_code == 403, role

    async def test_only_this_trusts_by_name_in_pages(self, as_role):
        http = await as_role("manager")
        first = (await http.get(CLIENTS, params={"limit": 3})).json()
        rest = (await http.get(CLIENTS, params={"limit": 3, "cursor": first["next"]})).json()
        names = [item["name"] for item in first["items"] + rest["items"]]
        assert names == ["bi", "checks", "coding_read", "intake"]
        assert rest["next"] is None
        assert not {"secret_hash", "former_hash", "secret"} & set(first["items"][0])


class TestRotate:
    @pytest.fixture
    async def admin(self, as_role):
        return await as_role("system_administrator")

    async def made(self, admin, **changes):
        return (await add(admin, **changes)).json()

    async def rotate(self, http, made, version=1, **body):
        return await http.post(
            f"{CLIENTS}/{made['client']['client_id']}/rotate",
            json={"overlap_until": None, **body},
            headers={"If-Match": str(version)},
        )

    async def test_nobody_not_permitted_another_trust(self, client, as_role, admin, world, session):
        made = await self.made(admin)
        assert (await self.rotate(client, made)).status_code == 401
        assert (await self.rotate(await as_role("manager"), made)).status_code == 403
        other = (await session.execute(text("select client_id from api_client where provider = 'RYY'"))).scalar_one()
        assert (await self.rotate(admin, {"client": {"client_id": other}})).status_code == 404

    async def test_without_an_overlap_the_old_key_stops_now(self, admin, machine):
        made = await self.made(admin)
        new = (await self.rotate(admin, made)).json()
        assert new["client"]["key_id"] == made["client"]["key_id"]
        assert (await knock(machine, made["key"]), await knock(machine, new["key"])) == (401, 403)

    async def test_with_an_overlap_both_work_until_then(self, admin, machine):
        made = await self.made(admin)
        new = (await self.rotate(admin, made, overlap_until=soon(hours=2))).json()
        assert (await knock(machine, made["key"]), await knock(machine, new["key"])) == (403, 403)
        with clock.frozen(clock.now() + dt.timedelta(hours=3)):
            assert (await knock(machine, made["key"]), await knock(machine, new["key"])) == (401, 403)

    async def test_only_the_last_former_key_overlaps(self, admin, machine):
        made = await self.made(admin)
        second = (await self.rotate(admin, made, overlap_until=soon(hours=2))).json()
        third = (await self.rotate(admin, made, version=2, overlap_until=soon(hours=2))).json()
        assert [await knock(machine, k["key"]) for k in (made, second, third)] == [401, 403, 403]

    async def test_an_expired_key_is_not_revived_by_the_overlap(self, admin, machine):
        made = await self.made(admin, expires_at=soon(minutes=30))
        with clock.frozen(clock.now() + dt.timedelta(minutes=20)):
            new = (await self.rotate(admin, made, overlap_until=soon(hours=5))).json()
        with clock.frozen(clock.now() + dt.timedelta(hours=2)):
            assert (await knock(machine, made["key"]), await knock(machine, new["key"])) == (401, 403)

    async def test_a_second_click_is_stale_and_kills_nothing(self, admin, machine):
        made = await self.made(admin)
        new = (await self.rotate(admin, made)).json()
        assert (await self.rotate(admin, made)).status_code == 412
        assert await knock(machine, new["key"]) == 403

    @pytest.mark.parametrize("until", [{"hours": -1}, {"days": 91}])
    async def test_an_overlap_in_the_past_or_too_long(self, admin, until):
        made = await self.made(admin)
        assert (await self.rotate(admin, made, overlap_until=soon(**until))).status_code == 422


class TestRevoke:
    async def test_nobody_not_permitted_another_trust(self, client, as_role, session):
        rows = (
            await session.execute(text("select provider, client_id from api_client where scopes = '{intake}'"))
        ).all()
        ids = {row.provider: row.client_id for row in rows}
        assert (await client.post(f"{CLIENTS}/{ids['RXX']}/revoke")).status_code == 401
        assert (await (await as_role("manager")).post(f"{CLIENTS}/{ids['RXX']}/revoke")).status_code == 403
        admin = await as_role("system_administrator")
        assert (await admin.post(f"{CLIENTS}/{ids['RYY']}/revoke")).status_code == 404

    async def test_every_key_stops_with_the_next_request_for_good(self, as_role, machine, session):
        admin = await as_role("system_administrator")
        made = (await add(admin)).json()
        path = f"{CLIENTS}/{made['client']['client_id']}"
        new = (
            await admin.post(f"{path}/rotate", json={"overlap_until": soon(hours=2)}, headers={"If-Match": "1"})
        ).json()
        assert (await admin.post(f"{path}/revoke")).json()["state"] == "revoked"
        assert [await knock(machine, k["key"]) for k in (made, new)] == [401, 401]
        assert (await admin.post(f"{path}/revoke")).status_code == 409
        again = await admin.post(f"{path}/rotate", json={"overlap_until": None}, headers={"If-Match": "3"})
        assert (again.status_code, again.json()["type"]) == (409, "/problems/not-that-way")
        rows = await session.execute(
            text("select tag from trail_line where subject_id = :i"), {"i": path.split("/")[-1]}
        )
        assert sorted(row.tag for row in rows) == ["api_client:added", "api_client:revoked", "api_client:rotated"]


class TestKeys:
    async def test_an_expired_key_is_refused(self, as_role, machine):
        made = (await add(await as_role("system_administrator"), expires_at=soon(hours=1))).json()
        assert await knock(machine, made["key"]) == 403
        with clock.frozen(clock.now() + dt.timedelta(hours=1)):
            assert await knock(machine, made["key"]) == 401

    async def test_last_use_is_kept_to_the_minute(self, as_role, machine, world):
        admin = await as_role("system_administrator")

        async def used():
            items = (await admin.get(CLIENTS)).json()["items"]
            return next(item["last_used_at"] for item in items if item["name"] == "bi")

        assert await used() is None
        at = clock.now()
        with clock.frozen(at):
            assert await knock(machine, world.keys["bi"], "/api/v1/editions") == 200
        first = await used()
        assert first is not None
        with clock.frozen(at + dt.timedelta(seconds=30)):
            await knock(machine, world.keys["bi"], "/api/v1/editions")
        assert await used() == first
        with clock.frozen(at + dt.timedelta(seconds=61)):
            await knock(machine, world.keys["bi"], "/api/v1/editions")
        assert await used() > first

    @pytest.mark.parametrize(
        "authorization",
        [
            "", "Bearer", "Bearer ", "Bearer x", "Bearer cwk_000000000000_" + "A" * 43, "Digest x", "Basic",
            "Basic ???",
            "Basic " + base64.b64encode(b"no colon").decode(), "Basic " + base64.b64encode(b"\xff:x").decode(),
        ],
    )  # fmt: skip
    async def test_whatever_else_is_refused_alike(self, machine, authorization):
        answer = await machine.get(PROBE, headers={"Authorization": authorization})
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/key-refused")
        assert answer.headers["www-authenticate"]

    async def test_a_cookie_and_a_key_together_are_refused(self, as_role, world):
        http = await as_role("coder")
        answer = await http.get(PROBE, headers={"Authorization": f"Bearer {world.keys['bi']}"})
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/mixed-credentials")

    async def test_guessing_is_slowed_but_the_right_key_is_never_kept_out(self, machine, world):
        real = world.keys["bi"]
        wrong = real[:17] + ("A" if real[17] != "A" else "B") + real[18:]
        statuses = [await knock(machine, wrong) for _ in range(30)]
        assert set(statuses[:15]) == {401}
        assert statuses[-1] == 429
        answer = await machine.get(PROBE, headers={"Authorization": f"Bearer {wrong}"})
        assert int(answer.headers["retry-after"]) >= 2
        assert await knock(machine, real) == 403

    async def test_scopes_decide(self, machine, world):
        """A key for one thing opens no other: each scope is tried on a route of another."""
        search = "/api/v1/codes?system=icd10&q=I21"
        assert await knock(machine, world.keys["intake"], search) in (403, 404)
        for scope in ("intake", "bi", "coding_read", "checks"):
            assert await knock(machine, world.keys[scope], CLIENTS) == 403, scope


class TestBasic:
    """User = key id, password = secret: what spreadsheets can do, for reading with the bi scope only."""

    def parts(self, key):
        _, key_id, secret = key.split("_", 2)
        return key_id, secret

    async def test_a_bi_key_is_accepted_for_reading(self, machine, world):
        key_id, secret = self.parts(world.keys["bi"])
        for user in (key_id, f"cwk_{key_id}"):
            assert (await machine.get(PROBE, headers=basic(user, secret))).status_code == 403

    async def test_not_for_writing(self, machine, world):
        key_id, secret = self.parts(world.keys["bi"])
        answer = await machine.post(PROBE, json={}, headers=basic(key_id, secret))
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/key-refused")

    @pytest.mark.parametrize("scope", ["intake", "coding_read", "checks"])
    async def test_not_with_a_key_of_another_scope(self, machine, world, scope):
        answer = await machine.get(PROBE, headers=basic(*self.parts(world.keys[scope])))
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/key-refused")

    async def test_a_key_with_more_scopes_reads_with_bi_alone(self, as_role, machine):
        made = (await add(await as_role("system_administrator"), scopes=["bi", "intake"])).json()
        bearer, by_basic = f"Bearer {made['key']}", basic(made["client"]["key_id"], made["secret"])
        path = "/api/v1/intake/jobs"
        if (await machine.get(path, headers={"Authorization": bearer})).status_code == 404:
            pytest.skip("the intake room is not there")
        assert (await machine.get(path, headers={"Authorization": bearer})).status_code == 200
        assert (await machine.get(path, headers=by_basic)).status_code == 403

    async def test_a_spreadsheet_is_asked_for_it_and_a_browser_is_not(self, machine):
        asked = (await machine.get(PROBE)).headers["www-authenticate"]
        assert asked == 'Bearer, Basic realm="Codewell", charset="UTF-8"'
        for headers, method in (({"Sec-Fetch-Site": "same-origin"}, "GET"), ({}, "POST")):
            answer = await machine.request(method, PROBE, headers=headers)
            assert answer.headers["www-authenticate"] == "Bearer"
