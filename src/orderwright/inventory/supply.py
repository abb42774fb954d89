"""Read what may be promised: balances of pools and dated supply."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from orderwright.inventory.headroom import Headroom
from orderwright.inventory.ledger import Pair, lock_availability
from orderwright.inventory.queries import (
    APPEND_SUPPLY,
    CHANGE_SUPPLY,
    FIND_SUPPLY,
    LOCK_SUPPLY,
    MOVE_SUPPLY,
    READ_AVAILABILITY,
    READ_SUPPLY,
    SupplyRow,
)
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID


class NewSupply(NamedTuple):
    """Dated supply that is announced. Order of the columns of `APPEND_SUPPLY`."""

    id: UUID
    sku_id: UUID
    pool_id: UUID
    due_on: date
    quantity: int
    reference: str | None


async def read_headroom(
    tx: Transaction, sku_ids: Iterable[UUID], *, with_supply: bool, lock_pools: Iterable[UUID] | None = None
) -> Headroom:
    """What may be promised of these SKUs. With `lock_pools` the balances in those pools are locked first, so that the
    figures stay true until the transaction ends. At most four statements."""
    skus = list(set(sku_ids))
    supplies = await READ_SUPPLY.fetch(tx, skus) if with_supply else []
    if lock_pools is not None:
        pairs: list[Pair] = [(sku, pool) for pool in set(lock_pools) for sku in skus]
        await lock_availability(tx, pairs)
        if supplies:
            supplies = [s for s in await lock_supply(tx, [s.id for s in supplies]) if s.quantity > s.preordered]
    return Headroom(await READ_AVAILABILITY.fetch(tx, skus), sorted(supplies, key=lambda s: (s.sku_id, s.due_on, s.id)))


async def lock_supply(tx: Transaction, supply_ids: Iterable[UUID]) -> list[SupplyRow]:
    """Lock dated supplies in id order."""
    return await LOCK_SUPPLY.fetch(tx, sorted(set(supply_ids)))


async def add_supplies(tx: Transaction, supplies: Sequence[NewSupply]) -> None:
    """Write supplies that were announced. One statement, or none."""
    await APPEND_SUPPLY.run(tx, supplies)


async def move_supply(tx: Transaction, deltas: Sequence[tuple[UUID, int, int]]) -> None:
    """Add (id, quantity, preordered) to supplies whose rows the caller holds locked."""
    if deltas:
        await MOVE_SUPPLY.run(tx, *columns(sorted(deltas), 3))


class SupplyChange(NamedTuple):
    """What a supply is from now on. Order of the parameters of `CHANGE_SUPPLY`. No reference: it stays."""

    id: UUID
    due_on: date
    quantity: int
    preordered: int
    reference: str | None


async def find_supply(tx: Transaction, supply_ids: Iterable[UUID]) -> list[SupplyRow]:
    """Dated supplies as they are now, not locked. One statement."""
    return await FIND_SUPPLY.fetch(tx, list(set(supply_ids)))


async def change_supply(tx: Transaction, changes: Sequence[SupplyChange]) -> dict[UUID, int]:
    """Change supplies whose rows the caller holds locked; returns their new versions. One statement, or none."""
    if not changes:
        return {}
    return {row.id: row.version for row in await CHANGE_SUPPLY.fetch(tx, *columns(sorted(changes), 5))}
