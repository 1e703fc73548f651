"""Where episodes stand is asked row by row, whatever the planner thinks of tables that nobody has analysed yet."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.sql.elements import TextClause

from codewell.coding import placement
from codewell.intake import rebuild
from codewell.kit.ids import uuid7
from codewell.workqueues import service as workqueues
from conftest import RolledBack
from world import PROVIDER

PERMANENT = ("episode_p", "spell", "patient", "codes_seen")


def scans(node: dict[str, Any], limited: bool = False) -> Iterator[tuple[str, bool]]:
    """Every table that a plan reads, and whether for one row at a time."""
    limited = limited or node["Node Type"] == "Limit"
    if "Relation Name" in node:
        yield node["Relation Name"], limited
    for below in node.get("Plans", ()):
        yield from scans(below, limited)


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (placement._PLACEMENT_FROM_IDS, {**placement._placement_values(), "provider": PROVIDER, "ids": [uuid7()] * 400}),
        (rebuild._EPISODES, {"provider": PROVIDER, "ids": [uuid7()] * 400, "ends": [None] * 400}),
    ],
    ids=["placed by id", "derived again"],
)  # fmt: skip
async def test_a_batch_never_pairs_what_it_looks_up(
    database: RolledBack, statement: TextClause, values: dict[str, Any]
) -> None:
    """On PostgreSQL 15 the first 400 episodes of a Trust took more than a minute: every spell with every patient."""
    async with database.transaction() as session:
        await session.execute(
            text(workqueues.PLACEMENT.replace("create temp table", "create temp table if not exists"))
        )
        (plan,) = await session.scalar(text(f"explain (format json) {statement.text}"), values)
    found = [(name, one) for name, one in scans(plan["Plan"]) if name.startswith(PERMANENT)]
    # But for the table that is written to, which rows are joined to by all of its key.
    assert {name[:6] for name, _ in found} >= {"spell", "patien"}
    assert all(one for name, one in found if name in {"spell", "patient", "codes_seen"}), found
    if statement is placement._PLACEMENT_FROM_IDS:
        assert all(one for _, one in found), found
