"""Lock the orders of returns, and read under those locks the returns that the caller may touch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from orderwright import catalog, inventory, orders, returns
from orderwright.catalog import LocationFacts
from orderwright.orders import LockedOrder
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome
from orderwright.returns import ExchangeRow, OrderBook, Return


class LockedReturns(NamedTuple):
    """Returns with the books of their locked orders. `exchanges`: the open ones, by return; their new orders are locked
    too."""

    orders: dict[UUID, LockedOrder]
    books: dict[UUID, OrderBook]
    returns: dict[UUID, Return]
    exchanges: Mapping[UUID, ExchangeRow] = {}

    def book(self, one: Return) -> OrderBook:
        """The book of a return's order."""
        return self.books[one.order_id]


async def lock_returns(tx: Transaction, ctx: Context, return_ids: Iterable[UUID]) -> LockedReturns:
    """Lock the orders of returns, and those that they pay in exchange, in id order, then read all that came back of
    them. Ten statements; one more where some pay for others.

    Unknown ids are left out, and so are returns that the caller may not touch: those of other channels, or that go to
    other locations (`Context.may_work`).
    """
    owners = await returns.orders_of_returns(tx, return_ids)
    own = {owner.order_id for owner in owners.values()}
    paid = {owner.new_order_id for owner in owners.values() if owner.new_order_id is not None}
    locked = await orders.lock_orders(tx, own | paid)
    books = await returns.read_books(tx, sorted(own))
    known = await returns.read_exchanges(tx, return_ids=owners) if paid else []
    mine = {
        i: books[owner.order_id].returns[i]
        for i, owner in owners.items()
        if ctx.may_work(locked[owner.order_id].channel_id, owner.location_id)
    }
    return LockedReturns(locked, books, mine, returns.open_exchanges_by_return(known))


class Places:
    """The locations that commands name by code, and those where returns go, by id."""

    def __init__(self, by_code: Mapping[str, LocationFacts], by_id: Mapping[UUID, LocationFacts]) -> None:
        self._by_code = by_code
        self._by_id = by_id

    @classmethod
    async def read(cls, tx: Transaction, codes: Iterable[str | None], ids: Iterable[UUID]) -> Places:
        """Look them up. Two statements."""
        named: Sequence[str] = list({code for code in codes if code is not None})
        return cls(await catalog.locations_by_code(tx, named), await catalog.locations_by_id(tx, list(set(ids))))

    @classmethod
    async def hold(cls, tx: Transaction, codes: Iterable[str | None], ids: Iterable[UUID]) -> Places:
        """Look them up, to stay as they are until the transaction ends: goods are booked there. Locks: locations,
        shared. (After orders, since only those tell where their returns go: should one of them be at a location that
        closes just then, the database ends one of both, and it is done again.) Two statements."""
        named: Sequence[str] = list({code for code in codes if code is not None})
        by_code = await catalog.hold_locations_by_code(tx, named)
        return cls(by_code, await catalog.hold_locations_by_id(tx, list(set(ids))))

    def find(self, ctx: Context, code: str | None, otherwise: UUID | None) -> LocationFacts | Outcome:
        """The location that a command means. Precedence: `unknown_location`, `location_not_allowed`."""
        if code is not None:
            location = self._by_code.get(code)
        else:
            location = self._by_id.get(otherwise) if otherwise is not None else None
        if location is None:
            return inventory.refuse("unknown_location", location=code)
        if not ctx.may_location(location.id):
            return inventory.refuse("location_not_allowed", location=location.code)
        return location
