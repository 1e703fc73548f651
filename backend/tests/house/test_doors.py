"""Every operation of the contract, mechanically: nobody 401, not permitted 403, hidden 404; and who may do what."""

import re
from pathlib import Path

import pytest

from codewell.identity.rules import ROLE_PERMISSIONS, SCOPE_PERMISSIONS, Role
from codewell.kit.http import contract
from codewell.main import build_app
from codewell.settings import Settings
from house.sample import request_for

DOCUMENT = contract(build_app(Settings(_env_file=None, environment="test", run_jobs=False)))
OPERATIONS = [
    pytest.param(method.upper(), path, op, id=op["operationId"])
    for path, methods in DOCUMENT["paths"].items()
    for method, op in methods.items()
]
GOLDEN = Path(__file__).parent / "golden" / "who_may_do_what.txt"

# Open to everybody by nature; this list may only shrink.
PUBLIC = {"see_live", "see_ready", "see_sign_in_options", "sign_in", "start_oidc_sign_in", "finish_oidc_sign_in"}

# Nothing that a stranger's id could hide behind: the operation is about the caller, or the id is no secret.
NO_HIDING = {"discard_draft", "run_checks", "set_source"}


@pytest.mark.parametrize(("method", "path", "op"), OPERATIONS)
class TestEveryOperation:
    async def test_refuses_nobody(self, client, method, path, op):
        if op["operationId"] in PUBLIC:
            pytest.skip("open to everybody")
        answer = await client.request(**request_for(method, path, op, DOCUMENT))
        assert answer.status_code == 401, answer.text
        assert answer.headers["content-type"] == "application/problem+json"

    async def test_refuses_who_lacks_the_permission(self, as_role, method, path, op):
        permission = op.get("x-permission")
        if permission is None:
            pytest.skip("any signed-in person may")
        without = next((r for r in Role if permission not in ROLE_PERMISSIONS[r]), None)
        if without is None:
            pytest.skip("every role may")
        answer = await (await as_role(without.value)).request(**request_for(method, path, op, DOCUMENT))
        assert answer.status_code == 403, answer.text
        assert answer.json()["permission"] == permission

    async def test_hides_what_is_not_there(self, as_role, method, path, op):
        permission = op.get("x-permission")
        if not re.search(r"\{\w+_id\}", path) or op["operationId"] in NO_HIDING | PUBLIC:
            pytest.skip("names no single thing")
        holder = next((r for r in Role if permission in ROLE_PERMISSIONS[r]), None)
        scope = next((s for s in SCOPE_PERMISSIONS if permission in SCOPE_PERMISSIONS[s]), None)
        name = (holder or scope or Role.coder).value
        answer = await (await as_role(name)).request(**request_for(method, path, op, DOCUMENT))
        assert answer.status_code == 404, answer.text


class TestContract:
    def test_every_operation_has_a_verb_noun_name_a_summary_and_a_tag(self):
        for method, path, op in (p.values for p in OPERATIONS):
            assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", op["operationId"]), (method, path)
            assert op.get("summary"), path
            assert op.get("tags"), path

    def test_names_are_unique(self):
        names = [p.values[2]["operationId"] for p in OPERATIONS]
        assert len(names) == len(set(names))

    def test_every_refusal_is_a_problem_document(self):
        for _method, path, op in (p.values for p in OPERATIONS):
            for status, answer in op["responses"].items():
                if int(status) >= 400:
                    assert list(answer["content"]) == ["application/problem+json"], (path, status)

    def test_everything_that_changes_something_says_what_it_leaves_on_the_trail(self):
        silent = {
            p.values[2]["operationId"]
            for p in OPERATIONS
            if p.values[0] in {"POST", "PUT", "PATCH", "DELETE"} and not p.values[2].get("x-trail")
        }
        # A draft is private and unfinished; checks and searches change nothing. This list may only shrink.
        assert silent <= {
            "save_draft",
            "discard_draft",
            "run_checks",
            "save_audit_draft",
            "renew_audit_item",
        } | PUBLIC | {"lookup_episode"}

    def test_who_may_do_what_is_as_agreed(self):
        lines = []
        for method, path, op in sorted((p.values for p in OPERATIONS), key=lambda v: (v[1], v[0])):
            permission = op.get("x-permission")
            people = [r.value for r in Role if permission is None or permission in ROLE_PERMISSIONS[r]]
            machines = [s.value for s in SCOPE_PERMISSIONS if permission in SCOPE_PERMISSIONS[s]]
            who = (
                "everybody"
                if op["operationId"] in PUBLIC
                else " ".join(people) + (f" | {' '.join(machines)}" if machines else "")
            )
            lines.append(f"{method} {path}: {who}")
        text = "\n".join(lines) + "\n"
        if not GOLDEN.exists() or GOLDEN.read_text() != text:
            GOLDEN.with_suffix(".new").write_text(text)
        assert GOLDEN.read_text() == text, "who may do what has changed; compare golden/who_may_do_what.new"


@pytest.mark.parametrize(("method", "path", "op"), OPERATIONS)
def test_the_contract_says_how_to_sign_in_and_what_may_be_answered(method, path, op):
    answers = set(op["responses"])
    assert bool(op.get("security")) is (op["operationId"] not in PUBLIC)
    if any(p["name"] == "If-Match" for p in op.get("parameters", ())):
        assert {"412", "428"} <= answers
    if "requestBody" in op:
        assert {"413", "415"} <= answers
