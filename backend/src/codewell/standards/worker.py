"""Once at start: keep the rules of this version of the software, so that their findings can always be replayed."""

from __future__ import annotations

from codewell.db import Database
from codewell.settings import Settings
from codewell.standards.service import publish_shipped


async def run(database: Database, settings: Settings) -> None:
    """Publish the shipped rules and end."""
    async with database.transaction() as session:
        await publish_shipped(session)
