"""Take in what carriers say of parcels, in whatever order and however often they say it."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright import fulfillment, orders, returns
from orderwright.flows.apply_tracking import apply_tracking
from orderwright.fulfillment import NewTracking, ParcelRow, RecordTracking
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome
from orderwright.platform.work import enqueue_work


async def record_tracking(tx: Transaction, ctx: Context, commands: Sequence[RecordTracking]) -> list[Outcome]:
    """Keep tracking events, bring parcels to the newest, deliver what arrived.

    What is said of a parcel before it was marked shipped is kept, and applied by `ship_fulfillments`: a carrier does
    not repeat itself. The first that is said of a parcel which comes back counts as its scan: it is queued, and `id` is
    the return's. Permission: `fulfillment.work`. Locks: orders. Appends `shipment.tracked` and
    `shipment.delivered` for what is new. Outcomes, in precedence: `unknown_tracking_number`,
    `implausible_time`, `repeated` (known already: nothing changes), `recorded` (`details.waits_for` is `shipping`
    where it is applied later).
    """
    ctx.require("fulfillment.work")
    numbers = [c.tracking_number for c in commands]
    found = await fulfillment.parcels_by_tracking(tx, numbers)
    locked = await orders.lock_orders(tx, [p.order_id for p in found])
    work = await fulfillment.read_fulfillments(tx, [p.fulfillment_id for p in found])
    mine = {row.id for row in work.values() if ctx.may_work(locked[row.order_id].channel_id, row.location_id)}
    # A parcel whose label was stored since is of an order that is not locked: nobody has heard of it yet.
    now = [p for p in await fulfillment.parcels_by_tracking(tx, numbers) if p.fulfillment_id in mine]
    parcels = {p.tracking_number: p for p in sorted(now, key=lambda p: p.id)}  # of several the newest
    coming = await returns.returns_by_tracking(tx, [n for n in numbers if n not in parcels])
    back = {n: one for n, one in coming.items() if ctx.may_work(one.channel_id, one.location_id)}
    outcomes: list[Outcome | None] = []
    scanned: list[UUID] = []
    known: list[tuple[int, ParcelRow, NewTracking]] = []
    for i, command in enumerate(commands):
        parcel = parcels.get(command.tracking_number)
        returning = back.get(command.tracking_number)
        if parcel is None and returning is None:
            outcomes.append(fulfillment.refuse("unknown_tracking_number"))
        elif not command.is_plausible(ctx.now):
            outcomes.append(fulfillment.refuse("implausible_time", happened_at=command.happened_at))
        elif returning is not None:
            outcomes.append(Outcome(code="recorded" if returning.waits else "repeated", id=returning.id))
            scanned += [returning.id] if returning.waits else []
        elif parcel is not None:
            outcomes.append(None)
            event = NewTracking(
                parcel.id, fulfillment.tracking_key(command), command.code, command.place, command.happened_at
            )
            known.append((i, parcel, event))
    await enqueue_work(tx, "return_scan", scanned)
    if not known:
        return [outcome for outcome in outcomes if outcome is not None]
    act_id = await record_act(tx, ctx, "record_tracking")
    new = await fulfillment.insert_tracking(tx, act_id, [event for _, _, event in known])
    fresh: list[tuple[ParcelRow, NewTracking]] = []
    for i, parcel, event in known:
        first = (event.parcel_id, event.key) in new
        new.discard((event.parcel_id, event.key))
        early = parcel.shipped_at is None
        details = {"waits_for": "shipping"} if early and first else {}
        outcomes[i] = Outcome(code="recorded" if first else "repeated", id=parcel.id, details=details)
        if first and not early:
            fresh.append((parcel, event))
    story = orders.OrderStory(locked, ctx.now)
    await apply_tracking(tx, ctx, story, fresh)
    await story.write(tx, act_id)
    return [outcome for outcome in outcomes if outcome is not None]
