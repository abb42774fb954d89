"""Keep the file of a label that staff brought from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from orderwright import customers, fulfillment, orders
from orderwright.flows.locked_work import lock_fulfillments
from orderwright.fulfillment import LABEL_BYTES_MAX, NewLabelFile, ParcelState, label_type_of
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.outcomes import Outcome

_OVER = frozenset({ParcelState.DELIVERED, ParcelState.CANCELLED})


class KeepLabel(NamedTuple):
    """The file of a parcel's label."""

    parcel_id: UUID
    content: bytes


async def keep_labels(tx: Transaction, ctx: Context, commands: Sequence[KeepLabel]) -> list[Outcome]:
    """Keep files of labels, each instead of the one before. What they are is decided by their content; they are erased
    with the people of the order.

    Permission: `fulfillment.work`. Locks: orders, contacts. Appends `shipment.label_kept`. Outcomes, in precedence:
    `label_too_large`, `label_refused`, `parcel_not_found`, `duplicate_in_batch`, `wrong_state`, `address_erased`,
    `label_kept`.
    """
    ctx.require("fulfillment.work")
    ids = [c.parcel_id for c in commands]
    found = await fulfillment.parcels_by_id(tx, ids)
    work = await lock_fulfillments(tx, ctx, [p.fulfillment_id for p in found.values()])
    parcels = {
        i: p for i, p in (await fulfillment.parcels_by_id(tx, ids)).items() if p.fulfillment_id in work.fulfillments
    }
    erased = await customers.lock_erased_addresses(tx, [p.order_id for p in parcels.values()])
    outcomes: list[Outcome] = []
    files: dict[UUID, NewLabelFile] = {}
    for command in commands:
        media_type, parcel = label_type_of(command.content), parcels.get(command.parcel_id)
        if len(command.content) > LABEL_BYTES_MAX:
            outcomes.append(fulfillment.refuse("label_too_large", bytes_max=LABEL_BYTES_MAX))
        elif media_type is None:
            outcomes.append(fulfillment.refuse("label_refused"))
        elif parcel is None:
            outcomes.append(fulfillment.refuse("parcel_not_found"))
        elif parcel.id in files:
            outcomes.append(fulfillment.refuse("duplicate_in_batch"))
        elif parcel.state in _OVER:
            outcomes.append(fulfillment.refuse("wrong_state", state=parcel.state))
        elif parcel.order_id in erased:
            outcomes.append(fulfillment.refuse("address_erased"))
        else:
            files[parcel.id] = NewLabelFile(parcel.id, parcel.order_id, media_type, command.content, ctx.actor)
            outcomes.append(Outcome(code="label_kept", id=parcel.id))
    if files:
        act_id = await record_act(tx, ctx, "keep_labels")
        await fulfillment.put_labels(tx, list(files.values()))
        story = orders.OrderStory(work.orders, ctx.now)
        for file in files.values():
            parcel = parcels[file.parcel_id]
            data = {"shipment_id": encode_id("shp", parcel.shipment_id), "media_type": file.media_type}
            story.tell(parcel.order_id, "shipment.label_kept", data)
        await story.write(tx, act_id)
    return outcomes
