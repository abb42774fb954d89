"""Receive what comes back, whatever was announced: into quarantine, until somebody has looked at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from orderwright import catalog, inventory, orders, returns
from orderwright.catalog import LocationFacts, SkuFacts
from orderwright.flows.credit_returns import credit_returns
from orderwright.flows.lock_returns import LockedReturns, Places, lock_returns
from orderwright.inventory import CUSTOMER, Move, Place
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.events import NewEvent, append_events
from orderwright.platform.ids import UUID, encode_id, new_ids
from orderwright.platform.outcomes import Outcome
from orderwright.returns import Counted, CountedItem, Parked, ReceiveReturn, Return, TakenIn


class Arrived(NamedTuple):
    """A parcel of a return. `parked_id` is of what is over in it."""

    one: Return
    at: LocationFacts
    taken: TakenIn
    parked_id: UUID


async def receive_returns(tx: Transaction, ctx: Context, commands: Sequence[ReceiveReturn]) -> list[Outcome]:
    """Book what was in parcels: units of the order come from the customer into quarantine, announced or not; what is
    too much or of another SKU is parked. What arrives after the end of a return is parked as well. Refunds do not stop
    it.

    Permission: `returns.receive`. Locks: orders, stock. Appends `return.received`, `return.credited` where money goes
    back on receipt, and `return.parked`. Outcomes, in precedence: `return_not_found`, `duplicate_in_batch`,
    `unknown_location`, `location_not_allowed`, `location_inactive`, `not_stocked`, `parked` (nothing of it is of the
    order), `received` (`details.missing` by line; `details.unexpected_id`: what was over).
    """
    ctx.require("returns.receive")
    locked = await lock_returns(tx, ctx, [command.return_id for command in commands])
    places = await Places.hold(tx, [c.location for c in commands], [r.location_id for r in locked.returns.values()])
    skus = await catalog.skus_by_code(tx, list({item.sku for c in commands for item in c.items}))
    arrived: dict[UUID, Arrived] = {}
    outcomes: list[Outcome] = []
    for command, parked_id in zip(commands, new_ids(len(commands)), strict=True):
        one = locked.returns.get(command.return_id)
        if one is None:
            outcomes.append(returns.refuse("return_not_found"))
        elif one.id in arrived:
            outcomes.append(returns.refuse("duplicate_in_batch"))
        else:
            at = find_open(ctx, places, command.location, one.location_id)
            counted = count_items(skus, command.items)
            if isinstance(at, Outcome):
                outcomes.append(at)
                continue
            if isinstance(counted, Outcome):
                outcomes.append(counted)
                continue
            taken = returns.take_in(locked.book(one), one, at.id, counted) if one.is_open else TakenIn([], counted)
            arrived[one.id] = Arrived(one, at, taken, parked_id)
            outcomes.append(_outcome(locked, arrived[one.id]))
    if arrived:
        await _book(tx, ctx, locked, list(arrived.values()))
    return outcomes


def find_open(ctx: Context, places: Places, code: str | None, otherwise: UUID | None) -> LocationFacts | Outcome:
    """A location that goods may come in at."""
    at = places.find(ctx, code, otherwise)
    if isinstance(at, Outcome) or at.active:
        return at
    return inventory.refuse("location_inactive", location=at.code)


def count_items(skus: Mapping[str, SkuFacts], items: Sequence[CountedItem]) -> list[Counted] | Outcome:
    """Items with the ids of their SKUs, where those are known: `not_stocked` for what is no thing of its own."""
    for item in items:
        sku = skus.get(item.sku)
        if sku is not None and sku.kind != "stocked":
            return inventory.refuse("not_stocked", sku=item.sku)
    return [Counted(skus[i.sku].id if i.sku in skus else None, i.sku, i.quantity) for i in items]


def _outcome(locked: LockedReturns, arrived: Arrived) -> Outcome:
    one, book, details = arrived.one, locked.book(arrived.one), dict[str, Any]()
    missing = {n: line.quantity - book.came(one, n) for n, line in one.lines.items()}
    if arrived.taken.over:
        details["unexpected_id"] = encode_id("urt", arrived.parked_id)
        details["over"] = [{"sku": over.sku_code, "quantity": over.quantity} for over in arrived.taken.over]
    if not arrived.taken.units:
        return Outcome(code="parked", id=one.id, details=details)
    short = [{"line": n, "quantity": units} for n, units in missing.items() if units > 0]
    return Outcome(code="received", id=one.id, details=details | ({"missing": short} if short else {}))


async def _book(tx: Transaction, ctx: Context, locked: LockedReturns, arrived: Sequence[Arrived]) -> None:
    act_id = await record_act(tx, ctx, "receive_returns")
    story = orders.OrderStory(locked.orders, ctx.now)
    moves: list[Move] = []
    taken = [a for a in arrived if a.taken.units]
    for a in taken:
        here = Place(a.at.id, "quarantine")
        moves += [
            Move(part.sku_id, CUSTOMER, here, units, "return", a.one.id, part.order_id, part.line_n, part.component_n)
            for part, units in a.taken.units
        ]
        tell_received(story, a.one, a.at.id, a.taken, a.parked_id if a.taken.over else None)
    parked = [Parked(a.parked_id, a.at.id, a.one.id, None, None, a.taken.over) for a in arrived if a.taken.over]
    changed = [a.one for a in taken]
    await credit_returns(tx, ctx, act_id, story, locked, changed)
    await returns.write_returns(tx, changed)
    await returns.count_back(tx, [unit for a in taken for unit in a.taken.units], [], [])
    moves += parked_moves(parked)
    await inventory.lock_stock(tx, [(m.sku_id, place.location_id) for m in moves
                                    for place in (m.target,) if place.location_id is not None])  # fmt: skip
    await inventory.move_goods(tx, act_id, moves, ctx.now)
    await returns.park(tx, act_id, parked)
    await story.write(tx, act_id)
    await append_events(tx, act_id, [parked_event(ctx, parcel) for parcel in parked])


def tell_received(
    story: orders.OrderStory, one: Return, location_id: UUID, taken: TakenIn, parked_id: UUID | None
) -> None:
    """Goods of an order came back."""
    lines = [
        {"line": part.line_n, "component": part.component_n, "quantity": units, "sku_id": encode_id("sku", part.sku_id)}
        for part, units in taken.units
    ]
    story.tell(one.order_id, "return.received", {
        "return_id": encode_id("ret", one.id), "location_id": encode_id("loc", location_id), "lines": lines,
        "unexpected_id": None if parked_id is None else encode_id("urt", parked_id),
    })  # fmt: skip


def parked_moves(parked: Sequence[Parked]) -> list[Move]:
    """What is parked lies in quarantine, as far as its SKU is known."""
    return [
        Move(item.sku_id, CUSTOMER, Place(parcel.location_id, "quarantine"), item.quantity, "return", parcel.id)
        for parcel in parked
        for item in parcel.items
        if item.sku_id is not None
    ]


def parked_event(ctx: Context, parcel: Parked) -> NewEvent:
    """A parcel was parked."""
    data = {
        "location_id": encode_id("loc", parcel.location_id),
        "return_id": None if parcel.return_id is None else encode_id("ret", parcel.return_id),
        "items": [{"sku": item.sku_code, "quantity": item.quantity} for item in parcel.items],
    }
    return NewEvent(parcel.id, 1, "return.parked", data, ctx.now)
