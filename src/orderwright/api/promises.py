"""What an order that is still being typed would be promised."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from orderwright import orders
from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.operations import Operation, operation
from orderwright.api.outcomes import status_of
from orderwright.api.problems import problem
from orderwright.flows.promise_quotes import Quote, quote_promise
from orderwright.orders import PromiseAsked


class PoolUnits(msgspec.Struct, frozen=True):
    """Units of a line, or of the parts of a kit, that a pool would promise."""

    pool: str
    units: int


class PromiseRest(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of the units of a line that are not there now, by the channel's policy: they wait (`backorder`), or
    for a dated supply (`preorder`, due on `due_on`), the line is left out (`drop`), the order is refused (`reject`), or
    held with the line pending (`hold`)."""

    units: int
    becomes: Literal["backorder", "preorder", "drop", "reject", "hold"]
    due_on: date | None


class PromisedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line as it was asked. `available`: units of it (whole kits) that can be promised now, of the channel's pools
    less its buffer. `rest`: null where it is whole."""

    sku: str
    quantity: int
    available: int
    pools: list[PoolUnits]
    rest: PromiseRest | None


class OrderPromise(msgspec.Struct, frozen=True, kw_only=True):
    """What placing would come to now. `code`: `placed`, or why it would be refused, with its `message`. `promised_on`:
    the day that placing and sourcing would promise it for, local to `promise_zone`; null where nothing tells one."""

    ok: bool
    code: str
    holds: list[str]
    promised_on: date | None
    promise_zone: str | None
    lines: list[PromisedLine]
    message: str | UnsetType = UNSET


@operation(
    "POST", "/v1/orders/promise", tag="Orders", scope="orders.place", answer=OrderPromise, body=PromiseAsked,
    refusals=(403, 422), example={
        "channel": "web", "lines": [{"sku": "MUG-BLUE", "quantity": 2}],
        "ship_to": {"country": "US", "postal_code": "43004"},
    },
)  # fmt: skip
async def quote_order_promise(call: Call, body: PromiseAsked) -> Answer:
    """Say what an order would be promised if it were placed now.

    Nothing is kept, promised or reserved: others may be faster. Prices, payments and the checks of an order decide
    nothing here. Without `ship_to` the date is that of an unknown place.
    """
    quote = await call.read(lambda tx: quote_promise(tx, call.ctx, body))
    if quote.refusal is not None and not quote.lines:  # nothing of it was looked at
        outcome = orders.refuse(quote.refusal)
        message, status = outcome.message or "", status_of(outcome.code)
        return problem(outcome.code, status, message, outcome.details, request_id=call.ctx.request_id)
    return json_answer(_view(body, quote))


def _view(asked: PromiseAsked, quote: Quote) -> OrderPromise:
    refused = None if quote.refusal is None else orders.refuse(quote.refusal)
    lines = [
        PromisedLine(
            sku=line.sku,
            quantity=line.quantity,
            available=quoted.available,
            pools=[PoolUnits(quote.pools[pool_id], units) for pool_id, units in quoted.pools.items()],
            rest=None if quoted.rest is None else PromiseRest(**quoted.rest._asdict()),
        )
        for line, quoted in zip(asked.lines, quote.lines, strict=True)
    ]
    return OrderPromise(
        ok=refused is None,
        code="placed" if refused is None else refused.code,
        holds=quote.holds,
        promised_on=quote.promised_on,
        promise_zone=quote.zone,
        lines=lines,
        message=UNSET if refused is None or refused.message is None else refused.message,
    )


PROMISES: list[Operation] = [quote_order_promise]
