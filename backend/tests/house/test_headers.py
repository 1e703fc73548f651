"""The security headers of every answer: API and pages, good and refused, and the one nobody planned for."""

import re

import pytest
from httpx import ASGITransport, AsyncClient

from codewell.kit.http import contract
from codewell.main import build_app
from codewell.settings import Settings
from conftest import ORIGIN, browser
from house.sample import request_for

DOCUMENT = contract(build_app(Settings(_env_file=None, environment="test", run_jobs=False)))
EVERY = [
    pytest.param(method.upper(), path, op, id=op["operationId"])
    for path, methods in DOCUMENT["paths"].items()
    for method, op in methods.items()
]
API = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


def has_api_headers(answer):
    for name, value in API.items():
        assert answer.headers.get_list(name) == [value], (name, answer.headers.get_list(name))
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", answer.headers["x-request-id"])
    assert "access-control-allow-origin" not in answer.headers
    assert "server" not in answer.headers or "uvicorn" not in answer.headers["server"]
    assert "x-powered-by" not in answer.headers


@pytest.mark.parametrize(("method", "path", "op"), EVERY)
class TestEveryOperation:
    async def test_carries_them_when_refused_and_when_not(self, client, as_role, method, path, op):
        made = request_for(method, path, op, DOCUMENT)
        has_api_headers(await client.request(**made, extensions={}))
        for role in ("manager", "privacy_officer"):
            has_api_headers(await (await as_role(role)).request(**made))

    async def test_lets_no_other_site_read(self, client, method, path, op):
        made = request_for(method, path, op, DOCUMENT)
        made["headers"] = {**made["headers"], "Origin": "https://evil.invalid"}
        answer = await client.request(**made)
        assert not [h for h in answer.headers if h.startswith("access-control-")]


class TestEveryError:
    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("GET", "/api/v1/nothing-here", 404),
            ("DELETE", "/api/v1/me", 405),
            ("TRACE", "/api/v1/me", 405),
            ("OPTIONS", "/api/v1/me", 405),
            ("POST", "/api/v1/sign-in", 422),
            ("GET", "/api/v1/sign-in/options?surprise=1", 422),
        ],
    )
    async def test_carries_them(self, client, method, path, status):
        answer = await client.request(method, path, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == status
        has_api_headers(answer)
        assert answer.headers["content-type"] == "application/problem+json"

    async def test_too_large_carries_them(self, client):
        has_api_headers(await client.post("/api/v1/sign-in", content=b"x", headers={"Content-Length": "99999999"}))

    async def test_the_one_nobody_planned_for_carries_them_and_tells_nothing(self, settings, database):
        app = build_app(settings, database)

        @app.get("/api/v1/breaks")
        async def breaks() -> None:
            raise RuntimeError("a secret of the inside")

        async with browser(app) as http:
            answer = await http.get("/api/v1/breaks")
        assert answer.status_code == 500
        has_api_headers(answer)
        assert answer.json()["type"] == "/problems/internal"
        assert "secret" not in answer.text
        assert answer.json()["request_id"] == answer.headers["x-request-id"]


class TestPages:
    @pytest.fixture
    async def pages(self, settings, database, tmp_path):
        (tmp_path / "spa" / "assets").mkdir(parents=True)
        (tmp_path / "spa" / "index.html").write_text("<!doctype html><title>Codewell</title>")
        (tmp_path / "spa" / "assets" / "app-1234.js").write_text("1")
        app = build_app(settings.model_copy(update={"spa_dir": tmp_path / "spa"}), database)
        async with browser(app) as http:
            yield http

    @pytest.mark.parametrize("path", ["/", "/queues", "/people/x", "/assets/app-1234.js", "/assets/missing.js"])
    async def test_carry_a_policy_that_runs_only_our_own_script(self, pages, path):
        answer = await pages.get(path)
        policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["connect-src"] == policy["font-src"] == "'self'"
        assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"

    async def test_the_page_itself_is_not_kept_and_hashed_files_are(self, pages):
        assert (await pages.get("/queues")).headers["cache-control"] == "no-store"
        assert "immutable" in (await pages.get("/assets/app-1234.js")).headers["cache-control"]

    @pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/nothing", "/..%2f..%2fetc/passwd", "/%2e%2e/secret"])
    async def test_nothing_else_is_served(self, pages, path):
        answer = await pages.get(path)
        assert answer.status_code == 404 or "<title>Codewell</title>" in answer.text


class TestProduction:
    async def test_https_is_for_two_years_and_issuers_may_take_forms(self, database, tmp_path, settings):
        from codewell.settings import OidcIssuer

        issuer = OidcIssuer(
            issuer_id="trust", label="T", issuer="https://login.example.nhs.uk", client_id="c", provider="RXX"
        )
        made = settings.model_copy(
            update={"environment": "production", "oidc_issuers": [issuer], "local_accounts": None, "public_url": ORIGIN}
        )
        async with AsyncClient(transport=ASGITransport(app=build_app(made, database)), base_url=ORIGIN) as http:
            answer = await http.get("/api/v1/sign-in/options")
            page = await http.get("/")
        assert answer.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
        assert "form-action 'self' https://login.example.nhs.uk" in page.headers["content-security-policy"]


class TestTheLog:
    async def test_each_refusal_of_who_leaves_one_line_without_names_or_secrets(self, client, as_role, caplog):
        secret = "cwk_000000000000_" + "A" * 43
        await client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
        await client.post(
            "/api/v1/sign-in",
            json={"username": "jo.bell", "password": "my own password"},
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        await (await as_role("coder")).post("/api/v1/trail/search", json={})
        told = [(r.reason, r.status, r.operation) for r in caplog.records if r.message == "refused"]
        assert told == [
            ("key-refused", 401, "read_me"),
            ("sign-in-refused", 401, "sign_in"),
            ("not-permitted", 403, "search_trail"),
        ]
        everything = " ".join(str(vars(r)) for r in caplog.records if r.name.startswith("codewell"))
        for private in (secret, "A" * 43, "jo.bell", "my own password"):
            assert private not in everything
