"""Rows as `read_orders.sql` gives them: one an order, with JSON arrays of what an order has many of.

The structs are decoded from arrays: their fields stand in the order of the statement's.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar

import msgspec

from orderwright.platform.ids import UUID
from orderwright.platform.queries import query


class OrderRow(NamedTuple):
    """An order; the columns from `lines` on are JSON, NULL when there are none."""

    id: UUID
    number: int
    kind: str
    parent_id: UUID | None
    status: str
    hold_count: int
    channel_id: UUID
    channel: str
    channel_name: str
    external_id: str
    priority: int
    customer_id: UUID | None
    currency: str
    prices_include_tax: bool
    lines_minor: int
    shipping_minor: int
    fees_minor: int
    discount_minor: int
    tax_minor: int
    rounding_minor: int
    total_minor: int
    buyer_contact_id: UUID | None
    ship_to_contact_id: UUID | None
    bill_to_contact_id: UUID | None
    placed_at: datetime
    requested_ship_on: date | None
    requested_delivery_on: date | None
    promised_on: date | None
    promise_zone: str | None
    tags: list[str]
    metadata: str
    event_seq: int
    revision: int
    version: int
    lines: str | None
    components: str | None
    contacts: str | None
    holds: str | None
    children: str | None
    charges: str | None
    payments: str | None
    balance_minor: int
    backorders: str | None
    fulfillments: str | None
    allocations: str | None
    shipments: str | None
    parcels: str | None
    decisions: str | None


class _Stored(msgspec.Struct, array_like=True, frozen=True, order=True):
    """A row within JSON. Rows sort by their first fields, which no two rows of an order have alike."""


class StoredLine(_Stored, frozen=True):
    n: int
    reference: str | None
    sku_code: str
    name: str | None
    quantity: int
    unit_price_minor: str
    subtotal_minor: int
    discount_minor: int
    tax_minor: int
    shipping_minor: int
    fees_minor: int
    delivery: str
    location: str | None


class StoredComponent(_Stored, frozen=True):
    line_n: int
    n: int
    sku: str | None
    name: str | None
    ordered: int
    pending: int
    external: int
    cancelled: int
    backordered: int
    promised: int
    allocated: int
    picked: int
    packed: int
    shipped: int
    delivered: int
    returned: int


class StoredContact(_Stored, frozen=True):
    id: uuid.UUID
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
    erased: bool


class StoredHold(_Stored, frozen=True):
    id: uuid.UUID
    type: str
    blocks: list[str]
    detail: dict[str, Any]
    created_at: datetime


class StoredChild(_Stored, frozen=True):
    id: uuid.UUID
    number: int
    kind: str
    status: str


class StoredCharge(_Stored, frozen=True):
    n: int
    kind: str
    code: str | None
    name: str | None
    rate: str | None
    amount_minor: int
    shares_minor: list[int]


class StoredPayment(_Stored, frozen=True):
    n: int
    id: uuid.UUID
    method: str
    provider: str | None
    reference: str | None
    amount_minor: int
    authorized_minor: int
    released_minor: int
    captured_minor: int
    refunded_minor: int
    under_way_minor: int
    expires_at: datetime | None
    refused_code: str | None


class StoredBackorder(_Stored, frozen=True):
    line_n: int
    component_n: int
    pool: str
    quantity: int
    due_on: date | None


class StoredFulfillment(_Stored, frozen=True):
    id: uuid.UUID
    location: str
    location_name: str
    method: str
    state: str
    due_at: datetime
    released_at: datetime | None
    picked_at: datetime | None
    packed_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    location_id: uuid.UUID


class StoredAllocation(_Stored, frozen=True):
    fulfillment_id: uuid.UUID
    line_n: int
    component_n: int
    sku: str
    quantity: int
    picked: int
    packed: int
    shipped: int
    delivered: int


class StoredShipment(_Stored, frozen=True):
    id: uuid.UUID
    fulfillment_id: uuid.UUID
    carrier: str
    service: str
    state: str


class StoredUnit(_Stored, frozen=True):
    line_n: int
    component_n: int
    quantity: int


class StoredParcel(_Stored, frozen=True):
    n: int
    id: uuid.UUID
    shipment_id: uuid.UUID
    carrier: str
    tracking_number: str | None
    state: str
    weight_g: int | None
    tracked_at: datetime | None
    shipped_at: datetime | None
    units: list[StoredUnit] | None


class StoredDecision(_Stored, frozen=True):
    n: int
    outcome: str
    explanation: dict[str, Any]
    decided_at: datetime


READ_ORDERS = query(__package__, "read_orders", OrderRow)

T = TypeVar("T")


def _many(kind: type[T]) -> Callable[[str | None], list[T]]:
    """A function from a JSON column to its rows, sorted."""
    decode = msgspec.json.Decoder(list[kind]).decode  # type: ignore[valid-type]

    def rows(text: str | None) -> list[T]:
        if text is None:
            return []
        found = decode(text)
        if len(found) > 1:
            found.sort()
        return found

    return rows


lines_of = _many(StoredLine)
components_of = _many(StoredComponent)
contacts_of = _many(StoredContact)
holds_of = _many(StoredHold)
children_of = _many(StoredChild)
charges_of = _many(StoredCharge)
payments_of = _many(StoredPayment)
backorders_of = _many(StoredBackorder)
fulfillments_of = _many(StoredFulfillment)
allocations_of = _many(StoredAllocation)
shipments_of = _many(StoredShipment)
parcels_of = _many(StoredParcel)
decisions_of = _many(StoredDecision)
