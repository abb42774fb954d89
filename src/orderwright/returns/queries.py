"""The SQL of returns, by type."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import append, query, statement


class SoldRow(NamedTuple):
    """A component of a line that is goods: how much of it left, when and where from. `each`: units in one unit of the
    line. Category and final sale are the attributes of the line's SKU."""

    order_id: UUID
    line_n: int
    component_n: int
    sku_id: UUID
    each: int
    shipped: int
    delivered: int
    category: str | None
    final_sale: bool
    shipped_at: datetime | None
    delivered_at: datetime | None
    location_id: UUID | None


class ReturnRow(NamedTuple):
    """A return. `terms` is JSON."""

    id: UUID
    order_id: UUID
    location_id: UUID
    state: str
    method: str
    tracking_number: str | None
    policy_version: int
    terms: str
    label_fee_minor: int
    scanned_at: datetime | None
    refund_to: str


class ReturnLineRow(NamedTuple):
    """Units of one line of a return. Column order of `put_lines.sql`."""

    return_id: UUID
    line_n: int
    order_id: UUID
    quantity: int
    reason: str
    condition: str | None
    restocking_rate: Decimal
    credited: int
    refused: int
    claimed: int
    lines_minor: int
    discounts_minor: int
    tax_minor: int
    shipping_minor: int
    fees_minor: int


class GoodsRow(NamedTuple):
    """Units of a component that came to a location. Column order of `put_goods.sql`."""

    return_id: UUID
    line_n: int
    component_n: int
    location_id: UUID
    order_id: UUID
    sku_id: UUID
    received: int
    inspected: int
    sent_back: int


class InspectionRow(NamedTuple):
    """What somebody found. Column order of the table but for act and time."""

    id: UUID
    return_id: UUID
    line_n: int
    component_n: int
    location_id: UUID
    quantity: int
    grade: str
    disposition: str
    accepted: bool


class OrderOfReturn(NamedTuple):
    """Which order a return is of, and where it is to go; `new_order_id`: the order that it pays in exchange."""

    id: UUID
    order_id: UUID
    location_id: UUID
    new_order_id: UUID | None = None


class PolicyRow(NamedTuple):
    """The newest terms of a channel, as JSON."""

    channel_id: UUID
    version: int
    terms: str


class UnexpectedRow(NamedTuple):
    """A parked parcel."""

    id: UUID
    location_id: UUID
    state: str


class UnexpectedItemRow(NamedTuple):
    """What was in a parked parcel."""

    unexpected_id: UUID
    n: int
    sku_id: UUID | None
    sku_code: str
    quantity: int


READ_SOLD = query(__package__, "read_sold", SoldRow)
READ_RETURNS = query(__package__, "read_returns", ReturnRow)
READ_LINES = query(__package__, "read_lines", ReturnLineRow)
READ_GOODS = query(__package__, "read_goods", GoodsRow)
READ_INSPECTIONS = query(__package__, "read_inspections", InspectionRow)
ORDERS_OF_RETURNS = query(__package__, "orders_of_returns", OrderOfReturn)
READ_POLICIES = query(__package__, "read_policies", PolicyRow)
LOCK_POLICIES = statement(__package__, "lock_policies")
LOCK_UNEXPECTED = query(__package__, "lock_unexpected", UnexpectedRow)
READ_UNEXPECTED_ITEMS = query(__package__, "read_unexpected_items", UnexpectedItemRow)
SETTLE_UNEXPECTED = statement(__package__, "settle_unexpected")
APPEND_POLICIES = append("return_policy", "channel_id version terms act_id")
APPEND_RETURNS = append(
    "customer_return",
    "id order_id location_id state method tracking_number policy_version terms label_fee_minor scanned_at refund_to",
)
CHANGE_RETURNS = statement(__package__, "change_returns")
PUT_LINES = statement(__package__, "put_lines")
PUT_GOODS = statement(__package__, "put_goods")
APPEND_INSPECTIONS = append(
    "return_inspection",
    "id return_id line_n component_n location_id quantity grade disposition accepted act_id",
)
APPEND_UNEXPECTED = append("unexpected_return", "id location_id return_id tracking_number reference state act_id")
APPEND_UNEXPECTED_ITEMS = append("unexpected_item", "unexpected_id n sku_id sku_code quantity")
