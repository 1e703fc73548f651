"""Once at start: keep the rules of this version of the software, so that their findings can always be replayed."""

from __future__ import annotations

import asyncio
import logging

from codewell.db import Database, error_facts
from codewell.settings import Settings
from codewell.standards.service import publish_shipped

log = logging.getLogger("codewell.standards")
AGAIN_S = 10.0


async def run(database: Database, settings: Settings) -> None:
    """Publish the shipped rules and end; while that fails, try again every few seconds."""
    while True:
        try:
            async with database.transaction() as session:
                await publish_shipped(session)
        except Exception as error:
            log.warning("check_rules_not_published", extra=error_facts(error))
            await asyncio.sleep(AGAIN_S)
        else:
            return
