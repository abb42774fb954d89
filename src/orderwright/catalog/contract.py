"""SKUs, kits, locations, pools and channels as they come from outside: bodies of the bulk upserts, rows of a CSV.

Everything is addressed by its `code`. An upsert replaces the whole entry: a field that is left out gets its default.
`version` is no part of it: it says which one the writer saw, and another by now is refused.
"""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, field

from orderwright.platform.fields import NO_NUL, Code, Country, Currency, Metadata, Minor, Quantity, ShortText
from orderwright.platform.versions import SeenVersion

Millimetres = Annotated[int, Meta(ge=0, le=1_000_000)]
PostalCode = Annotated[str, Meta(max_length=20, pattern=NO_NUL)]
LocalTime = Annotated[time, Meta(tz=False)]
ExternalRefs = Annotated[
    dict[
        Annotated[str, Meta(min_length=1, max_length=50, pattern=NO_NUL)],
        Annotated[str, Meta(max_length=200, pattern=NO_NUL)],
    ],
    Meta(max_length=50),
]


class KitPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A component of a kit: `quantity` units of SKU `sku` in one kit."""

    sku: Code
    quantity: Quantity = 1


class Price(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The catalogue price of one unit, in minor units."""

    amount: Minor
    currency: Currency


class UpsertSku(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The thing sold and stocked. `components` make it a kit; `digital` needs no stock."""

    code: Code
    name: Annotated[str, Meta(min_length=1, max_length=500, pattern=NO_NUL)]
    gtin: Annotated[str, Meta(pattern=r"\A[0-9]{8,14}\Z")] | None = None
    kind: Literal["stocked", "kit", "digital"] = "stocked"
    components: Annotated[list[KitPart], Meta(max_length=100)] = field(default_factory=list)
    weight_g: Annotated[int, Meta(ge=0, le=100_000_000)] | None = None
    length_mm: Millimetres | None = None
    width_mm: Millimetres | None = None
    height_mm: Millimetres | None = None
    price: Price | None = None
    tax_class: Code | None = None
    backorder_limit: Annotated[int, Meta(ge=0, le=1_000_000_000)] | None = None
    active: bool = True
    attributes: Metadata = field(default_factory=dict)
    external_refs: ExternalRefs = field(default_factory=dict)
    metadata: Metadata = field(default_factory=dict)
    version: SeenVersion | None = None


class UpsertPool(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A set of locations that promise together."""

    code: Code
    name: ShortText
    metadata: Metadata = field(default_factory=dict)
    version: SeenVersion | None = None


class UpsertLocation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A place that holds stock. `cutoff` is local: what is released after it is due the next open day.

    One that is not `active` yet takes no stock and promises none. Once it is active it stays so."""

    code: Code
    name: ShortText
    kind: Literal["warehouse", "store", "3pl", "supplier"]
    pool: Code
    country: Country
    time_zone: Annotated[str, Meta(min_length=1, max_length=64, pattern=NO_NUL)]
    line1: ShortText | None = None
    line2: ShortText | None = None
    city: ShortText | None = None
    region: ShortText | None = None
    postal_code: PostalCode | None = None
    latitude: Annotated[float, Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Meta(ge=-180, le=180)] | None = None
    open_weekdays: Annotated[list[Annotated[int, Meta(ge=1, le=7)]], Meta(min_length=1, max_length=7)] = field(
        default_factory=lambda: [1, 2, 3, 4, 5]
    )
    holidays: Annotated[list[date], Meta(max_length=1000)] = field(default_factory=list)
    cutoff: LocalTime = time(16, 0)
    daily_capacity: Annotated[int, Meta(ge=0, le=10_000_000)] | None = None
    active: bool = True
    external_refs: ExternalRefs = field(default_factory=dict)
    metadata: Metadata = field(default_factory=dict)
    version: SeenVersion | None = None


class Checks(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Limits of a channel's verification; what exceeds one is held for a person to look at."""

    total_max: Minor | None = None  # minor units of the channel's currency
    quantity_max: Quantity | None = None  # units of one line
    orders_per_customer_max: Annotated[int, Meta(ge=1, le=100_000)] | None = None  # within the velocity window
    velocity_window_s: Annotated[int, Meta(ge=1, le=31_536_000)] = 86_400
    duplicate_window_s: Annotated[int, Meta(ge=0, le=31_536_000)] = 3_600  # 0: not looked for
    address: bool = True
    phone: bool = True
    email: bool = True


class UpsertChannel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where orders come from. `pools` in the order in which they are asked; `buffer` units stay unsold by it."""

    code: Code
    name: ShortText
    kind: Literal["storefront", "marketplace", "social", "app", "pos", "b2b", "agent"]
    currency: Currency
    pools: Annotated[list[Code], Meta(min_length=1, max_length=50)]
    brand: ShortText | None = None
    short_line_policy: Literal["reject", "drop", "backorder", "preorder"] = "backorder"
    buffer: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    verify_prices: bool = False
    checks: Checks = field(default_factory=Checks)
    active: bool = True
    external_refs: ExternalRefs = field(default_factory=dict)
    metadata: Metadata = field(default_factory=dict)
    version: SeenVersion | None = None
