"""The README does what it says: its commands exist, its links lead somewhere, and its curl posts an episode."""

from __future__ import annotations

import json
import re

import pytest

from conftest import ROOT, AsRole

README = (ROOT / "README.md").read_text()


def the_curl() -> tuple[str, dict[str, object]]:
    """Return path and body of the README's curl."""
    found = re.search(r"curl -sS http://127\.0\.0\.1:8000(\S+) .*?-d '(.*?)'\n", README, re.DOTALL)
    assert found is not None
    return found.group(1), json.loads(found.group(2))


async def test_the_curl_posts_an_episode_and_posts_it_again_without_change(as_role: AsRole) -> None:
    pas = await as_role("intake")
    path, body = the_curl()
    outcomes = []
    for _ in range(2):
        answer = await pas.post(path, json=body)
        assert answer.status_code == 207, answer.text
        outcomes += [item["outcome"] for item in answer.json()["items"]]
    assert outcomes == ["created", "unchanged"]


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_every_make_target_and_every_link_exists(document: str) -> None:
    text = (ROOT / document).read_text()
    targets = set(re.findall(r"^([a-z0-9]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)\b(?=[` ]|$)", text, re.MULTILINE)) - {"are", "it", "an"}
    assert named
    assert named <= targets, named - targets
    for link in re.findall(r"\]\(([^):]+)\)", text):
        assert (ROOT / link).exists(), link


def test_every_command_of_the_command_line_exists() -> None:
    from codewell import cli

    for name in re.findall(r"codewell (run|serve|migrate|intake|trail|synth|contract|rebuild|people)\b", README):
        parser, _ = cli._parser([name])
        assert name in parser.format_help()
