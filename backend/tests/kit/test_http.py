"""The edges: problems for everything, strict input, limits, ids."""

import pytest
from fastapi import Query

from codewell.identity.doors import Me, Session
from codewell.kit.wire import CleanStr, WireIn


class Body(WireIn):
    text: CleanStr
    number: int = 1


@pytest.fixture
def echo(app):
    from codewell.kit.http import StrictRoute

    app.router.route_class = StrictRoute

    @app.post("/api/v1/echo")
    async def send_echo(body: Body, flag: int = Query(default=0)) -> dict[str, str]:
        return {"text": body.text}

    @app.get("/api/v1/who")
    async def see_who(session: Session, me: Me) -> dict[str, str]:
        return {"name": me.name}

    return app


HOSTILE = [
    b'{"text": "a", "number": NaN}',
    b'{"text": "a", "number": Infinity}',
    b'{"text": "a", "number": 1e999}',
    b'{"text": "\\ud800"}',
    b'{"text": "a\\u0000b"}',
    b'{"text": "a", "text": "b"}',
    b'{"text": "a", "extra": 1}',
    b'{"text": 5}',
    b"{" * 100_000,
    b"\xff\xfe",
    b"",
    b"null",
]


class TestHostileBodies:
    @pytest.mark.parametrize("body", HOSTILE)
    async def test_are_refused_with_a_problem_that_echoes_nothing(self, echo, client, body):
        answer = await client.post("/api/v1/echo", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in {400, 422}
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["cache-control"] == "no-store"
        document = answer.json()
        assert document["request_id"] == answer.headers["x-request-id"]
        assert "\ud800" not in str(document)

    async def test_good_ones_pass(self, echo, client):
        answer = await client.post("/api/v1/echo", json={"text": "é"})
        assert answer.json() == {"text": "é"}

    @pytest.mark.parametrize("query", ["unknown=1", "flag=1&flag=2"])
    async def test_unknown_and_doubled_parameters_are_refused(self, echo, client, query):
        answer = await client.post(f"/api/v1/echo?{query}", json={"text": "a"})
        assert answer.status_code == 422

    async def test_a_body_over_the_limit_is_413(self, echo, client):
        answer = await client.post(
            "/api/v1/echo", content=b" " * 5_000_001, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 413
        assert answer.json()["limit_bytes"] == 5_000_000

    async def test_a_body_that_streams_past_the_limit_is_not_read_to_its_end(self, echo, client):
        sent = 0

        async def forever():
            nonlocal sent
            for _ in range(1000):
                sent += 1
                yield b" " * 100_000

        answer = await client.post("/api/v1/echo", content=forever(), headers={"Content-Type": "application/json"})
        assert answer.status_code == 413
        assert sent < 100


class TestFrameworkErrors:
    async def test_an_unknown_path_is_a_404_problem(self, client):
        answer = await client.get("/api/v1/nothing")
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")

    async def test_a_wrong_method_names_the_right_ones(self, client):
        answer = await client.delete("/api/v1/health/live")
        assert answer.status_code == 405
        assert "GET" in answer.headers["allow"]

    async def test_health_says_live_and_ready(self, client):
        assert (await client.get("/api/v1/health/live")).json() == {"status": "live"}
        assert (await client.get("/api/v1/health/ready")).json() == {"status": "ready"}


class TestCaller:
    async def test_nobody_is_401(self, echo, client):
        answer = await client.get("/api/v1/who")
        assert answer.status_code == 401

    async def test_a_person_is_known(self, echo, as_role):
        answer = await (await as_role("coder")).get("/api/v1/who")
        assert answer.json() == {"name": "Demo coder"}

    async def test_a_client_is_known(self, echo, as_role):
        answer = await (await as_role("intake")).get("/api/v1/who")
        assert answer.json() == {"name": "intake"}
