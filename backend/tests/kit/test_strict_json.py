"""What is read quickly is read as strictly: the quick parser alone would keep the last of doubled members."""

import json
import random
from typing import Any

import pytest

from codewell.kit import http
from codewell.kit.http import strict_json

REFUSED = [
    b'{"a":1,"a":2}', b'{"a":1,"a" :2}', b'{"a":1,"\\u0061":2}', b'{"a":{"b":1,"b":2}}', b'[{"a":[{"x":1,"x":1}]}]',
    b'{"a":1,"a":2,"s":"x\\":y"}', b'{"a":NaN}', b'{"a":-Infinity}', b'{"a":1e999}', b'{"a":1', b"", b'{"a":"\xff"}',
    b"[" * 100_000,
]  # fmt: skip
TAKEN: list[tuple[bytes, Any]] = [
    (b'{"a":1,"b":"x\\":y"}', {"a": 1, "b": 'x":y'}),
    (b'{"a" : 1, "b"\n:\t2}', {"a": 1, "b": 2}),
    (b"123456789012345678901234567890", 123456789012345678901234567890),
    (b'{"a":1.5,"b":-0,"c":1E2}', {"a": 1.5, "b": 0, "c": 100.0}),
    (b'"\\ud800"', "\ud800"),
    (b'\xef\xbb\xbf{"a":1}', {"a": 1}),
    (b"[[[]],{}]", [[[]], {}]),
]  # fmt: skip


@pytest.mark.parametrize("body", REFUSED)
def test_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        strict_json(body)


@pytest.mark.parametrize(("body", "value"), TAKEN)
def test_is_read(body: bytes, value: Any) -> None:
    found = strict_json(body)
    assert found == value
    assert type(found) is type(value)


def test_too_deep_for_us_is_refused_as_before() -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        strict_json(b"[" * 1000 + b"]" * 1000)


def test_a_usual_body_takes_the_quick_way(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: Any, **__: Any) -> Any:
        raise AssertionError("took the slow way")

    monkeypatch.setattr(http.json, "loads", slow)
    assert strict_json(b'{"items": [{"a": "1", "at": "2026-03-12T09:30:00Z"}, {"a": null}]}')["items"][1] == {"a": None}


def test_any_value_is_read_as_the_slow_way_reads_it() -> None:
    r = random.Random(5)

    def made(depth: int) -> Any:
        kind = r.randrange(8 if depth else 6)
        if kind >= 6:
            return [made(depth - 1) for _ in range(r.randrange(4))]
        if kind == 5 and depth:
            return {r.choice(("a", 'b"', ":", '":', "é", "")): made(depth - 1) for _ in range(r.randrange(4))}
        return r.choice((None, True, 7, -(2**70), 0.25, 'x":y', ":", '"', "\\", "Zoë", "\n"))

    for _ in range(3000):
        value = made(4)
        for body in (json.dumps(value), json.dumps(value, separators=(",", ":"), ensure_ascii=False)):
            found = strict_json(body.encode())
            assert json.dumps(found) == json.dumps(value)
