"""What can be promised of SKUs and what is there, by pool."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from orderwright.platform.db import Transaction
from orderwright.platform.errors import InvalidRequest
from orderwright.platform.ids import UUID
from orderwright.platform.queries import query

SKUS_MAX = 500


class AvailabilityRow(NamedTuple):
    """A SKU in a pool; all behind the name is None where no pool ever had any."""

    sku_id: UUID
    sku: str
    name: str
    pool_id: UUID | None
    pool: str | None
    available_to_promise: int | None
    reserved: int | None
    promised: int | None
    backordered: int | None


class OnHandRow(NamedTuple):
    """Units that a pool's locations have of a SKU."""

    sku_id: UUID
    pool_id: UUID
    units: int


class PoolStock(msgspec.Struct, frozen=True):
    """A SKU in a pool, in units. Negative `available_to_promise`: goods were lost after they were promised.

    `on_hand` is what stands at the pool's locations, whatever for; in transit does not count.
    """

    pool: str
    available_to_promise: int
    reserved: int
    promised: int
    backordered: int
    on_hand: int


class SkuStock(msgspec.Struct, frozen=True):
    """A SKU in all pools. None: no pool ever had any of it."""

    sku: str
    name: str
    pools: list[PoolStock]


AVAILABILITY_OF = query(__package__, "availability_of", AvailabilityRow)
ON_HAND_OF = query(__package__, "on_hand_of", OnHandRow)


async def availability_of(tx: Transaction, sku_codes: Sequence[str]) -> list[SkuStock]:
    """SKUs in the order of their codes, each with its pools in the order of theirs; codes that no SKU has are absent.

    No locks. Two statements for any number, 500 at most. Raises `InvalidRequest` for more.
    """
    if len(sku_codes) > SKUS_MAX:
        raise InvalidRequest(f"At most {SKUS_MAX} SKUs are read at once. Ask for fewer.")
    rows = await AVAILABILITY_OF.fetch(tx, list(sku_codes))
    on_hand = {(row.sku_id, row.pool_id): row.units for row in await ON_HAND_OF.fetch(tx, [r.sku_id for r in rows])}
    found: dict[str, SkuStock] = {}
    for row in rows:
        stock = found.setdefault(row.sku, SkuStock(row.sku, row.name, []))
        if row.pool_id is not None:
            stock.pools.append(_pool(row, on_hand.get((row.sku_id, row.pool_id), 0)))
    return list(found.values())


def _pool(row: AvailabilityRow, on_hand: int) -> PoolStock:
    return PoolStock(
        pool=row.pool or "",
        available_to_promise=row.available_to_promise or 0,
        reserved=row.reserved or 0,
        promised=row.promised or 0,
        backordered=row.backordered or 0,
        on_hand=on_hand,
    )
