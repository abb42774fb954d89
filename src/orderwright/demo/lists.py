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
