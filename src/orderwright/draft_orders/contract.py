"""What may be said of draft orders. Their content is the body of an order, of which anything may be missing still."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from orderwright.orders.contract import (
    LINES_MAX,
    Amount,
    Charge,
    Delivery,
    Discount,
    Email,
    OrderKind,
    OrderRef,
    Person,
    Phone,
    PostalCode,
    ReportedPayment,
    SignedAmount,
    Tax,
    Text,
    UnitPrice,
)
from orderwright.platform.fields import NO_NUL, Code, Country, Currency, Metadata, Quantity
from orderwright.platform.ids import UUID

DRAFT_ORDER_PREFIX = "dro"
CONTENT_BYTES_MAX = 64_000
NOTE_MAX = 4_000
Revision = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class DraftLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A line of a draft order. It needs a SKU, a quantity and a price before it can be placed."""

    sku: Code | UnsetType = UNSET
    quantity: Quantity | UnsetType = UNSET
    unit_price: UnitPrice | UnsetType = UNSET
    reference: Code | None = None
    name: Text | None = None
    delivery: Delivery = "ship"
    location: Code | None = None
    discounts: Annotated[list[Discount], Meta(max_length=20)] = msgspec.field(default_factory=list)
    taxes: Annotated[list[Tax], Meta(max_length=20)] = msgspec.field(default_factory=list)


class DraftAddress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where it goes, as far as that is known."""

    country: Country | UnsetType = UNSET
    name: Text | None = None
    company: Text | None = None
    email: Email | None = None
    phone: Phone | None = None
    line1: Text | None = None
    line2: Text | None = None
    city: Text | None = None
    region: Text | None = None
    postal_code: PostalCode | None = None
    latitude: Annotated[float, Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Meta(ge=-180, le=180)] | None = None


Discounts = Annotated[list[Discount], Meta(max_length=20)]
Charges = Annotated[list[Charge], Meta(max_length=20)]


class DraftContent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The body of `POST /v1/orders`, without `external_id`, which is the draft's. Anything may be missing still."""

    channel: Code | UnsetType = UNSET
    currency: Currency | UnsetType = UNSET
    placed_at: Annotated[datetime, Meta(tz=True)] | UnsetType = UNSET
    lines: Annotated[list[DraftLine], Meta(max_length=LINES_MAX)] = msgspec.field(default_factory=list)
    total: Amount | UnsetType = UNSET
    kind: OrderKind = "sale"
    parent: OrderRef | None = None
    prices_include_tax: bool = False
    customer: Person | None = None
    ship_to: DraftAddress | None = None
    bill_to: DraftAddress | None = None
    shipping: Charges = msgspec.field(default_factory=list)
    fees: Charges = msgspec.field(default_factory=list)
    discounts: Discounts = msgspec.field(default_factory=list)
    taxes: Annotated[list[Tax], Meta(max_length=20)] = msgspec.field(default_factory=list)
    rounding: SignedAmount | None = None
    payments: Annotated[list[ReportedPayment], Meta(max_length=20)] = msgspec.field(default_factory=list)
    requested_ship_on: date | None = None
    requested_delivery_on: date | None = None
    priority: Annotated[int, Meta(ge=-100, le=100)] = 0
    tags: Annotated[list[Code], Meta(max_length=50)] = msgspec.field(default_factory=list)
    metadata: Metadata = msgspec.field(default_factory=dict)


class SaveDraftOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keep a draft order, or write the one of the same `external_id` anew. The order will bear that `external_id`, so
    a draft is placed once. `revision`: of the draft that this was decided on, none for a new one; when it has another
    by now, nothing is changed. `note`: words for colleagues."""

    external_id: Code
    order: DraftContent
    revision: Revision | None = None
    note: Annotated[str, Meta(max_length=NOTE_MAX, pattern=NO_NUL)] | None = None


class PlaceDraftOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Place a draft order as it is kept. `revision`: as for saving."""

    draft_id: UUID
    revision: Revision | None = None


class DeleteDraftOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Delete a draft order. It can be restored for a day. `revision`: as for saving."""

    draft_id: UUID
    revision: Revision | None = None


class RestoreDraftOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Have a deleted draft order back."""

    draft_id: UUID
