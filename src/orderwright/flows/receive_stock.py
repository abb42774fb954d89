"""Receive stock: goods arrive, ATP rises by as much, and those who wait are served."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright import inventory
from orderwright.inventory import SUPPLIER, AvailabilityDelta, KnownPlace, Move, Place, Receipt, ReceiveStock
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.events import NewEvent, append_events
from orderwright.platform.ids import new_ids
from orderwright.platform.outcomes import Outcome
from orderwright.platform.work import enqueue_work


async def receive_stock(tx: Transaction, ctx: Context, commands: Sequence[ReceiveStock]) -> list[Outcome]:
    """Book arrivals into `available`, and wake the backorder pump.

    Permission: `stock.write`, by a caller that is not limited to channels. Locks: availability, dated supply, stock.
    Appends `stock.received`. Outcomes, in precedence: those of `know_places`, `location_inactive` (nobody is sent there
    for goods, so that none of them could be promised), `unknown_supply`, `too_many_units`, `received`.
    """
    ctx.require("stock.write")
    ctx.require_all_channels("Stock is of no channel.")
    places = await inventory.know_places(tx, ctx, [(c.sku, c.location) for c in commands])
    places = [inventory.only_open(place) for place in places]
    known = [place for place in places if isinstance(place, KnownPlace)]
    named = [supply_id for c in commands if (supply_id := inventory.supply_id(c)) is not None]
    balances = await inventory.lock_availability(tx, [place.pool for place in known])
    supplies = {s.id: s for s in await inventory.lock_supply(tx, named)} if named else {}
    stock = await inventory.lock_stock(tx, [place.pair for place in known])
    room = inventory.Room(balances, stock)
    decided = inventory.decide_receipts(new_ids(len(commands)), places, commands, supplies, room)
    receipts = [d for d in decided if isinstance(d, Receipt)]
    if receipts:
        await _book(tx, ctx, receipts)
        await inventory.move_supply(tx, inventory.supplies_less_receipts(receipts))
    return [Outcome(code="received", id=d.id) if isinstance(d, Receipt) else d for d in decided]


async def _book(tx: Transaction, ctx: Context, receipts: Sequence[Receipt]) -> None:
    act_id = await record_act(tx, ctx, "receive_stock")
    deltas, moves, events = [], [], []
    for r in receipts:
        deltas.append(AvailabilityDelta(*r.place.pool, r.command.quantity))
        here = Place(r.place.location.id, "available")
        moves.append(Move(r.place.sku.id, SUPPLIER, here, r.command.quantity, "receipt", r.id))
        data = {
            "sku": r.command.sku, "location": r.command.location, "quantity": r.command.quantity,
            "reference": r.command.reference,
        }  # fmt: skip
        events.append(NewEvent(r.id, 1, "stock.received", data, ctx.now))
    await inventory.move_availability(tx, deltas)
    await inventory.move_goods(tx, act_id, moves, ctx.now)
    await inventory.stamp_received(tx, [r.place.pair for r in receipts])
    await append_events(tx, act_id, events)
    await enqueue_work(tx, "backorders", [r.place.sku.id for r in receipts])
