"""Orders as people and programs read them: ids as TypeIDs, codes in place of inner ids, money with its currency."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from orderwright.platform.money import Money


class UnitPriceView(msgspec.Struct, frozen=True):
    """A price of one unit in minor units; a decimal string where it is finer than one."""

    amount: int | Decimal
    currency: str


class ComponentView(msgspec.Struct, frozen=True):
    """Units of one thing that a line is made of, by where they are (law G4). `sku` is null until it is understood."""

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


class LineView(msgspec.Struct, frozen=True):
    """A line. `discount`, `tax`, `shipping` and `fees` are its shares, fixed at placement (law M2)."""

    n: int
    reference: str | None
    sku: str
    name: str | None
    quantity: int
    unit_price: UnitPriceView
    subtotal: Money
    discount: Money
    tax: Money
    shipping: Money
    fees: Money
    delivery: str
    location: str | None
    components: list[ComponentView]


class TotalsView(msgspec.Struct, frozen=True):
    """lines + shipping + fees - discount + tax (where prices exclude it) + rounding = total."""

    lines: Money
    shipping: Money
    fees: Money
    discount: Money
    tax: Money
    rounding: Money
    total: Money


class ChargeView(msgspec.Struct, frozen=True):
    """Shipping, a fee, a discount or a tax, with each line's share in line order."""

    n: int
    kind: str
    code: str | None
    name: str | None
    rate: Decimal | None
    amount: Money
    shares: list[Money]


class PaymentView(msgspec.Struct, frozen=True):
    """One way in which the order is paid. `state` is the furthest that it came; `amount` is what it was to bring;
    `under_way` is what its provider is asked to capture or refund and has not answered. `refused`: why it refused the
    last thing asked; nothing more is asked of it by itself."""

    id: str
    n: int
    method: str
    state: str
    provider: str | None
    reference: str | None
    amount: Money
    authorized: Money
    captured: Money
    refunded: Money
    under_way: Money
    expires_at: datetime | None
    refused: str | None


class HoldView(msgspec.Struct, frozen=True):
    """A reason that blocks steps of the order until it is released."""

    id: str
    type: str
    blocks: list[str]
    detail: dict[str, Any]
    since: datetime


class ContactView(msgspec.Struct, frozen=True):
    """A person or address as this order knows it; all null once `erased`."""

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


class BackorderView(msgspec.Struct, frozen=True):
    """Units that wait for supply; `expected_on` is that of the dated supply behind a preorder."""

    line: int
    component: int
    pool: str
    quantity: int
    expected_on: date | None


class AllocationView(msgspec.Struct, frozen=True):
    """What a fulfillment has to bring of a line."""

    line: int
    component: int
    sku: str
    quantity: int
    picked: int
    packed: int
    shipped: int
    delivered: int


class ParcelUnit(msgspec.Struct, frozen=True):
    """Units of a component of a line that are in a parcel."""

    line: int
    component: int
    quantity: int


class ParcelView(msgspec.Struct, frozen=True):
    """What the carrier moves, and what is in it. `tracked_at` is when the newest tracking event happened; `shipped_at`
    is null while it is still at the location; `tracking_url` is the carrier's page of it, where one is known."""

    id: str
    n: int
    carrier: str
    tracking_number: str | None
    state: str
    weight_g: int | None
    tracked_at: datetime | None
    shipped_at: datetime | None
    tracking_url: str | None
    units: list[ParcelUnit]


class ShipmentView(msgspec.Struct, frozen=True):
    """A fulfillment on its way."""

    id: str
    carrier: str
    service: str
    state: str
    parcels: list[ParcelView]


class FulfillmentView(msgspec.Struct, frozen=True):
    """The work at one location for the order."""

    id: str
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
    allocations: list[AllocationView]
    shipment: ShipmentView | None


class SourcingView(msgspec.Struct, frozen=True):
    """A sourcing decision and why it came out so: the locations that were asked, chosen and rejected."""

    n: int
    outcome: str
    explanation: dict[str, Any]
    decided_at: datetime


class ChildView(msgspec.Struct, frozen=True):
    """An order that follows from this one: the new goods of an exchange or of a claim."""

    id: str
    number: int
    kind: str
    status: str


class OrderView(msgspec.Struct, frozen=True, kw_only=True):
    """An order with all that a care agent asks about. `number_text` is the number in the merchant's format.

    `promised_on` is local to the destination, in `promise_zone`. `holds` are those that are open. The buyer is the
    person shipped to unless the order names another. `totals` are of all that was ever ordered; `balance_due` is what
    the customer still owes of what is not cancelled. `revision` rises with every edit and cancellation.
    """

    id: str
    number: int
    number_text: str
    kind: str
    parent: str | None
    children: list[ChildView]
    status: str
    held: bool
    holds: list[HoldView]
    channel: str
    channel_name: str
    external_id: str
    priority: int
    customer: str | None
    placed_at: datetime
    requested_ship_on: date | None
    requested_delivery_on: date | None
    promised_on: date | None
    promise_zone: str | None
    prices_include_tax: bool
    totals: TotalsView
    lines: list[LineView]
    charges: list[ChargeView]
    payments: list[PaymentView]
    balance_due: Money
    buyer: ContactView | None
    ship_to: ContactView | None
    bill_to: ContactView | None
    backorders: list[BackorderView]
    fulfillments: list[FulfillmentView]
    sourcing: list[SourcingView]
    tags: list[str]
    metadata: dict[str, Any]
    events: int
    revision: int
    version: int


class OrderSummary(msgspec.Struct, frozen=True):
    """An order in a list. `customer` is the buyer's name or company; `units` sums up the quantities of its `lines`."""

    id: str
    number: int
    number_text: str
    status: str
    held: bool
    channel: str
    external_id: str
    customer: str | None
    city: str | None
    region: str | None
    country: str | None
    lines: int
    units: int
    total: Money
    placed_at: datetime
    promised_on: date | None


class TimelineEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to an order, who did it, for whom and why.

    `seq` counts the order's events. `happened_at` is when it happened, `recorded_at` when it was written down.
    """

    id: str
    seq: int
    type: str
    data: dict[str, Any]
    verb: str
    actor: str
    on_behalf_of: str | None
    reason: str | None
    cause: str | None
    request_id: str
    happened_at: datetime
    recorded_at: datetime
