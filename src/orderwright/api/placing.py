"""Placing orders: one a request through the coalescer, many a request in chunks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call, write
from orderwright.api.errors import VALUE_ERRORS
from orderwright.api.operations import Items, operation
from orderwright.api.outcomes import REFUSAL_STATUSES, status_of
from orderwright.api.problems import problem
from orderwright.flows.place_orders import place_orders
from orderwright.orders import PlaceOrder, PlaceOutcome
from orderwright.platform.attempts import apart
from orderwright.platform.context import Context
from orderwright.platform.db import Database
from orderwright.platform.errors import InvalidRequest
from orderwright.platform.ids import encode_id
from orderwright.platform.unstorable import unstorable

CHUNK = 200  # orders a transaction: what all share is locked no longer than one takes


class PlacementView(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an order. `code`: `placed`, `replayed` (it was here already, unchanged), or why it was refused.

    `holds` are the types of those that were opened at once; `backordered` counts units that wait for supply;
    `dropped_lines` are line numbers that the channel's policy left out. `message` says what to do about a refusal;
    `order_differs` has the id of the order that is there.
    """

    code: str
    ok: bool
    id: str | None = None
    number: int | None = None
    status: str | None = None
    holds: list[str] = msgspec.field(default_factory=list)
    backordered: int = 0
    dropped_lines: list[int] = msgspec.field(default_factory=list)
    message: str | UnsetType = UNSET
    details: dict[str, Any] | UnsetType = UNSET


class Placements(msgspec.Struct, frozen=True):
    """One outcome for each order of a bulk call, in the same order."""

    data: list[PlacementView]


ORDER_EXAMPLE: dict[str, Any] = {
    "channel": "web",
    "external_id": "W-100042",
    "currency": "USD",
    "placed_at": "2026-03-02T14:05:09Z",
    "customer": {"external_id": "c-17", "name": "Ada Lovelace", "email": "ada@example.com"},
    "ship_to": {
        "country": "US",
        "name": "Ada Lovelace",
        "line1": "1 Main St",
        "city": "Springfield",
        "region": "IL",
        "postal_code": "62701",
    },
    "lines": [{"sku": "MUG-BLUE", "quantity": 2, "unit_price": {"amount": 1250, "currency": "USD"}}],
    "shipping": [{"code": "standard", "amount": {"amount": 495, "currency": "USD"}}],
    "total": {"amount": 2995, "currency": "USD"},
    "payments": [{"method": "card", "state": "authorized", "amount": {"amount": 2995, "currency": "USD"}}],
}


@operation(
    "POST",
    "/v1/orders",
    tag="Orders",
    scope="orders.place",
    answer=PlacementView,
    status=201,
    also={200: PlacementView},
    refusals=REFUSAL_STATUSES,
    example=ORDER_EXAMPLE,
)
async def place_order(call: Call, body: PlaceOrder) -> Answer:
    """Place an order.

    (channel, external_id) is who it is for ever: sending it again, unchanged, answers 200 with the first order and
    changes nothing; sending it with other content is refused with `order_differs`. Answered when it is durable.
    """
    outcome: PlaceOutcome = await call.state.place_coalescer.submit(call.ctx.merchant, (call.ctx, body))
    view = view_placement(outcome)
    if not outcome.accepted:
        details = {"order_id": view.id, **outcome.details} if view.id else outcome.details
        message, status = outcome.message or "", status_of(outcome.code)
        return problem(outcome.code, status, message, details, request_id=call.ctx.request_id)
    if outcome.code == "placed":
        return json_answer(view, 201, ((b"location", f"/v1/orders/{view.id}".encode()),))
    return json_answer(view)


@operation(
    "POST",
    "/v1/orders/bulk",
    tag="Orders",
    scope="orders.place",
    answer=Placements,
    example={"data": [ORDER_EXAMPLE]},
)
async def place_orders_in_bulk(call: Call, items: Items[PlaceOrder]) -> Answer:
    """Place up to 1,000 orders.

    One that is wrong is answered with `invalid_request`, naming the field, and the others are placed. Chunks are
    committed one after the other: after a 503 some may be there already; send all of them again.
    """
    commands = [item for item in items if not isinstance(item, InvalidRequest)]
    placed = iter(await place_in_chunks(call.database, call.ctx, commands))
    views = [_wrong(item) if isinstance(item, InvalidRequest) else view_placement(next(placed)) for item in items]
    return json_answer(Placements(views))


async def place_in_chunks(database: Database, ctx: Context, commands: Sequence[PlaceOrder]) -> list[PlaceOutcome]:
    """Place any number of orders, a transaction a chunk. A value that cannot be stored fails its own order only."""
    outcomes: list[PlaceOutcome] = []
    for start in range(0, len(commands), CHUNK):
        outcomes += await _place(database, ctx, commands[start : start + CHUNK])
    return outcomes


async def _place(database: Database, ctx: Context, commands: Sequence[PlaceOrder]) -> list[PlaceOutcome]:
    async def place(some: Sequence[PlaceOrder]) -> list[PlaceOutcome]:
        return await write(database, ctx.merchant, lambda tx: place_orders(tx, ctx, some))

    def refuse(command: PlaceOrder, _: Exception) -> PlaceOutcome:
        error = unstorable(command)
        return PlaceOutcome(code=error.code, message=str(error), details=error.details)

    return await apart(place, commands, refuse, on=VALUE_ERRORS)


def view_placement(outcome: PlaceOutcome) -> PlacementView:
    """An outcome with its id as text."""
    return PlacementView(
        code=outcome.code,
        ok=outcome.accepted,
        id=None if outcome.order_id is None else encode_id("ord", outcome.order_id),
        number=outcome.number,
        status=outcome.status,
        holds=outcome.holds,
        backordered=outcome.backordered,
        dropped_lines=outcome.dropped_lines,
        message=outcome.message or UNSET,
        details=outcome.details or UNSET,
    )


def _wrong(error: InvalidRequest) -> PlacementView:
    return PlacementView(code="invalid_request", ok=False, message=str(error), details=error.details)


PLACING = [place_order, place_orders_in_bulk]
