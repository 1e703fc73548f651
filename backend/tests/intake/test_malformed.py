"""A file of 10,000 rows in which much is wrong: accepted and rejected add up, each reject has a reason, no row hurts
another."""

import random
from collections import Counter
from typing import Any

import orjson
import pytest

from intake.test_files import HES, Pas, pas, rows  # noqa: F401

N = 10_000


def _damage(line: str, how: int) -> bytes:
    """One way a row goes wrong between a PAS and us."""
    if how == 0:
        return line.replace("C1234567", '"C123').encode()  # an open quote
    if how == 1:
        return line.replace("C1234567", 'C1"23"').encode() + b',"'
    if how == 2:
        return line.replace("2026-03-11,1,01", "46092,1,01").encode()  # a date as Excel's number
    if how == 3:
        return line.replace("9000000009", "1.0E+9").encode()
    if how == 4:
        return line.replace("C1234567", "C\x001234567").encode()
    if how == 5:
        return line.replace("9000000009,01", "9000000009,1").encode()  # a leading zero lost
    if how == 6:
        return line.rsplit(",", 3)[0].encode()  # cells missing
    if how == 7:
        return line.replace("C1234567", "é\xff").encode("latin-1", "replace")
    if how == 8:
        return line.replace("I214", "=CMD|'/C calc'!A0").encode()
    if how == 9:
        return line.replace("2026-03-02", "31/02/2026").encode()
    if how == 10:
        return b"," * line.count(",")
    return b"\xff\xfe\xfd" + bytes(range(1, 9)) * 3


WAYS = 12


@pytest.mark.commits
async def test_accepted_and_rejected_add_up_and_every_reject_has_a_reason(pas: Pas) -> None:  # noqa: F811
    chance = random.Random(11)
    lines: list[bytes] = []
    damaged: dict[int, int] = {}
    for n, line in enumerate(rows(N), start=1):
        if chance.random() < 0.4:
            damaged[n] = n % WAYS
            lines.append(_damage(line, n % WAYS))
        else:
            lines.append(line.encode())
    job = await pas.take(b"\n".join([HES.encode(), *lines]))
    assert (job["state"], job["rows_done"]) == ("done", N)
    assert (job["accepted"], job["rejected"]) == (N - len(damaged), len(damaged))
    assert await pas.count("select count(*) from episode_key") == job["accepted"]
    sql = "select json_agg(json_build_object('row', row_number, 'errors', errors))::text from intake_fault"
    found: dict[int, Any] = {f["row"]: f["errors"] for f in orjson.loads(await pas.count(sql))}
    assert found.keys() == damaged.keys()
    assert all(e["field"] and e["reason"] and e["what_to_do"] for errors in found.values() for e in errors)
    said = Counter((damaged[row], errors[0]["field"]) for row, errors in found.items())
    assert {way for way, _ in said} == set(range(WAYS))
    assert "serial number" in next(e for r, es in found.items() if damaged[r] == 2 for e in [es[0]["reason"]])
    assert "scientific" in next(e for r, es in found.items() if damaged[r] == 3 for e in [es[0]["reason"]])
    rejects = (await pas.http.get(f"/api/v1/intake/jobs/{job['job_id']}/rejects")).content.decode("utf-8-sig")
    assert rejects.count("\r\n") == 1 + len(damaged)
    again = await pas.take(b"\n".join([HES.encode(), *lines]))
    assert (again["accepted"], again["unchanged"], again["rejected"]) == (0, N - len(damaged), len(damaged))
