"""Whoever looks at the demo is told where they are the shopper of an order."""

from __future__ import annotations

from orderwright.demo.portal_link import portal_link
from orderwright.platform.db import Database
from tests.builders.orders import an_order
from tests.helpers.desk import Desk


async def test_it_leads_to_the_newest_order(database: Database) -> None:
    desk = Desk(database)
    shop = await desk.shop()
    await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))

    path = await portal_link(database, "acme")

    assert path.startswith("/p/acme/link/")
    [act] = await desk.fetch("SELECT verb, actor FROM act WHERE verb = 'make_portal_links'")
    assert tuple(act) == ("make_portal_links", "cli:demo")
