"""Parcels that come back and that no return expects: parked, and resolved when it is known whose they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from orderwright import catalog, inventory, orders, returns
from orderwright.catalog import LocationFacts
from orderwright.flows.credit_returns import credit_returns
from orderwright.flows.inspect_returns import move_out
from orderwright.flows.lock_returns import LockedReturns, Places
from orderwright.flows.receive_returns import count_items, find_open, parked_event, parked_moves, tell_received
from orderwright.inventory import AvailabilityDelta, Move, Place
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.errors import InvalidId
from orderwright.platform.events import NewEvent, append_events
from orderwright.platform.ids import UUID, decode_id, encode_id, new_ids
from orderwright.platform.outcomes import Outcome
from orderwright.returns import (
    Counted,
    ExchangeRow,
    Parked,
    ParkReturn,
    PolicyOf,
    ResolveParked,
    Return,
    ReturnState,
    TakenIn,
    UnexpectedState,
)

_OF_NO_CHANNEL = "Parked goods are of no channel."


async def park_returns(tx: Transaction, ctx: Context, commands: Sequence[ParkReturn]) -> list[Outcome]:
    """Book parcels that came back and of which nobody knows the order: known SKUs into quarantine, the rest as noted.

    Permission: `returns.receive`, by a caller that is not limited to channels. Locks: stock. Appends `return.parked`.
    Outcomes, in precedence: `unknown_location`, `location_not_allowed`, `location_inactive`, `not_stocked`, `parked`.
    """
    ctx.require("returns.receive")
    ctx.require_all_channels(_OF_NO_CHANNEL)
    places = await Places.hold(tx, [command.location for command in commands], [])
    skus = await catalog.skus_by_code(tx, list({item.sku for c in commands for item in c.items}))
    outcomes: list[Outcome] = []
    parked: list[Parked] = []
    for new, command in zip(new_ids(len(commands)), commands, strict=True):
        at = find_open(ctx, places, command.location, None)
        counted = count_items(skus, command.items)
        if isinstance(at, Outcome):
            outcomes.append(at)
            continue
        if isinstance(counted, Outcome):
            outcomes.append(counted)
            continue
        parked.append(Parked(new, at.id, None, command.tracking_number, command.reference, counted))
        outcomes.append(Outcome(code="parked", id=new))
    if parked:
        act_id = await record_act(tx, ctx, "park_returns")
        moves = parked_moves(parked)
        await inventory.lock_stock(
            tx, [(m.sku_id, m.target.location_id) for m in moves if m.target.location_id is not None]
        )
        await inventory.move_goods(tx, act_id, moves, ctx.now)
        await returns.park(tx, act_id, parked)
        await append_events(tx, act_id, [parked_event(ctx, parcel) for parcel in parked])
    return outcomes


class _Resolved(NamedTuple):
    """What became of a parked parcel: a return of an order with what was taken in, or goods that move out."""

    id: UUID
    at: LocationFacts
    one: Return | None
    taken: TakenIn
    moves: list[Move]
    disposition: str


async def resolve_parked(tx: Transaction, ctx: Context, commands: Sequence[ResolveParked]) -> list[Outcome]:
    """Say whose parked parcels are: each is received by the return of that order that waits for just these goods, or
    becomes a return of its own. Or that they are nobody's, and where the goods go.

    Permission: `returns.write`, by a caller that is not limited to channels. Locks: orders, parked parcels,
    availability, stock. Appends `return.received`, `return.credited`; `return.matched` or `return.disposed`. Outcomes,
    in precedence: `unexpected_not_found`, `duplicate_in_batch`, `wrong_state`, `order_not_found`, `unknown_goods`,
    `not_of_order`, `location_inactive` (nothing is restocked there), `matched` (`details.return_id`), `disposed`.
    """
    ctx.require("returns.write")
    ctx.require_all_channels(_OF_NO_CHANNEL)
    named = [_order_id(command) for command in commands]
    own = sorted({order_id for order_id in named if order_id is not None})
    paid = [row.new_order_id for row in await returns.read_exchanges(tx, order_ids=own)] if own else []
    locked = await orders.lock_own_orders(tx, ctx, [*own, *paid])
    exchanges = await _exchanges(tx, locked, own) if own else {}
    parked = await returns.lock_parked(tx, [command.unexpected_id for command in commands])
    books = await returns.read_books(tx, [order_id for order_id in own if order_id in locked])
    policies = await returns.read_policies(tx, [order.channel_id for order in locked.values()])
    places = await catalog.hold_locations_by_id(tx, list({row.location_id for row, _ in parked.values()}))
    resolved: dict[UUID, _Resolved] = {}
    outcomes: list[Outcome] = []
    for command, order_id, new in zip(commands, named, new_ids(len(commands)), strict=True):
        row, items = parked.get(command.unexpected_id, (None, []))
        if row is None or not ctx.may_location(row.location_id):
            outcomes.append(returns.refuse("unexpected_not_found"))
            continue
        if row.id in resolved:
            outcomes.append(returns.refuse("duplicate_in_batch"))
            continue
        if row.state != UnexpectedState.PARKED:
            outcomes.append(returns.refuse("wrong_state", state=row.state))
            continue
        counted = [Counted(item.sku_id, item.sku_code, item.quantity) for item in items]
        at = places[row.location_id]
        if command.order_id is None:
            decided = _dispose(row.id, at, counted, command.disposition)
        elif order_id is None or order_id not in books:
            decided = returns.refuse("order_not_found")
        else:
            policy = policies[locked[order_id].channel_id]
            decided = _match(row.id, at, counted, books[order_id], exchanges, policy, new)
        if isinstance(decided, Outcome):
            outcomes.append(decided)
            continue
        resolved[row.id] = decided
        details = {} if decided.one is None else {"return_id": encode_id("ret", decided.one.id)}
        outcomes.append(Outcome(code="disposed" if decided.one is None else "matched", id=row.id, details=details))
    if resolved:
        found = {r.one.id: r.one for r in resolved.values() if r.one is not None}
        mine = {i: row for i, row in exchanges.items() if row is not None}
        await _write(tx, ctx, LockedReturns(locked, books, found, mine), list(resolved.values()))
    return outcomes


async def _exchanges(
    tx: Transaction, locked: Mapping[UUID, orders.LockedOrder], order_ids: Sequence[UUID]
) -> dict[UUID, ExchangeRow | None]:
    """The open exchanges of orders, by return; None where the new order is not locked: somebody asked for it just now,
    or it is not the caller's."""
    rows = returns.open_exchanges_by_return(await returns.read_exchanges(tx, order_ids=order_ids))
    return {i: row if row.new_order_id in locked else None for i, row in rows.items()}


def _order_id(command: ResolveParked) -> UUID | None:
    try:
        return None if command.order_id is None else decode_id("ord", command.order_id)
    except InvalidId:
        return None


def _dispose(parked_id: UUID, at: LocationFacts, counted: list[Counted], disposition: str) -> _Resolved | Outcome:
    if disposition == "restock" and not at.active:
        return inventory.refuse("location_inactive", location=at.code)
    target = returns.target_of(disposition, at.id)
    here = Place(at.id, "quarantine")
    moves = [
        Move(item.sku_id, here, target, item.quantity, "return", parked_id)
        for item in counted
        if item.sku_id is not None and target is not None
    ]
    return _Resolved(parked_id, at, None, TakenIn([], []), moves, disposition)


def _match(
    parked_id: UUID,
    at: LocationFacts,
    counted: list[Counted],
    book: returns.OrderBook,
    exchanges: Mapping[UUID, ExchangeRow | None],
    policy: PolicyOf,
    new: UUID,
) -> _Resolved | Outcome:
    if any(item.sku_id is None for item in counted):
        return returns.refuse("unknown_goods", skus=[item.sku_code for item in counted if item.sku_id is None])
    waiting = returns.waiting_for(book, counted)
    if waiting is not None and (waiting.id not in exchanges or exchanges[waiting.id] is not None):
        return _Resolved(parked_id, at, waiting, returns.take_in(book, waiting, at.id, counted), [], "")
    one = Return(
        id=new, order_id=book.order.order_id, location_id=at.id, state=ReturnState.REQUESTED, method="drop_off",
        tracking_number=None, policy_version=policy.version, terms=policy.terms,
    )  # fmt: skip
    book.returns[new] = one
    taken = returns.take_in(book, one, at.id, counted)
    if taken.over:
        del book.returns[new]
        return returns.refuse("not_of_order", over=[{"sku": o.sku_code, "quantity": o.quantity} for o in taken.over])
    return _Resolved(parked_id, at, one, taken, [], "")


async def _write(tx: Transaction, ctx: Context, locked: LockedReturns, resolved: Sequence[_Resolved]) -> None:
    act_id = await record_act(tx, ctx, "resolve_parked")
    story = orders.OrderStory(locked.orders, ctx.now)
    made = list({r.one.id: r.one for r in resolved if r.one is not None}.values())
    for r in resolved:
        if r.one is not None:
            tell_received(story, r.one, r.at.id, r.taken, r.id)
    await credit_returns(tx, ctx, act_id, story, locked, made)
    await returns.write_returns(tx, made)
    await returns.count_back(tx, [unit for r in resolved for unit in r.taken.units], [], [])
    deltas = [
        AvailabilityDelta(m.sku_id, r.at.pool_id, m.quantity)
        for r in resolved
        for m in r.moves
        if m.target.bucket == "available"
    ]
    await move_out(tx, act_id, ctx, [m for r in resolved for m in r.moves], deltas)
    await returns.settle_parked(tx, [
        (r.id, UnexpectedState.DISPOSED if r.one is None else UnexpectedState.MATCHED, r.one.id if r.one else None)
        for r in resolved
    ])  # fmt: skip
    await story.write(tx, act_id)
    await append_events(tx, act_id, [_event(ctx, r) for r in resolved])


def _event(ctx: Context, r: _Resolved) -> NewEvent:
    if r.one is None:
        return NewEvent(r.id, 2, "return.disposed", {"disposition": r.disposition}, ctx.now)
    return NewEvent(r.id, 2, "return.matched", {"return_id": encode_id("ret", r.one.id)}, ctx.now)
