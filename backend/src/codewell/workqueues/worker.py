"""Once a minute, wake the episodes whose wake date has come."""

from __future__ import annotations

import asyncio
import logging

from codewell.db import Database, error_facts
from codewell.settings import Settings
from codewell.workqueues import service

log = logging.getLogger("codewell.workqueues")


async def run(database: Database, settings: Settings) -> None:
    """Run until cancelled; a failed round is tried again a minute later."""
    while True:
        try:
            async with database.transaction() as session:
                woken = await service.wake_due(session)
            if woken:
                log.info("work_items_woken", extra={"count": woken})
        except Exception as error:
            log.warning("work_items_wake_failed", extra=error_facts(error))
        await asyncio.sleep(60)
