"""The order as a channel sends it: the body of `POST /v1/orders`, a line of an import, the input of `place_orders`.

Money is in minor units of the order's currency. Amounts are what the channel charged; the deciding functions check
that they add up (law M2) and compute each line's share of what belongs to the whole order.

Texts may hold a NUL here, which PostgreSQL cannot store: whether that refuses the order or is stripped from it depends
on the order (`orders.storable`).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, field

from orderwright.platform.fields import (
    Code,
    Country,
    Currency,
    Metadata,
    Minor,
    Quantity,
    SignedMinor,
)

OrderKind = Literal["sale", "exchange", "replacement", "transfer", "wholesale"]
Delivery = Literal["ship", "pickup", "digital", "channel"]
PaymentMethod = Literal[
    "card", "wallet", "bank_transfer", "invoice", "cash_on_delivery", "gift_card", "store_credit", "marketplace", "cash"
]
PaymentState = Literal["pending", "authorized", "captured"]
LINES_MAX = 1_000

Text = Annotated[str, Meta(min_length=1, max_length=200)]
Email = Annotated[str, Meta(max_length=320)]
Phone = Annotated[str, Meta(max_length=40)]
PostalCode = Annotated[str, Meta(max_length=20)]
OrderRef = Annotated[str, Meta(max_length=40, pattern=r"\A[^\x00-\x1f\x7f]*\Z")]


class Amount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A non-negative amount in minor units, with its currency."""

    amount: Minor
    currency: Currency


class SignedAmount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An amount in minor units that may be negative (rounding)."""

    amount: SignedMinor
    currency: Currency


class UnitPrice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A price of one unit in minor units; a decimal string where it is finer than a minor unit ("1999.5")."""

    amount: Minor | Annotated[Decimal, Meta()]
    currency: Currency


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who ordered. `external_id` is the channel's own customer id."""

    external_id: Code | None = None
    name: Text | None = None
    email: Email | None = None
    phone: Phone | None = None


class Address(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where it goes. `region` is the state or province; coordinates spare sourcing a look-up."""

    country: Country
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


class Tax(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A tax that was charged. `rate` is a fraction: 0.19 for 19 %."""

    amount: Amount
    name: Text | None = None
    rate: Annotated[Decimal, Meta()] | None = None


class Discount(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A reduction of a line or of the whole order's lines."""

    amount: Amount
    code: Code | None = None
    name: Text | None = None


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something bought. `location` (a location's code) names where a pick-up or point-of-sale line is handed over."""

    sku: Code
    quantity: Quantity
    unit_price: UnitPrice
    reference: Code | None = None
    name: Text | None = None
    delivery: Delivery = "ship"
    location: Code | None = None
    discounts: Annotated[list[Discount], Meta(max_length=20)] = field(default_factory=list)
    taxes: Annotated[list[Tax], Meta(max_length=20)] = field(default_factory=list)


class Charge(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Shipping or a fee, with its own taxes."""

    amount: Amount
    code: Code | None = None
    name: Text | None = None
    taxes: Annotated[list[Tax], Meta(max_length=20)] = field(default_factory=list)


# The payment providers that we move money with ourselves: a pending payment of theirs is authorized by us, with what
# `reference` says of how the payer pays, and what they authorized is captured when goods leave. Of others we are told.
EXCHANGE: Final = "exchange"  # of goods that come back and pay for others: only we say so
STORE_CREDIT: Final = "store_credit"  # what customers have with us: nobody else can have taken it
MANAGED_PROVIDERS = frozenset({"builtin", STORE_CREDIT, "stripe"})


class ReportedPayment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A payment that the channel reports to have taken or been promised. `due_on`: of an invoice with terms."""

    method: PaymentMethod
    state: PaymentState
    amount: Amount
    provider: Text | None = None
    reference: Text | None = None
    due_on: date | None = None


class PlaceOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One order. (channel, external_id) is who it is for ever: sending it again changes nothing."""

    channel: Code
    external_id: Code
    currency: Currency
    placed_at: Annotated[datetime, Meta(tz=True)]
    lines: Annotated[list[Line], Meta(min_length=1, max_length=LINES_MAX)]
    total: Amount
    kind: OrderKind = "sale"
    parent: OrderRef | None = None
    prices_include_tax: bool = False
    customer: Person | None = None
    ship_to: Address | None = None
    bill_to: Address | None = None
    shipping: Annotated[list[Charge], Meta(max_length=20)] = field(default_factory=list)
    fees: Annotated[list[Charge], Meta(max_length=20)] = field(default_factory=list)
    discounts: Annotated[list[Discount], Meta(max_length=20)] = field(default_factory=list)
    taxes: Annotated[list[Tax], Meta(max_length=20)] = field(default_factory=list)
    rounding: SignedAmount | None = None
    payments: Annotated[list[ReportedPayment], Meta(max_length=20)] = field(default_factory=list)
    requested_ship_on: date | None = None
    requested_delivery_on: date | None = None
    priority: Annotated[int, Meta(ge=-100, le=100)] = 0
    tags: Annotated[list[Code], Meta(max_length=50)] = field(default_factory=list)
    metadata: Metadata = field(default_factory=dict)
