"""Receive stock: goods arrive, ATP rises by as much, and those who wait are served."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from orderwright import catalog, inventory
from orderwright.catalog import LocationFacts, SkuFacts
from orderwright.inventory import SUPPLIER, AvailabilityDelta, Move, Place, ReceiveStock
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.errors import InvalidId
from orderwright.platform.events import NewEvent, append_events
from orderwright.platform.ids import UUID, decode_id, new_ids
from orderwright.platform.outcomes import Outcome
from orderwright.platform.work import enqueue_work


class Known(NamedTuple):
    """A command whose SKU and location are known."""

    sku: SkuFacts
    location: LocationFacts


async def know_places(tx: Transaction, ctx: Context, pairs: Sequence[tuple[str, str]]) -> list[Known | Outcome]:
    """Look (SKU code, location code) pairs up. Two statements. Precedence: `unknown_sku`, `unknown_location`,
    `location_not_allowed`, `not_stocked`."""
    skus = await catalog.skus_by_code(tx, list({sku for sku, _ in pairs}))
    locations = await catalog.locations_by_code(tx, list({location for _, location in pairs}))
    found: list[Known | Outcome] = []
    for sku_code, location_code in pairs:
        sku, location = skus.get(sku_code), locations.get(location_code)
        if sku is None:
            found.append(inventory.refuse("unknown_sku", sku=sku_code))
        elif location is None:
            found.append(inventory.refuse("unknown_location", location=location_code))
        elif not ctx.may_location(location.id):
            found.append(inventory.refuse("location_not_allowed", location=location_code))
        elif sku.kind != "stocked":
            found.append(inventory.refuse("not_stocked", sku=sku_code))
        else:
            found.append(Known(sku, location))
    return found


async def receive_stock(tx: Transaction, ctx: Context, commands: Sequence[ReceiveStock]) -> list[Outcome]:
    """Book arrivals into `available`, and wake the backorder pump.

    Permission: `stock.write`, by a caller that is not limited to channels. Locks: availability, dated supply, stock.
    Appends `stock.received`. Outcomes, in precedence: those of `know_places`, `unknown_supply`,
    `too_many_units`, `received`.
    """
    ctx.require("stock.write")
    ctx.require_all_channels("Stock is of no channel.")
    known = await know_places(tx, ctx, [(c.sku, c.location) for c in commands])
    wanted = {c.supply: _supply_id(c.supply) for c in commands if c.supply is not None}
    pairs = [(k.sku.id, k.location.pool_id) for k in known if isinstance(k, Known)]
    balances = await inventory.lock_availability(tx, pairs)
    supplies = {s.id: s for s in await inventory.lock_supply(tx, [s for s in wanted.values() if s])} if wanted else {}
    stock = await inventory.lock_stock(tx, [(k.sku.id, k.location.id) for k in known if isinstance(k, Known)])
    room = inventory.Room(balances, stock)
    receipt_ids = new_ids(len(commands))
    outcomes: list[Outcome] = []
    going: list[tuple[UUID, Known, ReceiveStock]] = []
    less: dict[UUID, int] = {}
    for receipt_id, command, found in zip(receipt_ids, commands, known, strict=True):
        if isinstance(found, Outcome):
            outcomes.append(found)
            continue
        supply = None
        if command.supply is not None:
            supply = supplies.get(wanted[command.supply] or receipt_id)
            if supply is None or (supply.sku_id, supply.pool_id) != (found.sku.id, found.location.pool_id):
                outcomes.append(inventory.refuse("unknown_supply", supply=command.supply))
                continue
        pool = found.sku.id, found.location.pool_id
        if not room.take((found.sku.id, found.location.id), pool, command.quantity):
            outcomes.append(inventory.refuse("too_many_units", sku=command.sku, location=command.location))
            continue
        if supply is not None:
            less[supply.id] = less.get(supply.id, 0) + command.quantity
        outcomes.append(Outcome(code="received", id=receipt_id))
        going.append((receipt_id, found, command))
    if going:
        await _book(tx, ctx, going)
        deltas = []
        for supply_id, units in less.items():
            supply = supplies[supply_id]
            quantity = max(0, supply.quantity - units)
            deltas.append((supply_id, quantity - supply.quantity, min(0, quantity - supply.preordered)))
        await inventory.move_supply(tx, deltas)
    return outcomes


async def _book(tx: Transaction, ctx: Context, going: Sequence[tuple[UUID, Known, ReceiveStock]]) -> None:
    act_id = await record_act(tx, ctx, "receive_stock")
    await inventory.move_availability(
        tx, [AvailabilityDelta(k.sku.id, k.location.pool_id, c.quantity) for _, k, c in going]
    )
    moves = [
        Move(k.sku.id, SUPPLIER, Place(k.location.id, "available"), c.quantity, "receipt", receipt_id)
        for receipt_id, k, c in going
    ]
    await inventory.move_goods(tx, act_id, moves, ctx.now)
    await inventory.stamp_received(tx, [(k.sku.id, k.location.id) for _, k, _ in going])
    events = [
        NewEvent(
            receipt_id, 1, "stock.received",
            {"sku": c.sku, "location": c.location, "quantity": c.quantity, "reference": c.reference}, ctx.now,
        )
        for receipt_id, _, c in going
    ]  # fmt: skip
    await append_events(tx, act_id, events)
    await enqueue_work(tx, "backorders", [k.sku.id for _, k, _ in going])


def _supply_id(text: str) -> UUID | None:
    try:
        return decode_id("sup", text)
    except InvalidId:
        return None
