"""Offices that run or watch the system are given by a system administrator only."""

import pytest


def person(role):
    return {"username": f"new.{role}", "name": "New Person", "roles": [role], "password": "a long enough password"}


@pytest.mark.parametrize("role", ["system_administrator", "privacy_officer"])
async def test_a_manager_cannot_make_one(as_role, role):
    answer = await (await as_role("manager")).post("/api/v1/people", json=person(role))
    assert (answer.status_code, answer.json()["permission"]) == (403, "person:appoint")


@pytest.mark.parametrize("role", ["system_administrator", "privacy_officer"])
async def test_an_administrator_can(as_role, role):
    answer = await (await as_role("system_administrator")).post("/api/v1/people", json=person(role))
    assert answer.status_code == 201, answer.text


async def test_a_manager_still_adds_coders(as_role):
    assert (await (await as_role("manager")).post("/api/v1/people", json=person("coder"))).status_code == 201
