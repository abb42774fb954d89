"""Move locations between pools: what they have is promised by another pool from now on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orderwright import catalog, fulfillment, inventory, orders
from orderwright.catalog import MoveLocation, PlaceChange, PlaceRow
from orderwright.flows.lock_places import Hanging, answer_places, begin_with_places
from orderwright.flows.tell_places import Came, details_of_places
from orderwright.inventory import AvailabilityDelta
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome
from orderwright.platform.work import enqueue_work


async def move_locations(tx: Transaction, ctx: Context, commands: Sequence[MoveLocation]) -> list[Outcome]:
    """Take what locations have available out of what their pools may promise and let other pools promise it, and wake
    the backorder pump. Work that is allocated there stays there. What lines that name the location are promised or wait
    for goes along. No goods move: ATP of the old pool may become negative (law G2), which is listed, and worked off by
    its other locations and arrivals. One that is closed moves too, with nothing to promise.

    Permission: `catalog.write`, by a caller without limits. Locks: the locations, orders with work or promises there,
    availability, stock. Appends `location.moved`. Outcomes, in precedence: `duplicate_in_batch`, `unknown_location`,
    `location_not_allowed`, `version_conflict`, `unknown_pool`, `unchanged` (it is in that pool), `location_busy`,
    `too_many_units`, `moved` (with what came of it, see `details_of_places`).
    """
    ctx.require("catalog.write")
    ctx.require_unlimited("A pool is of all channels and locations.")
    pools = {row.content.code: row.id for row in await catalog.read_pools(tx, codes=sorted({c.pool for c in commands}))}
    decided, hanging = await begin_with_places(tx, ctx, commands, pools)
    if hanging is None:
        return answer_places(decided, "moved", {})
    room = inventory.Room(hanging.balances, {})
    came: dict[UUID, Came] = {}
    for n, (place, command) in enumerate(zip(decided, commands, strict=True)):
        if isinstance(place, PlaceRow):
            units, pool_id = hanging.units_at(place, "available"), pools[command.pool]
            if room.take_in_pool(pool_id, units):
                came[place.id] = Came(place, units, (pool_id, command.pool))
            else:
                decided[n] = catalog.refuse_place("too_many_units", pool=command.pool)
    return answer_places(decided, "moved", await _move(tx, ctx, came, hanging) if came else {})


async def _move(tx: Transaction, ctx: Context, came: dict[UUID, Came], hanging: Hanging) -> dict[UUID, dict[str, Any]]:
    act_id = await record_act(tx, ctx, "move_locations")
    to = {one.place.id: one.to[0] for one in came.values() if one.to is not None}
    deltas: list[AvailabilityDelta] = []
    for one in came.values():
        for sku_id, units in one.units.items():
            deltas.append(AvailabilityDelta(sku_id, one.place.pool_id, -units))
            deltas.append(AvailabilityDelta(sku_id, to[one.place.id], units))
            one.change_promisable(sku_id, -units)
    owed = [row for row in hanging.owed if row.location_id in to]
    for row in owed:
        units, pool_id = row.quantity, to[row.location_id]
        if row.waits:
            deltas.append(AvailabilityDelta(row.sku_id, row.pool_id, backordered=-units))
            deltas.append(AvailabilityDelta(row.sku_id, pool_id, backordered=units))
        else:
            deltas.append(AvailabilityDelta(row.sku_id, row.pool_id, units, 0, -units))
            deltas.append(AvailabilityDelta(row.sku_id, pool_id, -units, 0, units))
            came[row.location_id].change_promisable(row.sku_id, units)
    await inventory.move_availability(tx, deltas)
    await orders.repool_owed(tx, owed, to)
    works = [(work.id, to[work.location_id]) for work in hanging.works if work.location_id in to]
    await fulfillment.repool_allocations(tx, works)
    await enqueue_work(tx, "backorders", list({delta.sku_id for delta in deltas}))
    details = await details_of_places(tx, list(came.values()), hanging)
    moved = [
        PlaceChange(c.place, c.to[0], c.to[1], c.place.active, "location.moved", c.event())
        for c in came.values()
        if c.to is not None
    ]
    await catalog.change_places(tx, ctx, act_id, moved)
    return details
