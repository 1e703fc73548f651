"""The whole journey with a real provider: there, back, linked by a manager, signed in; and each way to cheat."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from httpx import ASGITransport, AsyncClient
from sqlalchemy import text

from codewell.identity import journey, ways
from codewell.identity.oidc import REFRESH_GAP
from codewell.kit import clock
from codewell.main import build_app
from codewell.settings import OidcIssuer
from conftest import browser, sign_in_as

START = "/api/v1/sign-in/oidc/trust/start"
CALLBACK = "/api/v1/sign-in/oidc/callback"
ORIGIN = "https://codewell.test"


@pytest.fixture
def app(settings, database, issuer):
    """The application with the provider as its issuer, for the first Trust; and a second entry for the other one."""

    def entry(issuer_id, provider):
        return OidcIssuer(
            issuer_id=issuer_id, label=f"{provider} account", issuer=issuer.url, client_id="codewell",
            client_secret="a secret of the deployment", provider=provider,
        )  # fmt: skip

    issuers = [entry("trust", "RXX"), entry("other", "RYY")]
    return build_app(settings.model_copy(update={"oidc_issuers": issuers}), database)


@pytest.fixture
async def another(app):
    """A second browser."""
    async with browser(app) as http:
        yield http


async def leave(http, after=None, start=START):
    """Start in this browser; return the issuer's address that it is sent to."""
    answer = await http.get(start, params={"after": after} if after else {})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def come_back(http, given):
    return await http.get(CALLBACK, params=given)


async def link(session, world, issuer, name="coder", subject="jo"):
    await session.execute(
        text("update person set oidc_issuer = :i, oidc_subject = :s where person_id = :p"),
        {"i": issuer.url, "s": subject, "p": world.people[name].person_id},
    )
    await session.commit()


def reason_of(answer):
    assert answer.status_code == 303
    where = urlsplit(answer.headers["location"])
    query = parse_qs(where.query)
    assert (where.netloc, where.path, query["ended"]) == ("", "/sign-in", ["oidc"])
    assert ways.COOKIE not in {c.split("=")[0] for c in answer.headers.get_list("set-cookie")}
    return query["reason"][0]


class TestOptions:
    async def test_the_issuers_are_listed_without_their_secrets(self, client):
        answer = await client.get("/api/v1/sign-in/options")
        assert answer.json()["issuers"][0] == {"issuer_id": "trust", "label": "RXX account"}
        assert "secret" not in answer.text


class TestStart:
    async def test_the_browser_is_bound_by_a_host_cookie(self, client, issuer):
        answer = await client.get(START)
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-codewell-oidc=")
        for part in ("Secure", "HttpOnly", "SameSite=lax", "Path=/", "Max-Age=600"):
            assert part in cookie
        assert answer.headers["location"].startswith(f"{issuer.url}/oauth2/authorize?")
        query = parse_qs(urlsplit(answer.headers["location"]).query)
        assert query["redirect_uri"] == [ORIGIN + CALLBACK]

    async def test_an_issuer_that_is_not_ours_is_not_there(self, client):
        assert (await client.get("/api/v1/sign-in/oidc/elsewhere/start")).status_code == 404

    async def test_nothing_to_read_is_kept(self, client, session):
        location = await leave(client)
        state = parse_qs(urlsplit(location).query)["state"][0]
        row = (await session.execute(text("select * from oidc_state"))).one()
        assert state.encode() not in row.state_hash
        assert len(row.verifier) == 43

    async def test_an_issuer_that_is_down_is_said_in_one_word(self, settings, database):
        gone = OidcIssuer(issuer_id="trust", label="x", issuer="http://127.0.0.1:9", client_id="c", provider="RXX")
        app = build_app(settings.model_copy(update={"oidc_issuers": [gone]}), database)
        async with browser(app) as http:
            assert reason_of(await http.get(START)) == "unavailable"


class TestJourney:
    async def test_a_linked_person_is_signed_in_and_lands_where_they_wanted(self, client, issuer, session, world):
        await link(session, world, issuer)
        back = await come_back(client, issuer.approve(await leave(client, "/queues?queue=to_code"), "jo"))
        assert (back.status_code, back.headers["location"]) == (303, "/queues?queue=to_code")
        cookie = next(c for c in back.headers.get_list("set-cookie") if c.startswith("__Host-codewell="))
        for part in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"):
            assert part in cookie
        me = (await client.get("/api/v1/me")).json()
        assert me["name"] == "Demo coder"
        out = await client.post(
            "/api/v1/sign-out", headers={"X-Codewell-CSRF": me["csrf_token"], "Sec-Fetch-Site": "same-origin"}
        )
        assert out.status_code == 204
        assert (await client.get("/api/v1/me")).status_code == 401

    async def test_first_time_a_manager_links_the_reference_then_it_works(self, app, client, another, issuer, world):
        issuer.claims("new-subject", name="Jo Bell", email="somebody.else@example.invalid")
        first = await come_back(client, issuer.approve(await leave(client), "new-subject"))
        query = parse_qs(urlsplit(first.headers["location"]).query)
        assert query["reason"] == ["unknown"]
        again = await come_back(client, issuer.approve(await leave(client), "new-subject"))
        assert parse_qs(urlsplit(again.headers["location"]).query)["reference"] == query["reference"]
        manager = await sign_in_as(app, another, world.people["manager"])
        added = await manager.post(
            "/api/v1/people",
            json={
                "username": "jo.bell",
                "name": "Jo Bell",
                "roles": ["trainee"],
                "link": {"reference": query["reference"][0].lower()},
            },  # fmt: skip
        )
        assert added.status_code == 201, added.text
        assert added.json()["issuer"] == {"issuer_id": "trust", "label": "RXX account"}
        back = await come_back(client, issuer.approve(await leave(client), "new-subject"))
        assert back.headers["location"] == "/"
        assert (await client.get("/api/v1/me")).json()["roles"] == ["trainee"]

    async def test_a_manager_may_name_issuer_and_subject_beforehand(self, app, client, another, issuer, world):
        manager = await sign_in_as(app, another, world.people["manager"])
        person = world.people["coder"]
        edited = await manager.patch(
            f"/api/v1/people/{person.person_id}",
            json={"link": {"issuer_id": "trust", "subject": "555036632103"}},
            headers={"If-Match": "1"},
        )
        assert edited.status_code == 200, edited.text
        await come_back(client, issuer.approve(await leave(client), "555036632103"))
        assert (await client.get("/api/v1/me")).json()["person_id"] == str(person.person_id)
        foreign = await manager.patch(
            f"/api/v1/people/{person.person_id}",
            json={"link": {"issuer_id": "other", "subject": "1"}},
            headers={"If-Match": "2"},
        )
        assert foreign.json()["type"] == "/problems/link-unknown"

    async def test_the_same_e_mail_from_elsewhere_is_somebody_else(self, client, issuer, session, world):
        issuer.claims("jo", email="jo@example.invalid")
        issuer.claims("impostor", email="jo@example.invalid", preferred_username="coder")
        await link(session, world, issuer)
        answer = await come_back(client, issuer.approve(await leave(client), "impostor"))
        assert reason_of(answer) == "unknown"
        assert (await client.get("/api/v1/me")).status_code == 401

    async def test_the_issuer_of_another_trust_does_not_open_this_one(self, client, issuer, session, world):
        await link(session, world, issuer)
        start = "/api/v1/sign-in/oidc/other/start"
        assert reason_of(await come_back(client, issuer.approve(await leave(client, start=start), "jo"))) == "unknown"

    async def test_a_closed_account_stays_closed(self, client, issuer, session, world):
        await link(session, world, issuer)
        await session.execute(text("update person set active = false"))
        await session.commit()
        assert reason_of(await come_back(client, issuer.approve(await leave(client), "jo"))) == "closed"

    async def test_a_new_session_replaces_the_one_in_this_browser(self, app, client, issuer, session, world):
        await link(session, world, issuer)
        await sign_in_as(app, client, world.people["manager"])
        old = client.cookies.get(ways.COOKIE, domain="codewell.test")
        await come_back(client, issuer.approve(await leave(client), "jo"))
        async with AsyncClient(transport=ASGITransport(app=app), base_url=ORIGIN) as http:
            http.cookies.set(ways.COOKIE, old, domain="codewell.test")
            assert (await http.get("/api/v1/me")).status_code == 401

    @pytest.mark.parametrize("after", ["https://evil.invalid/", "//evil.invalid", "/\\evil.invalid", "/api/v1/me"])
    async def test_it_never_leads_to_another_site(self, client, issuer, session, world, after):
        await link(session, world, issuer)
        back = await come_back(client, issuer.approve(await leave(client, after), "jo"))
        assert back.headers["location"] == "/"

    async def test_parameters_that_issuers_add_do_not_disturb(self, client, issuer, session, world):
        await link(session, world, issuer)
        given = issuer.approve(await leave(client), "jo") | {"session_state": "x", "scope": "openid"}
        assert (await come_back(client, given)).headers["location"] == "/"

    async def test_no_token_of_the_issuer_reaches_the_browser_or_the_database(self, client, issuer, session, world):
        await link(session, world, issuer)
        back = await come_back(client, issuer.approve(await leave(client), "jo"))
        assert "eyJ" not in str(back.headers) + back.text
        assert not (await session.execute(text("select 1 from oidc_state"))).all()


class TestCheating:
    async def test_the_state_of_another_browser_is_worth_nothing(self, client, another, issuer, session, world):
        await link(session, world, issuer, subject="attacker")
        given = issuer.approve(await leave(another), "attacker")  # the attacker's own code and state ...
        await leave(client)
        assert reason_of(await come_back(client, given)) == "expired"  # ... do not sign the victim's browser in
        assert (await client.get("/api/v1/me")).status_code == 401

    async def test_a_code_swapped_between_two_sign_ins_is_refused(self, client, another, issuer, session, world):
        await link(session, world, issuer)
        mine = parse_qs(urlsplit(await leave(client)).query)["state"][0]
        stolen = issuer.approve(await leave(another), "jo")["code"]
        assert reason_of(await come_back(client, {"state": mine, "code": stolen})) == "refused"

    async def test_the_callback_works_once(self, client, issuer, session, world):
        await link(session, world, issuer)
        given = issuer.approve(await leave(client), "jo")
        assert (await come_back(client, given)).headers["location"] == "/"
        assert reason_of(await come_back(client, given)) == "expired"

    async def test_a_failed_callback_is_spent_too(self, client, issuer, session, world):
        await link(session, world, issuer)
        given = issuer.approve(await leave(client), "jo")
        assert reason_of(await come_back(client, given | {"code": "wrong"})) == "refused"
        assert reason_of(await come_back(client, given)) == "expired"

    async def test_ten_minutes_are_enough(self, client, issuer, session, world):
        await link(session, world, issuer)
        given = issuer.approve(await leave(client), "jo")
        with clock.frozen(clock.now() + clock.dt.timedelta(minutes=11)):
            assert reason_of(await come_back(client, given)) == "expired"

    @pytest.mark.parametrize("given", [{}, {"code": "x"}, {"state": "x"}, {"code": "x", "state": "x"}, {"state": ""}])
    async def test_made_up_callbacks(self, client, given):
        await leave(client)
        assert reason_of(await come_back(client, given)) == "expired"

    async def test_without_the_binding_cookie(self, client, issuer, session, world):
        await link(session, world, issuer)
        given = issuer.approve(await leave(client), "jo")
        client.cookies.clear()
        assert reason_of(await come_back(client, given)) == "expired"

    async def test_saying_no_at_the_issuer(self, client, issuer):
        location = await leave(client)
        state = parse_qs(urlsplit(location).query)["state"][0]
        refused = issuer.refuse(location) | {"state": state}
        assert refused["error"] == "access_denied"
        assert reason_of(await come_back(client, refused)) == "cancelled"

    @pytest.mark.parametrize(
        "knobs",
        [
            {"sign": "none"},
            {"sign": "hs256-with-public-key"},
            {"sign": "stranger-key"},
            {"sign": "jwk-in-header"},
            {"sign": "altered-after-signing"},
            {"header": {"kid": "unknown"}},
            {"claims": {"iss": "https://evil.invalid"}},
            {"claims": {"aud": "another-client"}},
            {"claims": {"nonce": "replayed"}},
            {"claims": {"exp": "now-120"}},
        ],
    )
    async def test_a_forged_token_says_only_refused(self, client, issuer, session, world, knobs, caplog):
        await link(session, world, issuer)
        issuer.knobs(**knobs)
        answer = await come_back(client, issuer.approve(await leave(client), "jo"))
        assert reason_of(answer) == "refused"
        assert len(parse_qs(urlsplit(answer.headers["location"]).query)) == 2
        assert [r.why for r in caplog.records if r.message == "oidc_refused"]

    async def test_an_id_token_is_not_a_key(self, client, issuer):
        answer = issuer.approve(await leave(client), "jo")
        token = httpx.post(
            f"{issuer.url}/oauth2/token",
            data={"grant_type": "authorization_code", "code": answer["code"], "code_verifier": "a" * 43},
            auth=("codewell", "x"),
        )
        assert token.status_code == 400  # the provider wants our verifier, so make one of its tokens up
        answer = await client.get("/api/v1/me", headers={"Authorization": "Bearer eyJhbGciOiJub25lIn0.e30."})
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/key-refused")

    async def test_a_rotated_key_is_found(self, client, issuer, session, world):
        await link(session, world, issuer)
        await come_back(client, issuer.approve(await leave(client), "jo"))
        issuer.new_key()
        with clock.frozen(clock.now() + REFRESH_GAP):
            assert (await come_back(client, issuer.approve(await leave(client), "jo"))).headers["location"] == "/"


def test_the_callback_is_where_the_route_is():
    assert journey.CALLBACK == CALLBACK
