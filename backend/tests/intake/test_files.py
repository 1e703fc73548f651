"""POST /intake/files: every row accepted, unchanged or rejected with a reason; the same file again changes nothing."""

import asyncio
import csv
import datetime as dt
import io
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from codewell import db
from codewell.intake import worker
from codewell.kit import clock
from conftest import ORIGIN, sign_in_as
from intake.messages import CODES, message
from world import World

URL = "/api/v1/intake/files"
HES = (
    "PROCODET,NEWNHSNO,NHSNOIND,LOPATID,DOB,SEX,PROVSPNOPS,ADMIDATE,ADMIMETH,CLASSPAT,DISDATE,DISMETH,EPIORDER,EPISTART,"
    "EPIEND,CONSULT,MAINSPEF,TRETSPEF,DIAG_01,DIAG_02,OPERTN_01,OPDATE_01"
)
ROW = (
    "RXX,9000000009,01,A{n:06d},1950-01-01,2,SP{n:06d},2026-03-01,21,1,2026-03-11,1,01,2026-03-01,2026-03-11,C1234567,300,"
    "300,I214,I10X,K631,2026-03-02"
)


def rows(n: int, start: int = 1) -> list[str]:
    return [ROW.format(n=i) for i in range(start, start + n)]


def body(lines: list[str], header: str = HES) -> bytes:
    return "\r\n".join([header, *lines, ""]).encode()


class Pas:
    """A sender with a database of its own, and a worker that works when told."""

    def __init__(self, http: AsyncClient, database: db.Database) -> None:
        self.http, self.database = http, database
        self.work_dir: Path = database.settings.work_dir  # type: ignore[attr-defined]

    async def send(self, content: bytes, kind: str = "text/csv", status: int = 202, **query: Any) -> dict[str, Any]:
        answer = await self.http.post(URL, content=content, headers={"Content-Type": kind}, params=query)
        assert answer.status_code == status, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def work(self, size: int = 1000) -> None:
        while (job := await worker.claim(self.database, self.work_dir)) is not None:
            await worker.work(self.database, job, self.work_dir, size=size)

    async def job(self, job_id: str) -> dict[str, Any]:
        made: dict[str, Any] = (await self.http.get(f"/api/v1/intake/jobs/{job_id}")).json()
        assert made["accepted"] + made["unchanged"] + made["rejected"] == made["rows_done"]
        return made

    async def take(self, content: bytes, kind: str = "text/csv", **query: Any) -> dict[str, Any]:
        job = await self.send(content, kind, **query)
        await self.work()
        return await self.job(job["job_id"])

    async def count(self, sql: str) -> Any:
        async with self.database.transaction() as session:
            return (await session.connection()) and (await (await db.raw(session)).fetchval(sql))

    async def rejects(self, job_id: str) -> list[dict[str, str]]:
        answer = await self.http.get(f"/api/v1/intake/jobs/{job_id}/rejects")
        return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    async def errors(self, job_id: str) -> dict[int, list[dict[str, str]]]:
        answer = (await self.http.get("/api/v1/intake/faults", params={"job_id": job_id, "limit": 200})).json()
        return {f["row"]: f["errors"] for f in answer["items"]}

    async def faults(self, job_id: str) -> dict[int, dict[str, str]]:
        answer = (await self.http.get("/api/v1/intake/faults", params={"job_id": job_id, "limit": 200})).json()
        return {f["row"]: f["errors"][0] | {"kind": f["kind"]} for f in answer["items"]}


@pytest.fixture
async def pas(own: db.Database, own_app: FastAPI, own_world: World) -> Any:
    async with AsyncClient(transport=ASGITransport(app=own_app), base_url=ORIGIN) as http:
        http.headers["Authorization"] = f"Bearer {own_world.keys['intake']}"
        yield Pas(http, own)


async def test_a_file_with_hes_names_comes_in_and_again_changes_nothing(pas: Pas) -> None:
    first = await pas.take(body(rows(25)))
    assert (first["state"], first["accepted"], first["rejected"], first["rows_done"]) == ("done", 25, 0, 25)
    marks = await pas.count("select array_agg(xmin::text order by episode_id) from episode_key")
    again = await pas.take(body(rows(25)))
    assert (again["accepted"], again["unchanged"]) == (0, 25)
    assert await pas.count("select array_agg(xmin::text order by episode_id) from episode_key") == marks
    assert await pas.count("select count(*) from coding") == 25


async def test_what_is_wrong_with_a_row_is_said_and_the_others_come_in(pas: Pas) -> None:
    lines = rows(12)
    lines[1] = lines[1].replace("9000000009", "9.0E+09")
    lines[2] = lines[2].replace("2026-03-11,1,01", "46092,1,01")
    lines[3] = lines[3].replace("2026-03-01,2026-03-11,C", "2026-03-12,2026-03-11,C")
    lines[4] = lines[4] + ",more"
    lines[5] = lines[5].replace("RXX", "RYY")
    lines[6] = lines[6].replace("9000000009,01", "9000000009,1")
    lines[7] = lines[7].replace("C1234567", '"C123')
    lines[8] = lines[8].replace("C1234567", "C12\x004567")
    lines[9] = lines[9].replace("I214", "")
    lines[10] = lines[10].replace("9000000009", "9000000008")
    job = await pas.take(body(lines))
    assert (job["accepted"], job["rejected"]) == (2, 10)
    faults = await pas.faults(job["job_id"])
    said = {row: (f["field"], f["kind"]) for row, f in faults.items()}
    assert said == {
        2: ("nhs_number", "rejected"), 3: ("discharged_on", "rejected"), 4: ("ended_on", "quarantined"),
        5: ("line", "rejected"), 6: ("provider", "quarantined"), 7: ("nhs_number_status", "rejected"),
        8: ("line", "rejected"), 9: ("line", "rejected"), 10: ("dx_1", "rejected"), 11: ("nhs_number", "quarantined"),
    }  # fmt: skip
    assert "scientific notation" in faults[2]["reason"]
    assert "serial number" in faults[3]["reason"]
    assert "leading zero" in faults[7]["reason"]
    # No reason repeats what was sent.
    assert not any("9000000" in str(f) or "46092" in str(f) for f in faults.values())


async def test_rejects_come_back_as_they_were_with_reasons(pas: Pas) -> None:
    lines = rows(3)
    lines[1] = lines[1].replace("9000000009", "9.0E+09")
    lines[2] = lines[2].replace("C1234567", "=1+1")
    job = await pas.take(body(lines))
    answer = await pas.http.get(f"/api/v1/intake/jobs/{job['job_id']}/rejects")
    text = answer.content.decode("utf-8-sig")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert lines[1] in text
    table = list(csv.DictReader(io.StringIO(text)))
    assert [r["row"] for r in table] == ["2", "3"]
    assert table[1]["CONSULT"] == "'=1+1"
    assert not any(cell.startswith(("=", "+", "-", "@")) for r in table for cell in r.values())


@pytest.mark.parametrize(
    ("header", "says"),
    [
        (ROW.format(n=1), "not a header"),
        (HES.replace("EPIEND", "WHATEVER"), "ended_on"),
        (HES.replace("CONSULT", "EPIEND"), "EPIEND"),
        (HES.replace("OPERTN_01", "OTHER"), "px_date_1"),
    ],
)
async def test_a_file_without_a_usable_header_fails_and_says_why(pas: Pas, header: str, says: str) -> None:
    job = await pas.take(body(rows(2), header))
    # A first line that is no header is a row as well.
    all_rows = 3 if says == "not a header" else 2
    assert (job["state"], job["rows_total"], job["rows_done"], job["rejected"]) == ("failed", *[all_rows] * 3)
    assert says in job["message"]
    assert "A000001" not in job["message"]
    # Every row comes back with the reason, and none waits for somebody by itself.
    table = await pas.rejects(job["job_id"])
    assert [r["row"] for r in table] == [str(n + 1) for n in range(all_rows)]
    assert all(says in r["reason"] and "A00000" in str(r) for r in table)
    assert (await pas.http.get("/api/v1/intake/faults", params={"state": "open"})).json()["items"] == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
async def test_encodings_that_windows_writes_are_read(pas: Pas, encoding: str) -> None:
    header = HES + ",coder_ref"
    lines = [f"{line},Zoë" for line in rows(3)]
    job = await pas.take("\r\n".join([header, *lines, ""]).encode(encoding))
    assert (job["state"], job["accepted"]) == ("done", 3)
    assert await pas.count("select min(coder_ref) from episode") == "Zoë"


@pytest.mark.parametrize(("said", "delimiter"), [("sep=,", ","), ("SEP=;", ";"), ('"sep=;"', ";")])
async def test_the_line_that_excel_puts_first_is_no_header(pas: Pas, said: str, delimiter: str) -> None:
    lines = [said, *(line.replace(",", delimiter) for line in (HES, *rows(3))), ""]
    job = await pas.take("\r\n".join(lines).encode())
    assert (job["state"], job["accepted"], job["rows_done"]) == ("done", 3, 3), job["message"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x1f\x8b" + bytes(100), "text/csv"),
        (b"PK\x03\x04" + bytes(100), "text/csv"),
        (bytes(range(256)) * 8, "application/octet-stream"),
        (b"%PDF-1.7", "application/octet-stream"),
        (b"<?xml version='1.0'?>", "text/csv"),
        (b'[{"a": 1}]', "application/x-ndjson"),
        (b"a,b\n", "application/json"),
        (b"", "text/csv"),
    ],
)
async def test_what_is_no_csv_is_415_and_leaves_nothing_behind(pas: Pas, content: bytes, kind: str) -> None:
    await pas.send(content, kind, 415)
    assert not list(pas.work_dir.glob("*"))


async def test_a_compressed_body_is_415(pas: Pas) -> None:
    headers = {"Content-Type": "text/csv", "Content-Encoding": "gzip"}
    assert (await pas.http.post(URL, content=b"x", headers=headers)).status_code == 415


async def test_a_file_over_the_limit_is_413_and_is_not_read_to_its_end(
    pas: Pas, own: db.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What a client still sends after the refusal is taken off the line up to a bound, and kept nowhere.
    monkeypatch.setattr("codewell.kit.http.LINGER_BYTES", 4_000_000)
    own.settings.max_file_bytes = 3_000_000  # type: ignore[attr-defined]
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        while sent < 50_000_000:
            sent += 100_000
            yield b"a,b,c\n" * 16_667

    answer = await pas.http.post(URL, content=endless(), headers={"Content-Type": "text/csv"})
    assert answer.status_code == 413
    assert sent < 10_000_000
    assert not list(pas.work_dir.glob("*"))


async def test_a_preview_writes_nothing_until_it_is_committed(pas: Pas) -> None:
    lines = rows(5)
    lines[0] = lines[0].replace("2026-03-11,1,01", "46092,1,01")
    job = await pas.take(body(lines), preview=True)
    assert (job["state"], job["accepted"], job["rejected"]) == ("previewed", 4, 1)
    assert job["sample"]
    assert "9000000009" not in str(job["sample"])
    assert await pas.count("select count(*) from episode_key") == 0
    assert (await pas.http.post(f"/api/v1/intake/jobs/{job['job_id']}/commit")).status_code == 200
    await pas.work()
    job = await pas.job(job["job_id"])
    assert (job["state"], job["accepted"], job["rejected"]) == ("done", 4, 1)
    assert await pas.count("select count(*) from episode_key") == 4
    assert not list(pas.work_dir.glob("*"))


async def test_a_discarded_preview_leaves_nothing(pas: Pas) -> None:
    job = await pas.take(body(rows(2)), preview=True)
    assert (await pas.http.post(f"/api/v1/intake/jobs/{job['job_id']}/cancel")).json()["state"] == "cancelled"
    assert (await pas.http.post(f"/api/v1/intake/jobs/{job['job_id']}/commit")).status_code == 409
    assert not list(pas.work_dir.glob("*"))


async def test_a_cancelled_job_stops_between_batches_and_keeps_its_count(pas: Pas) -> None:
    job = await pas.send(body(rows(50)))
    claimed = await worker.claim(pas.database, pas.work_dir)
    assert claimed is not None
    cancelled: list[Any] = []

    def cancel(_: Any) -> None:
        if not cancelled:
            url = f"/api/v1/intake/jobs/{job['job_id']}/cancel"
            cancelled.append(asyncio.get_running_loop().create_task(pas.http.post(url)))

    original = pas.database.transaction

    def transaction() -> Any:
        return _after(cancelled, original)

    pas.database.transaction = transaction  # type: ignore[method-assign]
    try:
        await worker.work(pas.database, claimed, pas.work_dir, size=10, told=cancel)
    finally:
        pas.database.transaction = original  # type: ignore[method-assign]
    after = await pas.job(job["job_id"])
    assert after["state"] == "cancelled"
    assert after["rows_done"] == after["accepted"] == await pas.count("select count(*) from episode_key") < 50


def _after(tasks: list[Any], original: Any) -> Any:
    """Let the cancelling request through between two batches."""

    @asynccontextmanager
    async def waiting() -> Any:
        if tasks and not tasks[0].done() and asyncio.current_task() is not tasks[0]:
            await tasks[0]
        async with original() as session:
            yield session

    return waiting()


async def test_ndjson_lines_are_messages(pas: Pas) -> None:
    good = orjson.dumps(message(coding=CODES, documents=[{"document_ref": "D1", "kind": "discharge_summary", "title": "Summary", "arrived_at": "2026-03-12T00:00:00Z", "text": "Words"}]))  # fmt: skip
    lines = [good, b"{not json", b'{"a": 1, "a": 2}', orjson.dumps(message(spell_number=...)), b"[1]"]
    job = await pas.take(b"\n".join(lines), "application/x-ndjson")
    assert (job["accepted"], job["rejected"], job["rows_done"]) == (1, 4, 5)
    assert await pas.count("select count(*) from document") == 1
    again = await pas.take(good, "application/x-ndjson")
    assert again["unchanged"] == 1


async def test_a_form_with_one_file_is_taken_under_its_own_name(pas: Pas) -> None:
    answer = await pas.http.post(URL, files={"file": ("C:\\out\\nightly.csv", body(rows(2)), "text/csv")})
    assert answer.status_code == 202, answer.text
    await pas.work()
    job = await pas.job(answer.json()["job_id"])
    assert (job["file_name"], job["accepted"]) == ("nightly.csv", 2)


async def test_a_mapping_reads_columns_of_any_name(pas: Pas, own_app: FastAPI, own_world: World) -> None:
    async with AsyncClient(transport=ASGITransport(app=own_app), base_url=ORIGIN) as manager:
        await sign_in_as(own_app, manager, own_world.people["manager"])
        mapping = {"name": "Old PAS", "columns": {"Hosp No": "local_patient_id", "FCE End": "ended_on"}}
        put = await manager.put("/api/v1/intake/sources/old-pas", json=mapping, headers={"If-Match": "0"})
        assert put.status_code == 200, put.text
        wrong = mapping | {"columns": {"x": "no_such_field"}}
        refused = await manager.put("/api/v1/intake/sources/old-pas", json=wrong, headers={"If-Match": "1"})
        assert refused.status_code == 422
    header = HES.replace("LOPATID", "Hosp No").replace("EPIEND", "FCE End")
    assert (await pas.take(body(rows(2), header)))["state"] == "failed"
    assert (await pas.take(body(rows(2), header), source_id="old-pas"))["accepted"] == 2


async def test_another_trust_sees_neither_job_nor_fault(pas: Pas, own_world: World) -> None:
    lines = rows(1)
    lines[0] = lines[0].replace("9000000009", "9.0E+09")
    job = await pas.take(body(lines))
    pas.http.headers["Authorization"] = f"Bearer {own_world.keys['other_intake']}"
    assert (await pas.http.get(f"/api/v1/intake/jobs/{job['job_id']}")).status_code == 404
    assert (await pas.http.get(f"/api/v1/intake/jobs/{job['job_id']}/rejects")).status_code == 404
    assert (await pas.http.get("/api/v1/intake/faults")).json()["items"] == []
    assert (await pas.http.get("/api/v1/intake/jobs")).json()["items"] == []


async def test_a_raw_body_is_called_as_asked_else_after_when_it_came(pas: Pas) -> None:
    content = "\n".join([HES, ROW.format(n=1)]).encode()
    assert (await pas.send(content, file_name="pas.csv"))["file_name"] == "pas.csv"
    with clock.frozen(dt.datetime(2026, 7, 1, 3, 12, tzinfo=dt.UTC)):
        assert (await pas.send(content + b"\n"))["file_name"] == "file of 1 Jul 04:12"


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="PAS export.csv"', "PAS export.csv"),
        ("attachment; filename=nightly.csv", "nightly.csv"),
        ("attachment; filename=plain.csv; filename*=UTF-8''Ward%20%E2%82%AC.csv", "Ward €.csv"),
        ("attachment; filename*=iso-8859-1'en'%A3.csv", "£.csv"),
        (r'attachment; filename="C:\\out\\pas.csv"', "pas.csv"),
        ("attachment; filename*=UTF-8''..%2F..%2Fpas.csv", "pas.csv"),
        ("inline", None),
        ('attachment; filename="a%00\x7fb"; filename*=UTF-8%00', None),
    ],
)
async def test_a_raw_body_may_be_named_by_its_content_disposition(pas: Pas, disposition: str, name: str | None) -> None:
    headers = {"Content-Type": "text/csv", "Content-Disposition": disposition}
    said = await pas.http.post(URL, content=body(rows(1)), headers=headers)
    assert said.status_code == 202, said.text
    assert said.json()["file_name"] == (name or said.json()["file_name"])
    assert said.json()["file_name"].startswith("file of") == (name is None)
    # What the address says goes before it.
    told = await pas.http.post(URL, params={"file_name": "told.csv"}, content=body(rows(1)), headers=headers)
    assert told.json()["file_name"] == "told.csv"
