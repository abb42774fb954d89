"""The pumps of parcels that come back: buy their labels, and take in the carrier's first scan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orderwright import orders, returns
from orderwright.flows.end_returns import scan_returns
from orderwright.fulfillment import Carrier, LabelRequest
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Database, Transaction
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.work import finish_work
from orderwright.returns import LabelWanted, ReturnCommand, ReturnLabel


async def buy_return_labels(
    database: Database, ctx: Context, return_ids: Sequence[UUID], carriers: Mapping[str, Carrier]
) -> None:
    """Buy the labels of returns that were announced with one, from the carrier that their terms name.

    The return's id is the idempotency key of the call: a crash between call and result repeats the call and gets the
    same label, never a second one. Permission: `returns.write`. Locks (in the second transaction): orders. Appends
    `return.labelled`.
    """
    ctx.require("returns.write")
    async with database.transaction(ctx.merchant, read_only=True) as tx:
        wanted = await returns.labels_wanted(tx, return_ids)
    bought: list[tuple[LabelWanted, ReturnLabel]] = []
    for name in sorted({one.carrier for one in wanted}):
        mine = [one for one in wanted if one.carrier == name]
        asked = [LabelRequest(encode_id("ret", one.id), None, one.service) for one in mine]
        given = await carriers[name].create_labels(asked)
        for one, got in zip(mine, given, strict=True):
            bought.append((one, ReturnLabel(one.id, name, got.tracking_number, dict(got.label))))
    async with database.transaction(ctx.merchant) as tx:
        await _write(tx, ctx, return_ids, bought)


async def _write(
    tx: Transaction, ctx: Context, return_ids: Sequence[UUID], bought: Sequence[tuple[LabelWanted, ReturnLabel]]
) -> None:
    """Keep the labels of returns that still want one: another worker may have been here with the same ones."""
    locked = await orders.lock_orders(tx, [one.order_id for one, _ in bought])
    now = {one.id for one in await returns.labels_wanted(tx, return_ids)}
    new = [(one, label) for one, label in bought if one.id in now]
    if new:
        act_id = await record_act(tx, ctx, "buy_return_labels")
        await returns.set_return_labels(tx, [label for _, label in new])
        story = orders.OrderStory(locked, ctx.now)
        for one, label in new:
            story.tell(one.order_id, "return.labelled", {
                "return_id": encode_id("ret", one.id), "carrier": label.carrier,
                "tracking_number": label.tracking_number,
            })  # fmt: skip
        await story.write(tx, act_id)
    await finish_work(tx, "return_label", return_ids)


async def take_return_scans(tx: Transaction, ctx: Context, return_ids: Sequence[UUID]) -> None:
    """What a carrier said of parcels that come back (`record_tracking`) is their first scan: see `scan_returns`.

    Permission: `returns.receive`. Locks: orders.
    """
    await scan_returns(tx, ctx, [ReturnCommand(return_id=i) for i in return_ids])
    await finish_work(tx, "return_scan", return_ids)
