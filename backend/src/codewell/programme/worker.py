"""Every half minute, make the recurring draws that are due; several replicas may, each run is made once."""

from __future__ import annotations

import asyncio
import logging

from codewell.db import Database, error_facts
from codewell.programme.service import recurring
from codewell.settings import Settings

log = logging.getLogger("codewell.programme")
AGAIN_S = 30.0


async def run(database: Database, settings: Settings) -> None:
    """Run until cancelled; a failed round is tried again with the next."""
    while True:
        try:
            done = await recurring.run_due(database.transaction)
            if any(done.values()):
                log.info("recurring_draws_run", extra=done)
        except Exception as error:
            log.warning("recurring_draws_failed", extra=error_facts(error))
        await asyncio.sleep(AGAIN_S)
