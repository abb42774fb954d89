"""Close locations: nothing is promised from them, and work that nobody has begun goes elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orderwright import catalog, fulfillment, inventory, orders
from orderwright.catalog import CloseLocation, PlaceChange, PlaceRow
from orderwright.flows.give_back import GiveBack, give_back
from orderwright.flows.hold_rejected import hold_rejected
from orderwright.flows.lock_places import Hanging, answer_places, begin_with_places
from orderwright.flows.tell_places import Came, details_of_places
from orderwright.fulfillment import FulfillmentRow, FulfillmentState
from orderwright.inventory import AvailabilityDelta, Move, Place
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.outcomes import Outcome

_NOT_BEGUN = frozenset({FulfillmentState.OPEN, FulfillmentState.RELEASED})
_WHY = "location_closed"


async def close_locations(tx: Transaction, ctx: Context, commands: Sequence[CloseLocation]) -> list[Outcome]:
    """Withhold what locations have available, lower what their pools may promise by it, and take the work off them that
    nobody has begun: its orders are sourced elsewhere, or held where their lines name the location. What is being
    picked, or is packed, is finished there; what is cancelled of it is withheld. ATP may become negative (law G2): that
    is listed, and the pools' other locations and arrivals work it off.

    Permission: `catalog.write`, by a caller that is not limited to channels. Locks: the locations, orders with work or
    promises there, availability, stock. Appends `location.closed`, and to orders `fulfillment.cancelled`, `order.held`.
    Outcomes, in precedence: `duplicate_in_batch`, `unknown_location`, `location_not_allowed`, `version_conflict`,
    `unchanged` (it is closed), `location_busy`, `closed` (with what came of it, see `details_of_places`).
    """
    ctx.require("catalog.write")
    ctx.require_all_channels("A location is of no channel.")
    decided, hanging = await begin_with_places(tx, ctx, commands)
    going = [one for one in decided if isinstance(one, PlaceRow)]
    return answer_places(decided, "closed", await _close(tx, ctx, going, hanging) if hanging else {})


async def _close(
    tx: Transaction, ctx: Context, going: Sequence[PlaceRow], hanging: Hanging
) -> dict[UUID, dict[str, Any]]:
    act_id = await record_act(tx, ctx, "close_locations")
    came = {place.id: Came(place, hanging.units_at(place, "available")) for place in going}
    deltas, moves = [], []
    for place in going:
        for sku_id, units in came[place.id].units.items():
            deltas.append(AvailabilityDelta(sku_id, place.pool_id, -units))
            came[place.id].change_promisable(sku_id, -units)
            here, kept = Place(place.id, "available"), Place(place.id, "withheld")
            moves.append(Move(sku_id, here, kept, units, "closing", place.id))
    await inventory.move_availability(tx, deltas)
    await inventory.move_goods(tx, act_id, moves, ctx.now)
    story = orders.OrderStory(hanging.orders, ctx.now)
    await _take_off(tx, ctx, act_id, story, hanging, came)
    named = {(row.order_id, row.location_id): _WHY for row in hanging.owed if not row.waits}
    off = {(work.order_id, work.location_id): _WHY for work in hanging.works if work.state in _NOT_BEGUN}
    held = await hold_rejected(tx, act_id, story, [(*key, why) for key, why in (named | off).items()])
    for order_id, location_id in named | off:
        came[location_id].held += order_id in held
    await story.write(tx, act_id)
    details = await details_of_places(tx, list(came.values()), hanging)
    closed = [
        PlaceChange(place, place.pool_id, place.pool, False, "location.closed", came[place.id].event())
        for place in going
    ]
    await catalog.change_places(tx, ctx, act_id, closed)
    return details


async def _take_off(
    tx: Transaction, ctx: Context, act_id: UUID, story: orders.OrderStory, hanging: Hanging, came: dict[UUID, Came]
) -> None:
    """Give units that nobody has begun to pick back to promised, and close their fulfillments."""
    off: list[FulfillmentRow] = [work for work in hanging.works if work.state in _NOT_BEGUN]
    backs = []
    for work in off:
        for a in hanging.allocations[work.id]:
            backs.append(GiveBack(a, a.unpicked, Place(a.location_id, "withheld"), "promised"))
            came[work.location_id].take_off(a.sku_id, a.unpicked)
        data = {"fulfillment_id": encode_id("ful", work.id), "why": _WHY}
        story.tell(work.order_id, "fulfillment.cancelled", data)
    await give_back(tx, act_id, "closing", backs, ctx.now)
    await fulfillment.change_state(tx, [work.id for work in off], FulfillmentState.CANCELLED, ctx.now)
