"""Open closed locations again: what was withheld may be promised, and those who wait are served."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orderwright import catalog, inventory
from orderwright.catalog import OpenLocation, PlaceChange, PlaceRow
from orderwright.flows.lock_places import Hanging, answer_places, begin_with_places
from orderwright.flows.tell_places import Came, details_of_places
from orderwright.inventory import AvailabilityDelta, Move, Place
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome
from orderwright.platform.work import enqueue_work


async def open_locations(tx: Transaction, ctx: Context, commands: Sequence[OpenLocation]) -> list[Outcome]:
    """Let pools promise what closed locations have, and wake the backorder pump. Orders that were held because they
    name the location stay so: their release offers them to it again.

    Permission: `catalog.write`, by a caller that is not limited to channels. Locks: the locations, orders with work or
    promises there, availability, stock. Appends `location.opened`. Outcomes, in precedence: `duplicate_in_batch`,
    `unknown_location`, `location_not_allowed`, `version_conflict`, `unchanged` (it is open), `location_busy`,
    `too_many_units`, `opened` (with what came of it, see `details_of_places`).
    """
    ctx.require("catalog.write")
    ctx.require_all_channels("A location is of no channel.")
    decided, hanging = await begin_with_places(tx, ctx, commands)
    if hanging is None:
        return answer_places(decided, "opened", {})
    room = inventory.Room(hanging.balances, {})
    came: dict[UUID, Came] = {}
    for n, place in enumerate(decided):
        if isinstance(place, PlaceRow):
            units = hanging.units_at(place, "withheld")
            if room.take_in_pool(place.pool_id, units):
                came[place.id] = Came(place, units)
            else:
                decided[n] = catalog.refuse_place("too_many_units", pool=place.pool)
    return answer_places(decided, "opened", await _open(tx, ctx, list(came.values()), hanging) if came else {})


async def _open(tx: Transaction, ctx: Context, came: Sequence[Came], hanging: Hanging) -> dict[UUID, dict[str, Any]]:
    act_id = await record_act(tx, ctx, "open_locations")
    deltas, moves = [], []
    for one in came:
        for sku_id, units in one.units.items():
            deltas.append(AvailabilityDelta(sku_id, one.place.pool_id, units))
            one.change_promisable(sku_id, units)
            kept, here = Place(one.place.id, "withheld"), Place(one.place.id, "available")
            moves.append(Move(sku_id, kept, here, units, "opening", one.place.id))
    await inventory.move_availability(tx, deltas)
    await inventory.move_goods(tx, act_id, moves, ctx.now)
    await inventory.stamp_received(tx, [(sku_id, one.place.id) for one in came for sku_id in one.units])
    await enqueue_work(tx, "backorders", list({sku_id for one in came for sku_id in one.units}))
    details = await details_of_places(tx, came, hanging)
    opened = [PlaceChange(c.place, c.place.pool_id, c.place.pool, True, "location.opened", c.event()) for c in came]
    await catalog.change_places(tx, ctx, act_id, opened)
    return details
