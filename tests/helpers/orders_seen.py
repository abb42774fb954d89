"""Orders in all the states that somebody looks at: being worked on, shipped and paid, claimed and coming back."""

from __future__ import annotations

from typing import Any, NamedTuple

from orderwright.orders.contract import Person
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID, encode_id
from orderwright.screens import csrf_token
from tests.builders.catalog import Shop
from tests.helpers.claims import ClaimsDesk
from tests.helpers.console import Site
from tests.helpers.desk import Desk

ADA = Person(name="Ada Lovelace", email="ada@example.com", phone="+44 20 7946 0000")


class Seen(NamedTuple):
    """A desk with its shop, and Ada's orders: `open` waits at a location, `shipped` has left and is paid."""

    desk: Desk
    back: ClaimsDesk
    shop: Shop
    open: UUID
    shipped: UUID

    @property
    def address(self) -> str:
        """The page of the order that is open."""
        return f"/m/acme/orders/{encode_id('ord', self.open)}"

    @property
    def gone(self) -> str:
        """The page of the order that has left."""
        return f"/m/acme/orders/{encode_id('ord', self.shipped)}"


async def orders_seen(database: Database) -> Seen:
    """Two orders of Ada's: 2 of one SKU and a kit, released; 2 and 1, shipped and captured."""
    desk = Desk(database)
    back = ClaimsDesk(desk)
    shop = await desk.shop(locations=2, skus=2)
    one, two = shop.skus
    await desk.receive(one, shop.locations[0], 50)
    await desk.receive(two, shop.locations[0], 50)
    kit = await desk.kit((one, 1), (two, 2))
    code = shop.channel.code
    shipped = await back.shipped(await back.bank.paid_order(code, [(one.code, 2), (two.code, 1)], customer=ADA))
    still_open = await desk.placed(await back.bank.paid_order(code, [(one.code, 2), (kit.code, 1)], customer=ADA))
    await back.bank.work()
    return Seen(desk, back, shop, still_open, shipped)


async def form_of(site: Site, token: str, key: str = "once", **fields: Any) -> dict[str, Any]:
    """A form as a page of this person sends it."""
    person = await site.app.state.sessions.signed_in(token)
    return {"_csrf": csrf_token(person.csrf_key), "_key": key, **fields}
