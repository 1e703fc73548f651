"""Coded episodes and qualified auditors, as the audits' own tests make them; programmes made over HTTP."""

import datetime as dt

import pytest

from audits.conftest import drawn_audit, items_of, new_audit, post_coded, qualify  # noqa: F401
from codewell.kit import clock


@pytest.fixture
async def programme(as_role):
    """``await programme()``: this financial year's programme, begun by the manager; its id."""

    async def make(year=None, **changes):
        body = {
            "financial_year": year or clock.financial_year(clock.today()),
            "name": "Audit programme",
            "objectives": "Everybody once.",
        } | changes
        answer = await (await as_role("manager")).post("/api/v1/programmes", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["programme_id"]

    return make


@pytest.fixture
async def plan(as_role, programme):
    """``await plan(kind="specialty")``: a planned audit of this month; its id and its programme's."""

    async def make(programme_id=None, **changes):
        programme_id = programme_id or await programme()
        month = clock.today().isoformat()[:7]
        body = {"kind": "dspt", "title": "DSPT annual audit", "month_from": month, "month_to": month, "episodes": 200}
        url = f"/api/v1/programmes/{programme_id}/planned-audits"
        answer = await (await as_role("manager")).post(url, json=body | changes)
        assert answer.status_code == 201, answer.text
        return answer.json()["planned_audit_id"], programme_id

    return make


@pytest.fixture
async def recurring(as_role, world):
    """``await recurring()``: a monthly draw of two of each coder, due today; its id."""

    async def make(**changes):
        template = {
            "kind": "coder",
            "episodes": 2,
            "per": "coder",
            "auditor_ids": [str(world.people["auditor"].person_id)],
        } | changes.pop("template", {})
        body = {
            "title": "Two of each coder",
            "every": "monthly",
            "on_day": clock.today().day,
            "starts_on": clock.today().isoformat(),
            "template": template,
        } | changes
        answer = await (await as_role("manager")).post("/api/v1/recurring-draws", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["recurring_draw_id"]

    return make


@pytest.fixture
async def last_month(post_coded):  # noqa: F811
    """``await last_month(6)``: coded episodes of last month."""

    async def make(n=6, **changes):
        ended = clock.month_of(clock.today()) - dt.timedelta(3)
        started = ended - dt.timedelta(2)
        days = {"started_on": started.isoformat(), "ended_on": ended.isoformat()}
        spell = {"admitted_on": started.isoformat(), "discharged_on": ended.isoformat()}
        return await post_coded(n, **days, spell=spell, **changes)

    return make
