"""What an installation still lacks, said at its first starts."""

from __future__ import annotations

import asyncio

import structlog

from orderwright.access import first_person_path
from orderwright.platform.db import CONNECTION_ERRORS, Database
from orderwright.platform.failures import TRANSIENT_ERRORS, describe_error
from orderwright.platform.merchants import merchant_codes

_AGAIN_S = 1.0

log = structlog.get_logger(__name__)


async def what_is_missing(database: Database, url: str) -> list[str]:
    """What to do next where there is no merchant or nobody who can sign in, in lines for people; `url` is the server's.

    A database that goes away is waited for: the server beside it goes on, and so does this."""
    while True:
        try:
            return await _lines(database, url)
        except (*TRANSIENT_ERRORS, *CONNECTION_ERRORS) as error:
            log.warning("first steps: waits for the database", error=describe_error(error))
        await asyncio.sleep(_AGAIN_S)


async def _lines(database: Database, url: str) -> list[str]:
    lines = []
    merchants = await merchant_codes(database)
    first = await first_person_path(database)
    if not merchants:
        where = "There: a page makes the first one" if first is not None else "The first administrator makes one"
        lines.append(f"There is no merchant yet. {where}; or: orderwright merchant create CODE --name NAME")
    if first is not None:
        lines.insert(0, f"Nobody can sign in yet. Make the first administrator, within 24 hours, at {url}{first}")
    return lines
