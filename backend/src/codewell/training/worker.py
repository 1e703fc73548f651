"""Every few seconds, raise the learning needs of audits that were signed; several replicas may, each is raised once."""

from __future__ import annotations

import asyncio
import logging
from uuid import UUID

from codewell.db import Database, error_facts
from codewell.settings import Settings
from codewell.training.service.needs import raise_needs_of, waiting

log = logging.getLogger("codewell.training")
AGAIN_S = 10.0


async def run(database: Database, settings: Settings) -> None:
    """Run until cancelled; each audit in a transaction of its own, so that one that fails stops no other."""
    while True:
        try:
            async with database.transaction() as session:
                audits = await waiting(session)
            for audit in audits:
                await _raise(database, audit)
        except Exception as error:
            log.warning("learning_needs_failed", extra=error_facts(error))
        await asyncio.sleep(AGAIN_S)


async def _raise(database: Database, audit: tuple[str, UUID, int]) -> None:
    try:
        async with database.transaction() as session:
            raised = await raise_needs_of(session, *audit)
        if raised:
            log.info("learning_needs_raised", extra={"audit": str(audit[1])})
    except Exception as error:
        log.warning("learning_needs_failed", extra={"audit": str(audit[1]), **error_facts(error)})
