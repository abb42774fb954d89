"""Whose orders are whose, and the refused orders of people who are erased."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.queries import query, statement


class OwnedOrder(NamedTuple):
    """An order, whose it is, and what it is known by in its channel."""

    id: UUID
    customer_id: UUID | None
    channel_id: UUID
    channel: str | None
    external_id: str


class _Owner(NamedTuple):
    owner: UUID


class _Given(NamedTuple):
    id: UUID
    owner: UUID


class _Locked(NamedTuple):
    id: UUID


ORDERS_OF_CUSTOMERS = query(__package__, "orders_of_customers", OwnedOrder)
WHOSE_ORDERS = query(__package__, "whose_orders", OwnedOrder)
LOCK_ORDERS_OF_CUSTOMERS = query(__package__, "lock_orders_of_customers", _Locked)
GIVE_ORDERS = query(__package__, "give_orders", _Given)
MOVE_ORDERS = statement(__package__, "move_orders")
DELETE_REFUSED = query(__package__, "delete_refused_of_people", _Owner)


async def move_orders(tx: Transaction, owners: Mapping[UUID, UUID]) -> None:
    """Give orders placed in this transaction to other customers. `owners`: by order. One statement."""
    await MOVE_ORDERS.run(tx, list(owners), list(owners.values()))


async def lock_orders_of_customers(tx: Transaction, customer_ids: Iterable[UUID]) -> list[UUID]:
    """Lock all orders of customers, in id order. One statement."""
    return [row.id for row in await LOCK_ORDERS_OF_CUSTOMERS.fetch(tx, list(customer_ids))]


async def give_orders(tx: Transaction, merges: Mapping[UUID, UUID]) -> dict[UUID, UUID]:
    """Give all orders of customers to others, whose names they turned out to be; returns who had each order. `merges`:
    who gets them, by who had them. One statement."""
    return {row.id: row.owner for row in await GIVE_ORDERS.fetch(tx, list(merges), list(merges.values()))}


async def orders_of_customers(tx: Transaction, customer_ids: Iterable[UUID]) -> list[OwnedOrder]:
    """All orders of customers, in id order, not locked. One statement."""
    return await ORDERS_OF_CUSTOMERS.fetch(tx, list(customer_ids))


async def whose_orders(tx: Transaction, order_ids: Iterable[UUID]) -> dict[UUID, OwnedOrder]:
    """Whose orders these are. One statement."""
    return {row.id: row for row in await WHOSE_ORDERS.fetch(tx, list(order_ids))}


async def delete_refused(
    tx: Transaction,
    orders: Mapping[UUID, Iterable[OwnedOrder]],
    reachable_at: Mapping[UUID, Iterable[str]],
    identities: Iterable[tuple[UUID, bytes]],
) -> Counter[UUID]:
    """Delete what stands in the inbox of people; returns how many refused orders went, by owner. One statement.

    By owner: the orders that were taken of them, e-mail addresses and digits of telephone numbers, who they are.
    """
    keys = [(f"order:{o.channel}\x1f{o.external_id}", owner) for owner, mine in orders.items() for o in mine]
    keys += [
        (f"email:{text}" if "@" in text else f"phone:{text}", owner)
        for owner, texts in reachable_at.items()
        for text in texts
    ]
    keys += [(f"person:{key.hex()}", owner) for owner, key in identities]
    rows = await DELETE_REFUSED.fetch(tx, [key for key, _ in keys], [owner for _, owner in keys])
    return Counter(row.owner for row in rows)
