"""Do what edits of orders come to: stock, lines, charges, address, authorizations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orderwright import customers, inventory, orders, payments
from orderwright.flows.give_back import GiveBack, give_back
from orderwright.flows.plan_edits import Edit
from orderwright.flows.promise_drafts import take_promised
from orderwright.flows.take_back import Behind, close_emptied, read_behind, take_back
from orderwright.fulfillment import GivenUp
from orderwright.inventory import Place
from orderwright.orders import (
    LockedOrder,
)
from orderwright.payments import OrderUnits
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.limit_use import LimitMeter
from orderwright.platform.work import enqueue_after, enqueue_work, leave_work


async def write_edits(
    tx: Transaction,
    ctx: Context,
    locked: Mapping[UUID, LockedOrder],
    behind: Behind,
    edits: Mapping[UUID, Edit],
    headroom: inventory.Headroom | None,
    meter: LimitMeter,
) -> dict[UUID, int]:
    """Do what was decided; returns what each order is charged more."""
    act_id = await record_act(tx, ctx, "edit_orders")
    await meter.write(tx, act_id)
    before = await payments.read_units(tx, edits)
    off = {i: edit.plan.cancels for i, edit in edits.items() if edit.plan.cancels.units}
    given_up = await take_back(tx, ctx, act_id, behind, off) if off else []
    await take_promised(tx, headroom)
    await _write_lines(tx, locked, edits)
    await customers.insert_contacts(tx, [_contact(edit) for edit in edits.values() if edit.contact_id is not None])
    after = await payments.read_units(tx, edits)
    differences = await _charge(tx, ctx, act_id, before, after)
    story = orders.OrderStory(locked, ctx.now)
    for order_id, edit in edits.items():
        data = {
            "revision": edit.plan.command.revision + 1, "reason": edit.plan.command.reason,
            "changes": [type(change).__struct_config__.tag for change in edit.plan.command.changes],
            "difference_minor": differences[order_id], "total_minor": edit.money.order.total,
        }  # fmt: skip
        story.tell(order_id, "order.edited", data)
    emptied = await close_emptied(tx, ctx, story, behind, off, given_up, "order_edited")
    moved = [i for i, edit in edits.items() if edit.contact_id is not None]
    emptied += await _promise_again(tx, ctx, act_id, story, moved)
    over = [i for i, edit in edits.items() if edit.placement is None and _is_over(behind, edit)]
    await orders.release_holds(tx, ctx, act_id, story, [(order_id, None) for order_id in over])
    await story.write(tx, act_id)
    await leave_work(tx, ("verify", "resolve", "source", "release"), [*over, *emptied])
    await enqueue_work(tx, "verify", [i for i in moved if i not in over])
    await enqueue_after(tx, "source", "verify", [i for i, edit in edits.items() if edit.placement is not None])
    await _authorize_more(tx, act_id, [i for i, difference in differences.items() if difference > 0])
    await enqueue_work(tx, "settle", list(edits))
    return differences


def _is_over(behind: Behind, edit: Edit) -> bool:
    """Whether an edit leaves nothing to do for its order."""
    return bool(edit.plan.cancels.units) and orders.is_over(behind.components[edit.found.locked.id], edit.plan.cancels)


async def _write_lines(tx: Transaction, locked: Mapping[UUID, LockedOrder], edits: Mapping[UUID, Edit]) -> None:
    """Lines, charges and sums, as they are from now on."""
    known = {(i, line.n) for i, edit in edits.items() for line in edit.found.lines}
    amounts = [line for edit in edits.values() for line in edit.money.lines]
    await orders.update_lines(tx, [line for line in amounts if (line.order_id, line.n) in known])
    added = {
        i: (edit.placement, {line.n: line for line in edit.money.lines})
        for i, edit in edits.items()
        if edit.placement is not None
    }
    if added:
        await orders.write_added(tx, added, {i: locked[i].priority for i in added})
    await orders.write_charges(tx, {i: edit.money.charges for i, edit in edits.items()})
    await orders.update_edited(tx, [edit.money.order for edit in edits.values()])


def _contact(edit: Edit) -> customers.NewContact:
    """The new address, beside the old one: who was sent to what stays known until it is erased."""
    assert edit.contact_id is not None
    assert edit.plan.ship_to is not None
    order = edit.found.order
    return orders.new_address(edit.contact_id, order.customer_id, order.order_id, edit.plan.ship_to)


async def _promise_again(
    tx: Transaction, ctx: Context, act_id: UUID, story: orders.OrderStory, order_ids: Sequence[UUID]
) -> list[UUID]:
    """What is allocated for another address goes back to its pool, to be sourced anew; returns closed fulfillments."""
    if not order_ids:
        return []
    behind = await read_behind(tx, order_ids)
    backs = [
        GiveBack(a, a.unpicked, Place(a.location_id, "available"), "promised")
        for rows in behind.allocations.values()
        for a in rows
        if a.unpicked and a.fulfillment_id not in behind.pickups
    ]
    await give_back(tx, act_id, "edit", backs, ctx.now)
    given_up = [GivenUp(back.allocation, back.quantity) for back in backs]
    return await close_emptied(tx, ctx, story, behind, order_ids, given_up, "address_changed")


async def _charge(
    tx: Transaction,
    ctx: Context,
    act_id: UUID,
    before: Mapping[UUID, OrderUnits],
    after: Mapping[UUID, OrderUnits],
) -> dict[UUID, int]:
    """Book what orders are charged more or less; returns it by order."""
    entries, differences = [], {}
    for order_id, units in after.items():
        more = payments.charged(units).less(payments.charged(before[order_id]))
        taxed = units.order.prices_include_tax
        entries += payments.charge_entries(order_id, more, "edit", prices_include_tax=taxed)
        differences[order_id] = more.total(prices_include_tax=taxed)
    emptied = {i: units for i, units in after.items() if units.all_cancelled}
    entries += await payments.charge_delivery_again(tx, emptied)
    await payments.write_entries(tx, act_id, entries, ctx.now)
    return differences


async def _authorize_more(tx: Transaction, act_id: UUID, order_ids: Sequence[UUID]) -> None:
    """Ask for what the payments that there are do not cover."""
    if not order_ids:
        return
    money = await payments.read_money(tx, order_ids)
    wanted = [request for one in money if (request := payments.increment(one)) is not None]
    await payments.write_requests(tx, act_id, wanted)
