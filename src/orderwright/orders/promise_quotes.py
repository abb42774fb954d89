"""What an order that is still being typed would be promised. Pure: it is decided as placing decides it, and undone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

from orderwright.inventory import Headroom
from orderwright.orders.contract import (
    LINES_MAX,
    Address,
    Amount,
    Line,
    PlaceOrder,
    ReportedPayment,
    UnitPrice,
)
from orderwright.orders.drafts import Draft, DraftLine
from orderwright.orders.errors import Refusal
from orderwright.orders.placement import Placement, PromiseDraft, place_drafts
from orderwright.platform.fields import NO_NUL, Code, Country, Quantity
from orderwright.platform.ids import UUID

Becomes = Literal["backorder", "preorder", "drop", "reject", "hold"]
_SOMEWHERE = "ZZ"


class PromiseLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something that is wanted."""

    sku: Code
    quantity: Quantity = 1


class PromiseTo(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where it goes, as far as that is known. Dates are nearer with coordinates."""

    country: Country
    postal_code: Annotated[str, Meta(max_length=20, pattern=NO_NUL)] | None = None
    latitude: Annotated[float, Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Meta(ge=-180, le=180)] | None = None


class PromiseAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An order that is not placed yet. `paid`: its money was taken already, so that it is never refused."""

    channel: Code
    lines: Annotated[list[PromiseLine], Meta(min_length=1, max_length=LINES_MAX)]
    ship_to: PromiseTo | None = None
    paid: bool = False


class Rest(NamedTuple):
    """What becomes of the units of a line that are not there now. `due_on`: of the supply of a preorder."""

    units: int
    becomes: Becomes
    due_on: date | None


class QuotedLine(NamedTuple):
    """A line: whole units that can be promised now, units of its parts by pool, and what becomes of the rest."""

    available: int
    pools: Mapping[UUID, int]
    rest: Rest | None


class Quoted(NamedTuple):
    """What placing would come to."""

    result: Placement | Refusal
    lines: list[QuotedLine]


def order_to_promise(asked: PromiseAsked, currency: str, now: datetime) -> PlaceOrder:
    """The order as placing would be sent it, at no price: prices decide nothing of a promise."""
    nothing = Amount(0, currency)
    to = asked.ship_to
    # Without a destination it is as if to somewhere: what is typed first are lines.
    ship_to = Address(country=_SOMEWHERE) if to is None else Address(**msgspec.structs.asdict(to))
    return PlaceOrder(
        channel=asked.channel,
        external_id="quote",
        currency=currency,
        placed_at=now,
        lines=[Line(sku=x.sku, quantity=x.quantity, unit_price=UnitPrice(0, currency)) for x in asked.lines],
        total=nothing,
        ship_to=ship_to,
        payments=[ReportedPayment(method="cash", state="captured", amount=nothing)] if asked.paid else [],
    )


def quote_draft(draft: Draft, headroom: Headroom) -> Quoted:
    """What placing a draft would come to. `headroom` is as before afterwards."""
    result = _placed(draft, headroom)[0]
    lenient, due_on = _placed(draft._replace(never_refused=True), headroom)
    assert isinstance(lenient, Placement)  # nothing refuses it
    most = _placed(_without_limits(draft), headroom)[0]
    assert isinstance(most, Placement)
    left_over = _left_over(lenient)
    lines = []
    for line in draft.lines:
        fate: Becomes | None = None
        if line.n in lenient.dropped_lines:
            fate = "drop"
        elif line.n in left_over:
            fate = "hold" if draft.never_refused else "reject"
        elif any(c.mode == "pending" for c in line.components):
            fate = "hold"
        promises = [p for p in (lenient if fate is None else most).promises if p.line_n == line.n]
        available = _whole_units(line, promises)
        waits = [b for b in lenient.backorders if b.line_n == line.n]
        due = None
        if waits and fate is None:
            fate = "preorder" if any(b.supply_id for b in waits) else "backorder"
            due = max((due_on[b.supply_id] for b in waits if b.supply_id is not None), default=None)
        rest = None if fate is None else Rest(line.line.quantity - available, fate, due)
        lines.append(QuotedLine(available, _by_pool(promises), rest))
    return Quoted(result, lines)


def _placed(draft: Draft, headroom: Headroom) -> tuple[Placement | Refusal, dict[UUID, date]]:
    """What placing comes to, and the dates of the supplies that it takes from; undone."""
    mark = headroom.mark()
    [result] = place_drafts([draft], headroom, {})
    due_on = {taken.supply.id: taken.supply.due_on for taken in headroom.supply_changes()}
    headroom.undo_to(mark)
    assert result is not None  # it has no twin
    return result, due_on


def _without_limits(draft: Draft) -> Draft:
    """The draft as if whatever is short might wait: what is there of each line is promised then."""
    lines = [
        line._replace(components=[c._replace(backorder_limit=None) for c in line.components]) for line in draft.lines
    ]
    channel = draft.channel._replace(short_line_policy="backorder")
    return draft._replace(channel=channel, lines=lines, never_refused=True)


def _left_over(placement: Placement) -> set[int]:
    """Lines that are short and may not wait."""
    return {
        n for hold in placement.holds if hold.type == "out_of_stock" for n in hold.detail["lines"]
    }  # fmt: skip


def _whole_units(line: DraftLine, promises: list[PromiseDraft]) -> int:
    """Units of a line (kits) that its components are there for."""
    wanted = line.line.quantity
    got: dict[int, int] = {}
    for promise in promises:
        got[promise.component_n] = got.get(promise.component_n, 0) + promise.quantity
    return min((_of_component(c.mode, got.get(c.n, 0), c.quantity, wanted) for c in line.components), default=wanted)


def _of_component(mode: str, got: int, needed: int, wanted: int) -> int:
    if mode == "stock":
        return got * wanted // needed
    return 0 if mode == "pending" else wanted


def _by_pool(promises: list[PromiseDraft]) -> dict[UUID, int]:
    units: dict[UUID, int] = {}
    for promise in promises:
        units[promise.pool_id] = units.get(promise.pool_id, 0) + promise.quantity
    return units
