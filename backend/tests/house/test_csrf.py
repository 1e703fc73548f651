"""Each operation that changes something, from the contract: a request that is not from our own page does nothing."""

import pytest
from httpx import ASGITransport, AsyncClient

from codewell.identity import doors
from codewell.kit.http import contract
from codewell.main import build_app
from codewell.settings import Settings
from conftest import ORIGIN, sign_in_as
from house.sample import request_for

DOCUMENT = contract(build_app(Settings(_env_file=None, environment="test", run_jobs=False)))
EVERY = [
    (method.upper(), path, op)
    for path, methods in DOCUMENT["paths"].items()
    for method, op in methods.items()
    if not path.startswith("/api/v1/health")
]
# The two doors of the issuer's journey are GETs that a foreign page may lead to: state and cookie guard them.
UNSAFE = [
    pytest.param(method, path, op, id=op["operationId"])
    for method, path, op in EVERY
    if method not in doors.SAFE and op["operationId"] != "sign_in"
]
SIGNED_IN = [pytest.param(m, p, op, id=op["operationId"]) for m, p, op in EVERY if not op.get("x-public")]

FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN},
    {"Origin": "https://evil.invalid"},
    {"Origin": "null"},
    {"Origin": ORIGIN + ".evil.invalid"},
    {},
]


@pytest.fixture
async def page(app, world):
    """A coder's browser that sends its cookie and nothing else by itself, and the CSRF token of its sign-in."""
    async with AsyncClient(transport=ASGITransport(app=app, raise_app_exceptions=False), base_url=ORIGIN) as http:
        await sign_in_as(app, http, world.people["manager"])
        token = http.headers.pop("X-Codewell-CSRF")
        del http.headers["Sec-Fetch-Site"]
        yield http, token


def sent(method, path, op, **headers):
    made = request_for(method, path, op, DOCUMENT)
    made["headers"] = {**made["headers"], **headers}
    return made


@pytest.mark.parametrize(("method", "path", "op"), UNSAFE)
class TestEveryChange:
    async def test_is_refused_from_any_other_page(self, page, method, path, op):
        http, token = page
        for foreign in FOREIGN:
            answer = await http.request(**sent(method, path, op, **foreign, **{"X-Codewell-CSRF": token}))
            assert (answer.status_code, answer.json()["type"]) == (403, "/problems/csrf"), foreign

    async def test_is_refused_without_the_token_of_this_sign_in(self, page, method, path, op):
        http, token = page
        for wrong in (None, "", "x", token[:-1], token[:-1] + ("0" if token[-1] != "0" else "1"), token.upper() + " "):
            headers = {"Sec-Fetch-Site": "same-origin"} | ({} if wrong is None else {"X-Codewell-CSRF": wrong})
            answer = await http.request(**sent(method, path, op, **headers))
            assert (answer.status_code, answer.json()["type"]) == (403, "/problems/csrf"), wrong

    async def test_is_refused_as_what_a_plain_form_can_send(self, page, method, path, op):
        http, token = page
        made = sent(method, path, op, **{"Sec-Fetch-Site": "cross-site"})
        for name in ("json", "files", "data", "content"):
            made.pop(name, None)
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            made["headers"] = {**made["headers"], "Content-Type": kind}
            answer = await http.request(**made, content=b'{"a": "b"}')
            assert answer.status_code == 403, (kind, answer.text)

    async def test_passes_this_door_from_our_own_page(self, page, method, path, op):
        """The control: with the right headers the same request gets past CSRF, whatever it meets behind it."""
        http, token = page
        headers = {"Sec-Fetch-Site": "same-origin", "X-Codewell-CSRF": token}
        answer = await http.request(**sent(method, path, op, **headers))
        assert not (answer.status_code == 403 and answer.json()["type"] == "/problems/csrf")
        assert answer.status_code != 401


@pytest.mark.parametrize(("method", "path", "op"), SIGNED_IN)
class TestEveryOperation:
    async def test_refuses_a_cookie_and_a_key_together(self, page, world, method, path, op):
        http, token = page
        for authorization in (f"Bearer {world.keys['intake']}", "Bearer nonsense", "Basic eDp5", ""):
            answer = await http.request(
                **sent(
                    method,
                    path,
                    op,
                    **{"Authorization": authorization, "Sec-Fetch-Site": "same-origin", "X-Codewell-CSRF": token},
                )  # fmt: skip
            )
            assert (answer.status_code, answer.json()["type"]) == (400, "/problems/mixed-credentials")


class TestJsonOnly:
    @pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
    async def test_a_json_body_under_another_name_is_not_read(self, page, kind):
        http, token = page
        headers = {"Sec-Fetch-Site": "same-origin", "X-Codewell-CSRF": token} | ({"Content-Type": kind} if kind else {})
        answer = await http.post(
            "/api/v1/people", content=b'{"username": "jo.bell", "name": "Jo", "roles": ["coder"]}', headers=headers
        )
        assert answer.status_code == 415

    async def test_the_token_of_another_sign_in_does_not_do(self, app, page, world):
        http, _ = page
        async with AsyncClient(transport=ASGITransport(app=app), base_url=ORIGIN) as second:
            await sign_in_as(app, second, world.people["manager"])
            theirs = second.headers["X-Codewell-CSRF"]
        headers = {"Sec-Fetch-Site": "same-origin", "X-Codewell-CSRF": theirs}
        assert (await http.post("/api/v1/sign-out", headers=headers)).status_code == 403

    async def test_a_get_never_needs_the_token(self, page):
        http, _ = page
        assert (await http.get("/api/v1/me", headers={"Sec-Fetch-Site": "cross-site"})).status_code == 200
