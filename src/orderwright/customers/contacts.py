"""The people and addresses of orders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.queries import query


class ContactRow(NamedTuple):
    """A person or address as one order knows it. All but the ids and the role is None once erased."""

    id: UUID
    customer_id: UUID | None
    order_id: UUID
    role: str
    name: str | None
    company: str | None
    email: str | None
    phone: str | None
    line1: str | None
    line2: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: str | None
    latitude: float | None = None
    longitude: float | None = None


CONTACTS_OF_ORDERS = query(__package__, "contacts_of_orders", ContactRow)


async def contacts_of_orders(tx: Transaction, order_ids: Sequence[UUID]) -> dict[UUID, list[ContactRow]]:
    """The contacts of each order. One statement."""
    found: dict[UUID, list[ContactRow]] = {}
    for row in await CONTACTS_OF_ORDERS.fetch(tx, list(order_ids)):
        found.setdefault(row.order_id, []).append(row)
    return found
