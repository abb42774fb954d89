"""What is said of units that somebody moves to another location, and the codes of a "no" to it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from orderwright.orders import NoteWords
from orderwright.platform.fields import Code, Quantity
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome, no

UNITS_MAX = 200  # entries of one move
MoveReason = Literal[
    "customer_asked", "sooner", "cheaper", "together", "keep_stock", "location_cannot", "other"
]  # fmt: skip

MESSAGES: dict[str, str] = {
    "duplicate_in_batch": "The same order is named twice in this call. Send each once.",
    "unknown_location": "There is no location of this code, or it is not yours. Correct `to`.",
    "location_inactive": "The location is closed: nothing leaves from there. Open it, or choose another.",
    "pool_not_sold": "The order's channel does not sell from the location's pool. Choose a location of another.",
    "unknown_fulfillment": "The order has no such fulfillment. Read the order again.",
    "already_there": "The units are at this location already. Choose another.",
    "work_has_begun": "Somebody has begun to pick them. Let them finish, or reject the fulfillment there.",
    "line_names_location": "The order names the location of this line: nobody else may bring it. Leave it out.",
    "too_few_to_move": "Fewer units wait there than are to be moved. Read the order again; `details` says how many.",
    "too_few_at_location": "The location has too few units available. Move fewer, or choose another location.",
    "overtaken": "The location changed its pool while this was decided. Nothing was moved: send it again.",
    "pool_short": "The location's pool has promised its units to others. Move fewer, or choose a location of the pool"
    " that promised them.",
}


class UnitsToMove(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`quantity` units of a component: of those that a `fulfillment` has to bring and nobody has begun to pick; or,
    without one, of those that are promised and wait for a location."""

    line: Annotated[int, Meta(ge=1, le=1_000_000)]
    component: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    quantity: Quantity
    fulfillment: Annotated[str, Meta(max_length=40, pattern=r"\A[^\x00-\x1f\x7f]*\Z")] | None = None


class MoveUnits(msgspec.Struct, frozen=True, kw_only=True):
    """Units of an order are to leave from the location `to`: all of them, or none is moved. `reason` is kept with the
    decision and in the event. `note` is for people: it is written on the order like any other, so that it is erased
    with its people, and needs `orders.note`."""

    order_id: UUID
    to: Code
    units: Annotated[list[UnitsToMove], Meta(min_length=1, max_length=UNITS_MAX)]
    reason: MoveReason | None = None
    note: NoteWords | None = None


def refuse_move(code: str, **details: Any) -> Outcome:
    """A "no" with its sentence."""
    return no(code, MESSAGES[code], **details)
