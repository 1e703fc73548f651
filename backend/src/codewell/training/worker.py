"""Every few seconds, raise the learning needs of audits that were signed; several replicas may, each is raised once."""

from __future__ import annotations

import asyncio
import logging

from codewell.db import Database, error_facts
from codewell.settings import Settings
from codewell.training.service.needs import raise_needs

log = logging.getLogger("codewell.training")
AGAIN_S = 10.0


async def run(database: Database, settings: Settings) -> None:
    """Run until cancelled; a failed round is tried again with the next."""
    while True:
        try:
            async with database.transaction() as session:
                raised = await raise_needs(session)
            if raised:
                log.info("learning_needs_raised", extra={"audits": raised})
        except Exception as error:
            log.warning("learning_needs_failed", extra=error_facts(error))
        await asyncio.sleep(AGAIN_S)
