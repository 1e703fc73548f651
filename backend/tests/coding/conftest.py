"""Episodes for coders, sent as a PAS sends them."""

import datetime as dt
from itertools import count

import pytest

from codewell.kit import clock

_numbers = count(1)


def message(number=1, **changes):
    """Return one FCE as a PAS posts it; ``changes`` replace members, ``coding`` adds codes."""
    today = clock.today()
    ended = today - dt.timedelta(3)
    started = ended - dt.timedelta(4)
    n = next(_numbers)
    item = {
        "provider": "RXX",
        "source_at": f"{(today - dt.timedelta(1)).isoformat()}T06:00:00Z",
        "message_id": f"M{n}",
        "feed_action": "upsert",
        "spell_number": f"SP{n:07d}",
        "episode_number": number,
        "last_episode": True,
        "patient": {
            "local_patient_id": f"L{n:06d}",
            "nhs_number": None,
            "nhs_number_status": "07",
            "birth_on": "1958-02-03",
            "sex": "2",
        },
        "spell": {
            "admitted_on": started.isoformat(),
            "admission_method": "21",
            "admission_source": "19",
            "patient_class": "1",
            "discharged_on": ended.isoformat(),
            "discharge_method": "1",
            "discharge_destination": "19",
        },
        "started_on": started.isoformat(),
        "ended_on": ended.isoformat(),
        "consultant_code": "C1234567",
        "main_specialty_code": "300",
        "treatment_function_code": "300",
        "site_code": "RXX01",
    }
    for name, value in changes.items():
        if isinstance(value, dict) and isinstance(item.get(name), dict):
            item[name] = item[name] | value
        else:
            item[name] = value
    return item


def lines(*codes):
    return [{"code": c} for c in codes]


@pytest.fixture
async def post(as_role):
    """Post FCEs as the PAS and return their ids."""
    pas = await as_role("intake")

    async def send(*items):
        answer = await pas.post("/api/v1/intake/episodes", json={"items": list(items)})
        assert answer.status_code == 207, answer.text
        outcomes = answer.json()["items"]
        assert all(o["outcome"] in {"created", "updated", "unchanged"} for o in outcomes), outcomes
        return [o["episode_id"] for o in outcomes]

    return send


@pytest.fixture
async def bench(as_role):
    """Open an episode's workbench as a role."""

    async def see(episode_id, role="coder"):
        answer = await (await as_role(role)).get(f"/api/v1/episodes/{episode_id}/workbench")
        assert answer.status_code == 200, answer.text
        return answer.json()

    return see
