"""Read entries of the catalogue in full: by code or id, and in pages. No locks, one statement a call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar, cast

import msgspec

from orderwright.catalog.contract import Checks, KitPart, Price, UpsertChannel, UpsertLocation, UpsertPool, UpsertSku
from orderwright.catalog.entries import Entry, T
from orderwright.catalog.queries import (
    LIST_CHANNELS,
    LIST_LOCATIONS,
    LIST_POOLS,
    LIST_SKUS,
    READ_CHANNELS,
    READ_LOCATIONS,
    READ_POOLS,
    READ_SKUS,
    SEARCH_SKUS,
    ChannelRow,
    LocationRow,
    PoolRow,
    SkuRow,
)
from orderwright.platform.db import Transaction
from orderwright.platform.errors import InvalidRequest
from orderwright.platform.ids import UUID

PAGE_MAX = 500
_TRIGRAM = 3  # shorter texts are looked for at the beginning alone: only so can the index help

R = TypeVar("R")
_decode = msgspec.json.decode
_decode_checks = msgspec.json.Decoder(Checks).decode
_decode_parts = msgspec.json.Decoder(list[KitPart]).decode


class Page(NamedTuple, Generic[T]):
    """Entries in the order of their codes. `next`, when not None, is the `after` of the page that follows."""

    data: list[Entry[T]]
    next: str | None


async def read_skus(tx: Transaction, *, codes: Sequence[str] = (), ids: Sequence[UUID] = ()) -> list[Entry[UpsertSku]]:
    """SKUs by code or id, in the order of their codes; what does not exist is absent."""
    return [_sku(row) for row in await READ_SKUS.fetch(tx, codes, ids)]


async def read_pools(
    tx: Transaction, *, codes: Sequence[str] = (), ids: Sequence[UUID] = ()
) -> list[Entry[UpsertPool]]:
    """Pools by code or id, in the order of their codes; what does not exist is absent."""
    return [_pool(row) for row in await READ_POOLS.fetch(tx, codes, ids)]


async def read_locations(
    tx: Transaction, *, codes: Sequence[str] = (), ids: Sequence[UUID] = ()
) -> list[Entry[UpsertLocation]]:
    """Locations by code or id, in the order of their codes; what does not exist is absent."""
    return [_location(row) for row in await READ_LOCATIONS.fetch(tx, codes, ids)]


async def read_channels(
    tx: Transaction, *, codes: Sequence[str] = (), ids: Sequence[UUID] = ()
) -> list[Entry[UpsertChannel]]:
    """Channels by code or id, in the order of their codes; what does not exist is absent."""
    return [_channel(row) for row in await READ_CHANNELS.fetch(tx, codes, ids)]


async def list_skus(
    tx: Transaction, *, after: str | None = None, limit: int = 50, q: str | None = None, active: bool | None = None
) -> Page[UpsertSku]:
    """A page of SKUs. `q`: what the code begins with or the name contains (begins with, under three characters)."""
    if q:
        rows = await SEARCH_SKUS.fetch(tx, after or "", active, _one_more(limit), *_patterns(q))
    else:
        rows = await LIST_SKUS.fetch(tx, after or "", active, _one_more(limit))
    return _page(rows, limit, _sku)


async def list_pools(
    tx: Transaction, *, after: str | None = None, limit: int = 50, q: str | None = None
) -> Page[UpsertPool]:
    """A page of pools. `q` as for SKUs."""
    return _page(await LIST_POOLS.fetch(tx, after or "", _one_more(limit), *_patterns(q)), limit, _pool)


async def list_locations(
    tx: Transaction, *, after: str | None = None, limit: int = 50, q: str | None = None, active: bool | None = None
) -> Page[UpsertLocation]:
    """A page of locations. `q` as for SKUs."""
    rows = await LIST_LOCATIONS.fetch(tx, after or "", active, _one_more(limit), *_patterns(q))
    return _page(rows, limit, _location)


async def list_channels(
    tx: Transaction, *, after: str | None = None, limit: int = 50, q: str | None = None, active: bool | None = None
) -> Page[UpsertChannel]:
    """A page of channels. `q` as for SKUs."""
    rows = await LIST_CHANNELS.fetch(tx, after or "", active, _one_more(limit), *_patterns(q))
    return _page(rows, limit, _channel)


def _one_more(limit: int) -> int:
    """One row more than asked for tells whether there is another page."""
    if not 1 <= limit <= PAGE_MAX:
        raise InvalidRequest(f"A page holds 1 to {PAGE_MAX} entries. Correct `limit`.")
    return limit + 1


def _patterns(q: str | None) -> tuple[str | None, str | None]:
    """LIKE patterns for the code and for the name."""
    if not q:
        return None, None
    if "\0" in q or len(q) > 200:
        raise InvalidRequest("A search text has at most 200 characters and no NUL. Correct `q`.")
    escaped = q.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"{escaped}%", f"%{escaped}%" if len(q) >= _TRIGRAM else f"{escaped}%"


def _page(rows: Sequence[R], limit: int, entry: Callable[[R], Entry[Any]]) -> Page[Any]:
    entries = [entry(row) for row in rows[:limit]]
    return Page(entries, entries[-1].content.code if len(rows) > limit else None)


def _sku(row: SkuRow) -> Entry[UpsertSku]:
    price = None if row.price_minor is None or row.currency is None else Price(row.price_minor, row.currency)
    content = UpsertSku(
        code=row.code, name=row.name, gtin=row.gtin, kind=cast(Any, row.kind),
        components=_decode_parts(row.components) if row.components else [],
        weight_g=row.weight_g, length_mm=row.length_mm, width_mm=row.width_mm, height_mm=row.height_mm, price=price,
        tax_class=row.tax_class, backorder_limit=row.backorder_limit, active=row.active,
        attributes=_decode(row.attributes), external_refs=_decode(row.external_refs), metadata=_decode(row.metadata),
    )  # fmt: skip
    return Entry(row.id, row.version, row.created_at, row.updated_at, content)


def _pool(row: PoolRow) -> Entry[UpsertPool]:
    content = UpsertPool(code=row.code, name=row.name, metadata=_decode(row.metadata))
    return Entry(row.id, row.version, row.created_at, row.updated_at, content)


def _location(row: LocationRow) -> Entry[UpsertLocation]:
    content = UpsertLocation(
        code=row.code, name=row.name, kind=cast(Any, row.kind), pool=row.pool, country=row.country,
        time_zone=row.time_zone, line1=row.line1, line2=row.line2, city=row.city, region=row.region,
        postal_code=row.postal_code, latitude=row.latitude, longitude=row.longitude, open_weekdays=row.open_weekdays,
        holidays=row.holidays, cutoff=row.cutoff, daily_capacity=row.daily_capacity, active=row.active,
        external_refs=_decode(row.external_refs), metadata=_decode(row.metadata),
    )  # fmt: skip
    return Entry(row.id, row.version, row.created_at, row.updated_at, content)


def _channel(row: ChannelRow) -> Entry[UpsertChannel]:
    content = UpsertChannel(
        code=row.code, name=row.name, kind=cast(Any, row.kind), currency=row.currency, pools=row.pools,
        brand=row.brand, short_line_policy=cast(Any, row.short_line_policy), buffer=row.buffer,
        verify_prices=row.verify_prices, checks=_decode_checks(row.checks), active=row.active,
        external_refs=_decode(row.external_refs), metadata=_decode(row.metadata),
    )  # fmt: skip
    return Entry(row.id, row.version, row.created_at, row.updated_at, content)
