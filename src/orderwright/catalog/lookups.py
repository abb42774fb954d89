"""What other slices ask the catalogue in every batch: plain facts, one statement a call, no locks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import NamedTuple

import msgspec

from orderwright.catalog.contract import Checks
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.queries import query, statement

_decode_checks = msgspec.json.Decoder(Checks).decode


class ChannelFacts(NamedTuple):
    """A channel as intake sees it. `pool_ids` in the order in which they are asked; `buffer` in units."""

    id: UUID
    code: str
    kind: str
    currency: str
    short_line_policy: str
    buffer: int
    verify_prices: bool
    checks: Checks
    active: bool
    pool_ids: list[UUID]


class SkuFacts(NamedTuple):
    """A SKU as intake sees it. `components` holds (SKU id, units in one kit), and is empty unless it is a kit.

    `price_minor` is in minor units of `currency`; `backorder_limit` in units over all pools, None for no limit.
    """

    id: UUID
    code: str
    name: str
    kind: str
    active: bool
    price_minor: int | None
    currency: str | None
    backorder_limit: int | None
    weight_g: int | None
    tax_class: str | None
    components: tuple[tuple[UUID, int], ...]


class LocationFacts(NamedTuple):
    """A location as promising and sourcing see it.

    `cutoff` and `holidays` are local to `time_zone`; `open_weekdays` are ISO days (Monday is 1), rising;
    `daily_capacity` in fulfillments a day, None for no limit.
    """

    id: UUID
    code: str
    name: str
    kind: str
    pool_id: UUID
    latitude: float | None
    longitude: float | None
    country: str
    time_zone: str
    open_weekdays: list[int]
    holidays: list[date]
    cutoff: time
    daily_capacity: int | None
    active: bool


class _ChannelRow(NamedTuple):
    id: UUID
    code: str
    kind: str
    currency: str
    short_line_policy: str
    buffer: int
    verify_prices: bool
    checks: str
    active: bool
    pool_ids: list[UUID]


class _SkuRow(NamedTuple):
    id: UUID
    code: str
    name: str
    kind: str
    active: bool
    price_minor: int | None
    currency: str | None
    backorder_limit: int | None
    weight_g: int | None
    tax_class: str | None
    component_ids: list[UUID] | None
    component_quantities: list[int] | None


CHANNELS_BY_CODE = query(__package__, "channels_by_code", _ChannelRow)
CHANNELS_BY_ID = query(__package__, "channels_by_id", _ChannelRow)
SKUS_BY_CODE = query(__package__, "skus_by_code", _SkuRow)
SKUS_BY_ID = query(__package__, "skus_by_id", _SkuRow)
LOCK_SKUS = statement(__package__, "lock_skus")
LOCATIONS_BY_CODE = query(__package__, "locations_by_code", LocationFacts)
LOCATIONS_BY_ID = query(__package__, "locations_by_id", LocationFacts)
HOLD_LOCATIONS_BY_CODE = query(__package__, "hold_locations_by_code", LocationFacts)
HOLD_LOCATIONS_BY_ID = query(__package__, "hold_locations_by_id", LocationFacts)
LOCATIONS_BY_POOL = query(__package__, "locations_by_pool", LocationFacts)


async def channels_by_code(tx: Transaction, codes: Sequence[str]) -> dict[str, ChannelFacts]:
    """The channels with these codes, active or not; codes that no channel has are absent."""
    rows = await CHANNELS_BY_CODE.fetch(tx, codes)
    return {r.code: ChannelFacts(*r[:7], _decode_checks(r.checks), r.active, r.pool_ids) for r in rows}


async def channels_by_id(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, ChannelFacts]:
    """The channels with these ids, active or not; ids that no channel has are absent."""
    rows = await CHANNELS_BY_ID.fetch(tx, ids)
    return {r.id: ChannelFacts(*r[:7], _decode_checks(r.checks), r.active, r.pool_ids) for r in rows}


async def skus_by_code(tx: Transaction, codes: Sequence[str]) -> dict[str, SkuFacts]:
    """The SKUs with these codes, active or not; codes that no SKU has are absent."""
    return {row.code: _sku_facts(row) for row in await SKUS_BY_CODE.fetch(tx, codes)}


async def skus_by_id(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, SkuFacts]:
    """The SKUs with these ids, active or not; ids that no SKU has are absent."""
    return {row.id: _sku_facts(row) for row in await SKUS_BY_ID.fetch(tx, ids)}


async def lock_skus(tx: Transaction, ids: Sequence[UUID]) -> None:
    """Lock SKUs until the transaction ends: before availability, by whoever counts what all pools owe of one."""
    if ids:
        await LOCK_SKUS.run(tx, sorted(set(ids)))


async def locations_by_code(tx: Transaction, codes: Sequence[str]) -> dict[str, LocationFacts]:
    """The locations with these codes, active or not; codes that no location has are absent."""
    return {row.code: row for row in await LOCATIONS_BY_CODE.fetch(tx, codes)}


async def locations_by_id(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, LocationFacts]:
    """The locations with these ids, active or not; ids that no location has are absent."""
    return {row.id: row for row in await LOCATIONS_BY_ID.fetch(tx, ids)}


async def hold_locations_by_code(tx: Transaction, codes: Sequence[str]) -> dict[str, LocationFacts]:
    """As `locations_by_code`; whether they are open, and their pools, stay so until the transaction ends. For whoever
    books goods there or promises what they have: asked before anything else is locked."""
    return {row.code: row for row in await HOLD_LOCATIONS_BY_CODE.fetch(tx, codes)}


async def hold_locations_by_id(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, LocationFacts]:
    """As `locations_by_id`; see `hold_locations_by_code`."""
    return {row.id: row for row in await HOLD_LOCATIONS_BY_ID.fetch(tx, ids)}


async def locations_by_pool(tx: Transaction, pool_ids: Sequence[UUID]) -> list[LocationFacts]:
    """All locations of these pools, active or not, in the order of their codes."""
    return await LOCATIONS_BY_POOL.fetch(tx, pool_ids)


def _sku_facts(row: _SkuRow) -> SkuFacts:
    if row.component_ids is None or row.component_quantities is None:
        return SkuFacts(*row[:10], ())
    return SkuFacts(*row[:10], tuple(zip(row.component_ids, row.component_quantities, strict=True)))
