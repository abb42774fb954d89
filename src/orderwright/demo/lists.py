"""What the demo's people look at before they act: work lists, holds, shortages. Read-only, over all slices.

They keep no list of their own, so a demo that was stopped goes on where it was.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import query


class LastOrder(NamedTuple):
    """The highest place in the stream of baskets that was ordered; None before the first."""

    demo_order: int | None


class ToDo(NamedTuple):
    """A fulfillment in a state since `entered_at`."""

    id: UUID
    location_id: UUID
    number: int
    entered_at: datetime


class Weight(NamedTuple):
    """What was picked for a fulfillment, in grams."""

    fulfillment_id: UUID
    weight_g: int


class OnTheWay(NamedTuple):
    """A parcel, its state, and when it was last heard of. `city` is where it came from."""

    tracking_number: str
    state: str
    heard_at: datetime
    number: int
    city: str | None


class WaitingHold(NamedTuple):
    """A hold that somebody should look at. `detail` is JSON text."""

    order_id: UUID
    number: int
    type: str
    detail: str
    created_at: datetime


class Unsourceable(NamedTuple):
    """An order with promised units that no location can bring."""

    order_id: UUID
    number: int


class ToReplenish(NamedTuple):
    """A SKU that a pool runs out of, in units."""

    sku: str
    pool_id: UUID
    available_to_promise: int
    backordered: int


class OnOrder(NamedTuple):
    """Units that were announced and have not arrived."""

    id: UUID
    sku: str
    pool_id: UUID
    quantity: int
    created_at: datetime


class RefusedPayment(NamedTuple):
    """A payment whose authorization was refused."""

    id: UUID
    order_id: UUID


class ToSoothe(NamedTuple):
    """A delivered order of which we may give money back, in minor units."""

    order_id: UUID
    number: int
    currency: str
    delivered_at: datetime
    refundable_minor: int


class OpenBalance(NamedTuple):
    """A balance that stays open, with one of the order's payments; the last five are None where it has none.

    `due_minor`: what the customer owes, negative where we do. `known`: its provider has it. `awaited`: it was to bring
    more than it has.
    """

    order_id: UUID
    number: int
    currency: str
    why: str
    since: datetime
    due_minor: int
    payment_id: UUID | None
    known: bool | None
    refused: bool | None
    awaited: bool | None
    refundable_minor: int | None


class ToEdit(NamedTuple):
    """A line of an order that may be changed. `net_minor`: what it costs without taxes, less discounts."""

    order_id: UUID
    number: int
    revision: int
    came_at: datetime
    line: int
    sku: str
    quantity: int
    net_minor: int


class ToReturn(NamedTuple):
    """A line of a delivered order, with its units that arrived."""

    order_id: UUID
    number: int
    delivered_at: datetime
    line: int
    units: int


class ReturnUnderWay(NamedTuple):
    """A return in a state since `entered_at`, and the location that it goes to. `refusable`: what is found may still
    keep its money from going back."""

    id: UUID
    order_id: UUID
    number: int
    state: str
    method: str
    location_id: UUID
    entered_at: datetime
    refusable: bool


class ReturnedGoods(NamedTuple):
    """Units of a SKU of a return."""

    return_id: UUID
    sku: str
    units: int


class ParkedGoods(NamedTuple):
    """Goods that nobody expected, in a parcel of an order's return."""

    id: UUID
    number: int
    entered_at: datetime


class ExchangeShort(NamedTuple):
    """The new order of an exchange that ended and did not pay for it."""

    order_id: UUID
    number: int
    entered_at: datetime


class OpenDemoClaim(NamedTuple):
    """A claim that somebody is to do something about."""

    id: UUID
    number: int
    kind: str
    state: str
    carrier_state: str
    currency: str


class Backlog(NamedTuple):
    """How much waits to be done."""

    waiting: int


LAST_ORDER = query(__package__, "last_order", LastOrder)
TO_DO = query(__package__, "to_do", ToDo)
TO_COLLECT = query(__package__, "to_collect", ToDo)
WEIGHTS = query(__package__, "weights", Weight)
ON_THE_WAY = query(__package__, "on_the_way", OnTheWay)
WAITING_HOLDS = query(__package__, "waiting_holds", WaitingHold)
UNSOURCEABLE = query(__package__, "unsourceable", Unsourceable)
TO_REPLENISH = query(__package__, "to_replenish", ToReplenish)
ON_ORDER = query(__package__, "on_order", OnOrder)
BACKLOG = query(__package__, "backlog", Backlog)
REFUSED_PAYMENTS = query(__package__, "refused_payments", RefusedPayment)
TO_SOOTHE = query(__package__, "to_soothe", ToSoothe)
OPEN_BALANCES = query(__package__, "open_balances", OpenBalance)
TO_EDIT = query(__package__, "to_edit", ToEdit)
TO_RETURN = query(__package__, "to_return", ToReturn)
RETURNS_UNDER_WAY = query(__package__, "returns_under_way", ReturnUnderWay)
GOODS_ANNOUNCED = query(__package__, "goods_announced", ReturnedGoods)
GOODS_TO_INSPECT = query(__package__, "goods_to_inspect", ReturnedGoods)
EXCHANGES_SHORT = query(__package__, "exchanges_short", ExchangeShort)
CLAIMS_OPEN = query(__package__, "claims_open", OpenDemoClaim)
PARKED = query(__package__, "parked", ParkedGoods)
