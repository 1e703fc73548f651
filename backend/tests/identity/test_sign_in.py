"""Signing in with a local account, and every way it is refused."""

import datetime as dt

import pytest
from httpx import ASGITransport, AsyncClient
from sqlalchemy import text
from sqlmodel import select

from codewell.identity import service, ways
from codewell.identity.models import SignIn
from codewell.kit import clock
from codewell.main import build_app
from conftest import browser, make_settings

OURS = {"Sec-Fetch-Site": "same-origin"}
PASSWORD = "eleven grey herons"


@pytest.fixture
async def jo(session, world):
    """A person with a password."""
    person = await service.add_person(
        session, world.system, username="jo.bell", name="Jo Bell", roles=["coder"], password=PASSWORD
    )
    await session.commit()
    return person


async def sign_in(http, username="jo.bell", password=PASSWORD, headers=OURS, **more):
    return await http.post(
        "/api/v1/sign-in", json={"username": username, "password": password, **more}, headers=headers
    )


class TestOptions:
    async def test_anybody_may_ask_and_learns_the_ways_in(self, client):
        answer = await client.get("/api/v1/sign-in/options")
        assert answer.json() == {"local_accounts": True, "issuers": [], "demo_sign_ins": []}


class TestSignIn:
    async def test_the_right_password_opens_a_session_in_a_host_cookie(self, client, jo):
        answer = await sign_in(client)
        assert answer.status_code == 200, answer.text
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-codewell=")
        for part in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"):
            assert part in cookie
        assert "Domain" not in cookie
        token = cookie.split("=", 1)[1].split(";")[0]
        assert len(token) >= 43
        body = answer.json()
        assert token not in answer.text
        assert (body["name"], body["roles"], body["role_label"]) == ("Jo Bell", ["coder"], "Clinical coder")
        assert body["trust"] == {"provider": "RXX", "name": "Synthetic Trust", "synthetic": True}
        assert body["idle_seconds"] == 1800
        assert "work_item:claim" in body["permissions"]
        me = await client.get("/api/v1/me")
        assert me.json() == body

    async def test_only_a_hash_of_the_token_is_kept(self, client, jo, session):
        token = (await sign_in(client)).headers["set-cookie"].split("=", 1)[1].split(";")[0]
        kept = (await session.execute(select(SignIn).where(SignIn.person_id == jo.person_id))).scalar_one()
        assert token.encode() not in kept.token_hash
        assert (kept.method, kept.expires_at - kept.created_at) == ("local", dt.timedelta(hours=12))

    async def test_it_leaves_a_line_on_the_trail(self, client, jo, session):
        await sign_in(client)
        rows = await session.execute(
            text("select tag, facts from trail_line where actor_id = :id"), {"id": jo.person_id}
        )
        assert [(r.tag, r.facts["method"]) for r in rows] == [("sign_in:opened", "local")]

    async def test_the_user_name_may_be_written_in_capitals(self, client, jo):
        assert (await sign_in(client, username=" Jo.Bell ")).status_code == 200

    async def test_each_sign_in_is_new_and_replaces_the_one_in_this_browser(self, client, jo):
        first = (await sign_in(client)).headers["set-cookie"]
        old = client.cookies["__Host-codewell"]
        second = (await sign_in(client)).headers["set-cookie"]
        assert first != second
        client.cookies.clear()
        client.cookies.set(ways.COOKIE, old, domain="codewell.test")
        assert (await client.get("/api/v1/me")).status_code == 401

    async def test_a_token_put_there_beforehand_is_not_adopted(self, client, jo):
        planted = "A" * 43
        client.cookies.set(ways.COOKIE, planted, domain="codewell.test")
        assert (await sign_in(client)).status_code == 200
        fresh = AsyncClient(transport=client._transport, base_url=str(client.base_url))
        fresh.cookies.set(ways.COOKIE, planted, domain="codewell.test")
        assert (await fresh.get("/api/v1/me")).status_code == 401
        await fresh.aclose()

    @pytest.mark.parametrize(
        ("username", "password"),
        [("jo.bell", "not the password"), ("nobody.here", PASSWORD), ("coder", PASSWORD), ("jo.bell", "")],
    )
    async def test_wrong_name_wrong_password_and_no_password_read_the_same(self, client, jo, username, password):
        answer = await sign_in(client, username, password)
        assert answer.status_code == 401
        assert answer.json()["type"] == "/problems/sign-in-refused"
        assert answer.json()["title"] == "That user name and password do not match an account that may sign in"
        assert "set-cookie" not in answer.headers
        assert username not in answer.text.replace("/api/v1/sign-in", "")

    async def test_a_closed_account_reads_like_a_wrong_password(self, client, jo, session, world):
        await service.deactivate_person(session, world.system, jo.person_id, version=1)
        await session.commit()
        assert (await sign_in(client)).json()["type"] == "/problems/sign-in-refused"

    async def test_a_name_known_in_two_trusts_needs_the_trust(self, client, jo, session, world):
        await service.add_person(
            session, world.other_system, username="jo.bell", name="Jo B", roles=["coder"], password="another password 9"
        )
        await session.commit()
        assert (await sign_in(client)).status_code == 401
        assert (await sign_in(client, provider="RXX")).json()["trust"]["provider"] == "RXX"
        assert (await sign_in(client, provider="RYY")).status_code == 401

    @pytest.mark.parametrize("username", ["jo.bell", "nobody.here"])
    async def test_guessing_gets_slower_for_accounts_that_exist_and_that_do_not(self, client, jo, username):
        at = clock.now()
        with clock.frozen(at):
            for _ in range(5):
                assert (await sign_in(client, username, "a wrong guess")).status_code == 401
            slowed = await sign_in(client, username, "a wrong guess")
            assert slowed.status_code == 429
            assert slowed.json()["type"] == "/problems/too-many-tries"
            wait = int(slowed.headers["retry-after"])
            assert wait >= 1
        with clock.frozen(at + dt.timedelta(seconds=wait)):
            assert (await sign_in(client, username, "a wrong guess")).status_code == 401
            longer = await sign_in(client, username, "a wrong guess")
            assert int(longer.headers["retry-after"]) == 2 * wait

    async def test_while_waiting_even_the_right_password_waits(self, client, jo):
        at = clock.now()
        with clock.frozen(at):
            for _ in range(5):
                await sign_in(client, password="a wrong guess")
            assert (await sign_in(client)).status_code == 429
        with clock.frozen(at + dt.timedelta(seconds=10)):
            assert (await sign_in(client)).status_code == 200
            assert (await sign_in(client, password="a wrong guess")).status_code == 401

    async def test_spraying_one_password_over_many_names_slows_the_address(self, client, jo, session):
        from codewell.identity.service.sign_ins import ADDRESS_TRIES

        with clock.frozen(clock.now()):
            await sign_in(client, "name.0", "a wrong guess")
            await session.execute(text("update sign_in_guess set failures = :n"), {"n": ADDRESS_TRIES - 1})
            await session.commit()
            assert (await sign_in(client, "name.1", "a wrong guess")).status_code == 401
            assert (await sign_in(client, "name.2", "a wrong guess")).status_code == 429

    async def test_production_refuses_local_accounts_with_a_clear_problem(self, database, jo, tmp_path):
        app = build_app(production(tmp_path), database)
        async with browser(app) as http:
            assert (await http.get("/api/v1/sign-in/options")).json()["local_accounts"] is False
            answer = await sign_in(http)
        assert answer.status_code == 409
        assert answer.json()["type"] == "/problems/local-accounts-off"

    @pytest.mark.parametrize(
        "headers",
        [{}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "none"}, {"Origin": "https://evil.invalid"}],
    )
    async def test_another_site_cannot_sign_a_browser_in(self, client, jo, headers):
        answer = await sign_in(client, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/csrf")

    async def test_an_old_browser_is_known_by_its_origin(self, client, jo):
        assert (await sign_in(client, headers={"Origin": "https://codewell.test"})).status_code == 200
        assert (await sign_in(client, headers={"Origin": "http://codewell.test"})).status_code == 403


def production(tmp_path, **changes):
    values = {
        "environment": "production",
        "secret": "a production secret of at least 32 characters",
        "oidc_issuers": [
            {
                "issuer_id": "trust",
                "label": "Trust account",
                "issuer": "https://login.example.nhs.uk/tenant/v2.0",
                "client_id": "codewell",
                "client_secret": "kept elsewhere",
                "provider": "RXX",
            }
        ],
        **changes,
    }
    return make_settings("postgresql://nobody@127.0.0.1:1/none", tmp_path, **values)


class TestProductionSettings:
    def test_good_ones_start(self, tmp_path):
        assert production(tmp_path).local_sign_in is False

    @pytest.mark.parametrize(
        ("changed", "says"),
        [
            ({"secret": "development-only-secret"}, "CODEWELL_SECRET"),
            ({"secret": "short"}, "CODEWELL_SECRET"),
            ({"local_accounts": True}, "CODEWELL_LOCAL_ACCOUNTS"),
            ({"oidc_issuers": []}, "CODEWELL_OIDC_ISSUERS"),
            ({"public_url": "http://codewell.example.nhs.uk"}, "CODEWELL_PUBLIC_URL"),
            (
                {
                    "oidc_issuers": [
                        {
                            "issuer_id": "t",
                            "label": "T",
                            "issuer": "http://login.invalid",
                            "client_id": "c",
                            "provider": "RXX",
                        }
                    ]
                },
                "https",
            ),
        ],
    )
    def test_what_is_not_safe_refuses_to_start(self, tmp_path, changed, says):
        with pytest.raises(ValueError, match=says):
            production(tmp_path, **changed)

    async def test_the_contract_and_its_pages_are_not_served(self, tmp_path, database):
        app = build_app(production(tmp_path), database)
        async with AsyncClient(transport=ASGITransport(app=app), base_url="https://codewell.test") as http:
            for path in ("/docs", "/redoc", "/openapi.json", "/api/v1/docs", "/api/v1/openapi.json"):
                assert (await http.get(path)).status_code == 404, path


class TestAddress:
    async def test_a_made_up_forwarding_header_does_not_make_another_address(self, client, jo, session):
        from codewell.identity.service.sign_ins import ADDRESS_TRIES

        with clock.frozen(clock.now()):
            await sign_in(client, "name.0", "a wrong guess")
            await session.execute(text("update sign_in_guess set failures = :n"), {"n": ADDRESS_TRIES - 1})
            await session.commit()
            await sign_in(client, "name.1", "a wrong guess", headers=OURS | {"X-Forwarded-For": "192.0.2.1"})
            answer = await sign_in(client, "name.2", "a wrong guess", headers=OURS | {"X-Forwarded-For": "192.0.2.2"})
            assert answer.status_code == 429


@pytest.mark.commits
class TestManyAtOnce:
    async def test_a_hundred_guesses_sent_at_once_are_not_a_hundred_tries(self, own, own_app, own_world):
        import asyncio

        async with own.transaction() as session:
            await service.add_person(
                session, own_world.system, username="jo.bell", name="Jo", roles=["coder"], password=PASSWORD
            )
        with clock.frozen(clock.now()):
            async with browser(own_app) as http:
                answers = await asyncio.gather(*(sign_in(http, password=f"a wrong guess {n}") for n in range(100)))
        statuses = [a.status_code for a in answers]
        assert set(statuses) <= {401, 429}
        tried = statuses.count(401)
        assert 1 <= tried <= 5
        async with own.transaction() as session:
            counted = (await session.execute(text("select max(failures) from sign_in_guess"))).scalar_one()
        assert counted == tried
