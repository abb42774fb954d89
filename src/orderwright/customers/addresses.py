"""Where orders go: addresses that may have been erased."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from orderwright.customers.contacts import ContactRow, contacts_of_orders
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.queries import query


class _ErasedRow(NamedTuple):
    id: UUID
    erased: bool


LOCK_ERASED_ADDRESSES = query(__package__, "lock_erased_addresses", _ErasedRow)


async def lock_erased_addresses(tx: Transaction, order_ids: Collection[UUID]) -> set[UUID]:
    """Which orders' addresses were erased; the others stay until the transaction ends, so that what shows them may be
    kept. Called under the orders' locks. One statement, or none."""
    wanted = list(order_ids)
    found = await LOCK_ERASED_ADDRESSES.fetch(tx, wanted) if wanted else []
    return {row.id for row in found if row.erased}


async def ship_to_addresses(tx: Transaction, order_ids: Collection[UUID]) -> dict[UUID, ContactRow]:
    """To whom each order goes, of those that ship. One statement, or none."""
    found = await contacts_of_orders(tx, list(order_ids)) if order_ids else {}
    return {contact.order_id: contact for rows in found.values() for contact in rows if contact.role == "ship_to"}
