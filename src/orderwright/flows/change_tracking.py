"""Give a parcel another carrier and tracking number: its label was wrong, or it goes with somebody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orderwright import fulfillment, orders
from orderwright.flows.locked_work import lock_fulfillments
from orderwright.fulfillment import ChangeTracking, ParcelRow, ParcelState, ShipmentState
from orderwright.platform.acts import record_act
from orderwright.platform.changes import changed, record_changes
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.outcomes import Outcome
from orderwright.platform.work import leave_work

_OVER = frozenset({ParcelState.DELIVERED, ParcelState.CANCELLED})


async def change_tracking(tx: Transaction, ctx: Context, commands: Sequence[ChangeTracking]) -> list[Outcome]:
    """Change carriers and tracking numbers of parcels that have not arrived. A label that was bought is
    of the old number: its file goes; and none is bought any more.

    Permission: `fulfillment.work`. Locks: tracking numbers, orders. Appends `shipment.retracked`; the audit trail keeps
    what was, with the reason. Outcomes, in precedence: `parcel_not_found`, `duplicate_in_batch`, `wrong_state`,
    `unchanged`, `tracking_number_taken`, `tracking_changed`.
    """
    ctx.require("fulfillment.work")
    await fulfillment.lock_tracking(tx)
    ids = [c.parcel_id for c in commands]
    found = await fulfillment.parcels_by_id(tx, ids)
    work = await lock_fulfillments(tx, ctx, [p.fulfillment_id for p in found.values()])
    parcels = {
        i: p for i, p in (await fulfillment.parcels_by_id(tx, ids)).items() if p.fulfillment_id in work.fulfillments
    }
    taken = {
        (p.carrier.lower(), p.tracking_number or ""): p.id
        for p in await fulfillment.parcels_by_tracking(tx, [c.tracking_number for c in commands])
    }
    outcomes: list[Outcome] = []
    going: list[tuple[ParcelRow, ChangeTracking]] = []
    for command in commands:
        parcel = parcels.get(command.parcel_id)
        outcome = _decide(command, parcel, taken, [p.id for p, _ in going])
        outcomes.append(outcome)
        if parcel is not None and outcome.code == "tracking_changed":
            taken[command.carrier.lower(), command.tracking_number] = parcel.id
            going.append((parcel, command))
    if going:
        await _write(tx, ctx, work.orders, going)
    return outcomes


def _decide(
    command: ChangeTracking,
    parcel: ParcelRow | None,
    taken: Mapping[tuple[str, str], UUID],
    before: Sequence[UUID],
) -> Outcome:
    """What becomes of one change. `taken`: whose each (carrier in small letters, tracking number) is."""
    if parcel is None:
        return fulfillment.refuse("parcel_not_found")
    new = (command.carrier, command.tracking_number)
    outcome = Outcome(code="tracking_changed", id=parcel.id)
    if parcel.id in before:
        outcome = fulfillment.refuse("duplicate_in_batch")
    elif parcel.state in _OVER:
        outcome = fulfillment.refuse("wrong_state", state=parcel.state)
    elif new == (parcel.carrier, parcel.tracking_number):
        outcome = Outcome(code="unchanged", id=parcel.id)
    elif taken.get((new[0].lower(), new[1]), parcel.id) != parcel.id:
        outcome = fulfillment.refuse("tracking_number_taken", carrier=new[0], tracking_number=new[1])
    return outcome


async def _write(
    tx: Transaction,
    ctx: Context,
    locked: Mapping[UUID, orders.LockedOrder],
    going: Sequence[tuple[ParcelRow, ChangeTracking]],
) -> None:
    why = ", ".join(sorted({command.reason for _, command in going}))
    act_id = await record_act(tx, ctx.because(reason=ctx.reason or why), "change_tracking")
    await fulfillment.retrack_parcels(tx, [(p.id, c.carrier, c.tracking_number) for p, c in going])
    await fulfillment.delete_labels(tx, [p.id for p, _ in going])
    labelled = await fulfillment.derive_shipments(tx, list(dict.fromkeys(p.shipment_id for p, _ in going)))
    await leave_work(tx, ("label",), [s.id for s in labelled if s.state == ShipmentState.LABELLED])
    changes, story = [], orders.OrderStory(locked, ctx.now)
    for parcel, command in going:
        was = {"carrier": parcel.carrier, "tracking_number": parcel.tracking_number}
        now = {"carrier": command.carrier, "tracking_number": command.tracking_number}
        changes.append(changed("parcel", parcel.id, was, now))
        data = {
            "shipment_id": encode_id("shp", parcel.shipment_id),
            "fulfillment_id": encode_id("ful", parcel.fulfillment_id),
            "carrier": command.carrier,
            "tracking_number": command.tracking_number,
            "was": parcel.tracking_number,
            "reason": command.reason,
        }
        story.tell(parcel.order_id, "shipment.retracked", data)
    await record_changes(tx, act_id, changes)
    await story.write(tx, act_id)
