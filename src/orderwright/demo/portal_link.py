"""A link to an order of the demo, so that whoever looks on can be its shopper."""

from __future__ import annotations

import asyncio

import structlog

from orderwright import search
from orderwright.platform.context import system_context
from orderwright.platform.db import CONNECTION_ERRORS, Database
from orderwright.platform.failures import TRANSIENT_ERRORS, describe_error
from orderwright.platform.ids import decode_id
from orderwright.search import OrderFilters
from orderwright.shoppers import MakePortalLink, make_portal_links

_PAUSE_S = 1.0
log = structlog.get_logger(__name__)


async def portal_link(database: Database, merchant: str) -> str:
    """The path of a link to the newest order; waits until there is one."""
    ctx = system_context(merchant, "cli:demo")
    while True:
        try:
            async with database.transaction(merchant) as tx:  # who made a link is written down
                page = await search.list_orders(tx, OrderFilters(), None, 1, ctx=ctx)
                if page.data:
                    command = MakePortalLink(order_id=decode_id("ord", page.data[0].id))
                    [made] = await make_portal_links(tx, ctx, [command])
                    return str(made.details["path"])
        except (*TRANSIENT_ERRORS, *CONNECTION_ERRORS) as error:
            log.warning("demo: waits for the database", error=describe_error(error))
        await asyncio.sleep(_PAUSE_S)
