"""The SQL of the catalogue's entries, by type. (`lookups` has that of the facts which other slices ask for.)"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import query, statement


class SkuRow(NamedTuple):
    """A SKU in full. JSON as text; `components` is an array of `{sku, quantity}`, None unless it is a kit."""

    id: UUID
    version: int
    created_at: datetime
    updated_at: datetime
    code: str
    name: str
    gtin: str | None
    kind: str
    weight_g: int | None
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    price_minor: int | None
    currency: str | None
    tax_class: str | None
    backorder_limit: int | None
    active: bool
    attributes: str
    external_refs: str
    metadata: str
    components: str | None


class PoolRow(NamedTuple):
    """A pool in full. JSON as text."""

    id: UUID
    version: int
    created_at: datetime
    updated_at: datetime
    code: str
    name: str
    metadata: str


class LocationRow(NamedTuple):
    """A location in full, with the code of its pool. JSON as text."""

    id: UUID
    version: int
    created_at: datetime
    updated_at: datetime
    code: str
    name: str
    kind: str
    pool: str
    country: str
    time_zone: str
    line1: str | None
    line2: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    latitude: float | None
    longitude: float | None
    open_weekdays: list[int]
    holidays: list[date]
    cutoff: time
    daily_capacity: int | None
    active: bool
    external_refs: str
    metadata: str


class ChannelRow(NamedTuple):
    """A channel in full, with the codes of its pools in order. JSON as text."""

    id: UUID
    version: int
    created_at: datetime
    updated_at: datetime
    code: str
    name: str
    kind: str
    currency: str
    brand: str | None
    short_line_policy: str
    buffer: int
    verify_prices: bool
    checks: str
    active: bool
    external_refs: str
    metadata: str
    pools: list[str]


READ_SKUS = query(__package__, "read_skus", SkuRow)
LIST_SKUS = query(__package__, "list_skus", SkuRow)
SEARCH_SKUS = query(__package__, "search_skus", SkuRow)
PUT_SKUS = statement(__package__, "put_skus")
RAISE_SKU_VERSION = statement(__package__, "raise_sku_version")
DELETE_KIT_COMPONENTS = statement(__package__, "delete_kit_components")
INSERT_KIT_COMPONENTS = statement(__package__, "insert_kit_components")

READ_POOLS = query(__package__, "read_pools", PoolRow)
LIST_POOLS = query(__package__, "list_pools", PoolRow)
PUT_POOLS = statement(__package__, "put_pools")

READ_LOCATIONS = query(__package__, "read_locations", LocationRow)
LIST_LOCATIONS = query(__package__, "list_locations", LocationRow)
PUT_LOCATIONS = statement(__package__, "put_locations")

READ_CHANNELS = query(__package__, "read_channels", ChannelRow)
LIST_CHANNELS = query(__package__, "list_channels", ChannelRow)
PUT_CHANNELS = statement(__package__, "put_channels")
DELETE_CHANNEL_POOLS = statement(__package__, "delete_channel_pools")
INSERT_CHANNEL_POOLS = statement(__package__, "insert_channel_pools")
