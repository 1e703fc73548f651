"""The edges: problems for everything, strict input, limits, ids."""

import asyncio
import gzip
import json
import socket
from collections.abc import Iterator
from typing import Any, Self, get_args
from urllib.error import HTTPError
from urllib.request import Request as UrlRequest
from urllib.request import urlopen

import pytest
import uvicorn
from fastapi import FastAPI, Query, Request
from pydantic_core.core_schema import ErrorType
from starlette.types import Receive, Scope, Send

from codewell.identity.doors import Me, Session
from codewell.kit import http, spa, words
from codewell.kit.http import Edge, install_problems
from codewell.kit.problems import Problem
from codewell.kit.wire import CleanStr, WireIn
from conftest import ROOT, app_of


class Body(WireIn):
    text: CleanStr
    number: int = 1


@pytest.fixture
def app(settings, database):
    """An application of this file's own, as it gets routes that no other has."""
    return app_of("kit", settings, database)


@pytest.fixture
def echo(app):
    from codewell.kit.http import StrictRoute

    if any(getattr(route, "path", "") == "/api/v1/echo" for route in app.routes):
        return app
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


SAYS_NOTHING = {
    "$ref", "anyOf", "default", "description", "example", "examples", "format", "items", "properties", "title", "type",
    "propertyNames", "uniqueItems",
}  # fmt: skip
KINDS = {
    "type: string": ("string_type", "string_unicode"),
    "type: integer": ("int_type", "int_parsing", "int_parsing_size", "int_from_float"),
    "type: number": ("float_type", "float_parsing", "finite_number"),
    "type: boolean": ("bool_type", "bool_parsing"),
    "type: array": ("list_type",),
    "type: object": ("dict_type", "model_type", "model_attributes_type"),
    "type: null": ("none_required",),
    "format: uuid": ("uuid_type", "uuid_parsing"),
    "format: date": ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
    "format: date-time": (
        "datetime_type",
        "datetime_parsing",
        "datetime_from_date_parsing",
        "datetime_object_invalid",
        "timezone_aware",
    ),
    "enum": ("enum", "literal_error"),
    "const": ("literal_error",),
    "required": ("missing",),
    "additionalProperties": ("extra_forbidden",),
    "pattern": ("string_pattern_mismatch",),
    "maxLength": ("string_too_long",),
    "minLength": ("string_too_short",),
    "maxItems": ("too_long",),
    "minItems": ("too_short",),
    "maxProperties": ("too_long",),
    "minProperties": ("too_short",),
    "maximum": ("less_than_equal",),
    "minimum": ("greater_than_equal",),
    "exclusiveMaximum": ("less_than",),
    "exclusiveMinimum": ("greater_than",),
}


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
        assert answer.json()["limit_bytes"] == 5_000_000
        # What follows is thrown away for a while, so that the refusal is read; but not for ever.
        assert sent < 800


class Served:
    """The edge on a real socket, in front of an application that reads its body."""

    def __init__(self, limit: int) -> None:
        app = FastAPI()

        @app.post("/")
        async def count_bytes(request: Request) -> int:
            return len(await request.body())

        install_problems(app, lambda error: None)
        self.edge = Edge(app, limit_of=lambda path: limit, headers_of=lambda path: {})
        scoped = self.edge

        async def outermost(scope: Scope, receive: Receive, send: Send) -> None:
            await scoped({**scope, "app": app}, receive, send)

        self.server = uvicorn.Server(uvicorn.Config(outermost, port=0, lifespan="off", log_level="error"))

    async def __aenter__(self) -> Self:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.serving = asyncio.create_task(self.server.serve([self.socket]))
        while not self.server.started:
            await asyncio.sleep(0.01)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.should_exit = True
        await self.serving

    async def settled(self) -> bool:
        """Wait until nobody is listened to any more; a client has its answer a moment before the server is done."""
        async with asyncio.timeout(10):
            while self.edge._lingering:
                await asyncio.sleep(0.01)
        return True

    def post(self, content: bytes | Iterator[bytes]) -> tuple[int, dict[str, Any]]:
        """Send all of it and only then read, as urllib does."""
        try:
            with urlopen(UrlRequest(f"http://127.0.0.1:{self.port}/", content, method="POST"), timeout=30) as answer:
                return answer.status, {}
        except HTTPError as refused:
            return refused.code, json.load(refused)


class TestABodyTooLargeOnASocket:
    """An ordinary client sends everything before it reads: it gets the refusal, and no broken connection."""

    @pytest.mark.parametrize("in_chunks", [False, True])
    async def test_the_refusal_is_read(self, in_chunks: bool) -> None:
        async with Served(100_000) as served:
            content = (b"a" * 1_000_000 for _ in range(12)) if in_chunks else b"a" * 12_000_000
            status, problem = await asyncio.to_thread(served.post, content)
            assert (status, problem["limit_bytes"]) == (413, 100_000)
            assert await served.settled()

    @pytest.mark.parametrize("bound", ["LINGER_BYTES", "LINGER_SECONDS", "LINGER_AT_ONCE"])
    async def test_what_follows_is_read_within_bounds_only(self, bound: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(http, bound, {"LINGER_BYTES": 1_000_000, "LINGER_SECONDS": 0.3, "LINGER_AT_ONCE": 0}[bound])
        async with Served(1000) as served:
            reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
            writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            with pytest.raises(OSError):
                async with asyncio.timeout(20):
                    while True:
                        writer.write(b"10000\r\n" + b"a" * 0x10000 + b"\r\n")
                        await writer.drain()
                        await asyncio.sleep(0.01)
            writer.close()
            assert await served.settled()


class TestPlainWords:
    """A refusal says what is wrong in our words, and its detail never repeats its title."""

    @pytest.mark.parametrize(
        ("body", "says"),
        [
            (b'{"text": "a",\n "number": }', "line 2, column 12, a value is expected"),
            (b'{"text": "a"', "but the body ends"),
            (b'{"text": "a"} x', "more after the end"),
            (b"{'text': 1}", "name in double quotes"),
            (b'{"text": "a", "number": NaN}', "NaN and Infinity"),
            (b'{"text": "a", "number": 1e400}', "a number that is too large"),
            (b'{"text": "a", "number": -1e400}', "a number that is too large"),
            (b'{"text": "a", "text": "b"}', "names one of its members twice"),
            (b"{" * 100_000, "line 1, column 2"),
            (b"[" * 100_000, "nested too deeply"),
            (b'"\xff"', "not UTF-8"),
            (b" ", "is empty"),
        ],
    )
    async def test_broken_json_is_told_with_its_place(self, echo, client, body, says):
        answer = await client.post("/api/v1/echo", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422
        assert says in answer.json()["detail"]
        assert answer.json()["errors"][0]["pointer"] == "/body"

    @pytest.mark.parametrize(
        ("body", "says"),
        [
            ({"text": 5}, "text: must be text, in double quotes."),
            ({}, "text: is missing."),
            ({"text": "a", "number": 1.5}, "number: must be a whole number, without decimals."),
            ({"text": "a", "x": 1, "y": 2}, "x: is not a member we know. 1 more under errors."),
            ([], "Must be an object."),
        ],
    )
    async def test_what_is_wrong_with_a_value_is_the_detail(self, echo, client, body, says):
        answer = await client.post("/api/v1/echo", json=body)
        assert (answer.status_code, answer.json()["detail"]) == (422, says)

    @pytest.mark.parametrize(
        ("query", "says"),
        [("unknown=1", "Unknown: there is no such parameter."), ("flag=1&flag=2", "Flag: is given twice.")],
    )
    async def test_what_is_wrong_with_a_parameter_is_the_detail(self, echo, client, query, says):
        answer = await client.post(f"/api/v1/echo?{query}", json={"text": "a"})
        assert (answer.status_code, answer.json()["detail"].lower()) == (422, says.lower())

    def test_the_frameworks_own_message_is_never_handed_on(self):
        for kind in get_args(ErrorType):
            if kind != "value_error":
                assert "9000000009" not in words.of_value({"type": kind, "msg": "Input 9000000009", "ctx": {}}), kind

    def test_all_that_the_contract_asks_of_a_value_has_words(self):
        """A keyword of a schema is here with the kinds of error it makes, and each of them is told in our words."""
        document = json.loads((ROOT / "openapi" / "openapi.json").read_text())
        taken = [
            p["schema"]
            for methods in document["paths"].values()
            for op in methods.values()
            for p in op.get("parameters", [])
        ]
        schemas = document["components"]["schemas"]
        taken += [{"$ref": f"/{name}"} for name in schemas if name.endswith(("In", "New", "Edit"))]
        seen: set[str] = set()
        asked: set[str] = set()
        while taken:
            schema = taken.pop()
            if "$ref" in schema and (name := schema["$ref"].rsplit("/", 1)[1]) not in seen:
                seen.add(name)
                taken.append(schemas[name])
            taken += [*schema.get("properties", {}).values(), *schema.get("anyOf", [])]
            taken += [schema[name] for name in ("items", "additionalProperties") if isinstance(schema.get(name), dict)]
            asked |= schema.keys() - SAYS_NOTHING
            asked |= {f"{name}: {schema[name]}" for name in ("type", "format") if name in schema}
        for kind in {kind for keyword in asked for kind in KINDS[keyword]}:
            assert words.of_value({"type": kind, "msg": ""}) != "cannot be read", kind

    @pytest.mark.parametrize(
        "headers",
        [
            {"Content-Type": "text/plain"},
            {"Content-Type": "application/x-www-form-urlencoded"},
            {},
            {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        ],
    )
    async def test_what_is_not_json_is_415_and_says_what_to_send(self, echo, client, headers):
        body = gzip.compress(b'{"text": "a"}') if "Content-Encoding" in headers else b'{"text": "a"}'
        answer = await client.post("/api/v1/echo", content=body, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (415, "application/problem+json")
        assert "JSON" in answer.json()["detail"]

    async def test_json_by_another_name_is_json(self, echo, client):
        headers = {"Content-Type": "application/fhir+json; charset=utf-8"}
        assert (await client.post("/api/v1/echo", content=b'{"text": "a"}', headers=headers)).status_code == 200

    def test_no_refusal_says_its_title_twice(self, app):
        def below(cls):
            for one in cls.__subclasses__():
                yield one
                yield from below(one)

        for one in (Problem, *below(Problem)):
            document = one().document("/x", "id")
            assert document["detail"].rstrip(".") != document["title"], one


class TestFrameworkErrors:
    async def test_an_unknown_path_is_a_404_problem(self, client):
        answer = await client.get("/api/v1/nothing")
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")

    async def test_a_wrong_method_names_the_right_ones(self, client):
        answer = await client.delete("/api/v1/health/live")
        assert answer.status_code == 405
        assert "GET" in answer.headers["allow"]
        both = await client.delete("/api/v1/intake/sources/some")
        assert (both.status_code, both.headers["allow"]) == (405, "GET, PUT")
        assert (both.json()["type"], both.json()["detail"]) == ("/problems/method-not-allowed", "Use GET or PUT.")

    async def test_the_pages_do_not_hide_which_methods_a_path_takes(self, app, client, tmp_path):
        (tmp_path / "index.html").write_text("<!doctype html>")
        spa.serve(app, tmp_path)
        answer = await client.get("/api/v1/intake/files")
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
        assert answer.headers["content-type"] == "application/problem+json"
        assert (await client.get("/api/v1/nothing")).status_code == 404
        assert (await client.get("/queues")).status_code == 200

    async def test_the_log_says_what_was_refused_and_why_but_not_to_whom_it_belonged(self, client, caplog):
        await client.get("/api/v1/intake/jobs/0190b4b4-0000-7000-8000-000000000001")
        (line,) = [r for r in caplog.records if r.getMessage() == "refused"]
        assert (line.path, line.reason, line.method) == ("/api/v1/intake/jobs/{job_id}", "not-signed-in", "GET")
        assert "0190b4b4" not in str(vars(line))

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
