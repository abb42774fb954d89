"""The verify pump: what does not verify is held for a person, never lost; the rest goes on to sourcing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from orderwright import catalog, customers, fulfillment, orders
from orderwright.fulfillment import FulfillmentState
from orderwright.orders import HoldDraft
from orderwright.payments import documents
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.work import enqueue_work, take_work


async def verify_orders(tx: Transaction, ctx: Context, order_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Check address, phone, e-mail, limits, velocity and likeness to earlier orders; hold what a person should see.

    Only what stands in the queue is verified, once. Permission: `orders.hold`. Locks: orders. Appends `order.verified`,
    and `order.held` for each finding. Queues the orders for sourcing, and for release what intake allocated already;
    there a hold that blocks it waits for its release. What is finished (cancelled meanwhile, or delivered at its
    placement) is left alone. Returns the types of new holds by order.
    """
    ctx.require("orders.hold")
    locked = await orders.lock_orders(tx, order_ids)
    waiting = await take_work(tx, "verify", order_ids)
    live = {i: order for i, order in locked.items() if i in waiting and order.status not in orders.FINAL}
    if not live:
        return {}
    channels = await catalog.channels_by_id(tx, list({order.channel_id for order in live.values()}))
    windows = []
    for order in live.values():
        checks = channels[order.channel_id].checks
        velocity = ctx.now - timedelta(seconds=checks.velocity_window_s)
        windows.append((order.id, velocity, ctx.now - timedelta(seconds=checks.duplicate_window_s)))
    facts = await orders.verification_facts(tx, windows)
    contacts = await customers.contacts_of_orders(tx, list(live))
    works = await fulfillment.fulfillments_of_orders(tx, live)
    act_id = await record_act(tx, ctx, "verify_orders")
    story = orders.OrderStory(locked, ctx.now)
    holds: list[tuple[UUID, HoldDraft]] = []
    for order_id, row in facts.items():
        findings = orders.verify(orders.facts_of(row, contacts.get(order_id, ())), channels[row.channel_id].checks)
        story.tell(order_id, "order.verified", {"findings": [f.type for f in findings]})
        holds.extend((order_id, HoldDraft(f.type, tuple(f.blocks), _readable(f.detail))) for f in findings)
    await orders.write_holds(tx, act_id, story, holds)
    await story.write(tx, act_id)
    await enqueue_work(tx, "source", list(live))
    await documents.queue_documents(tx, live)
    await enqueue_work(tx, "release", [work.id for work in works if work.state == FulfillmentState.OPEN])
    found: dict[UUID, list[str]] = {}
    for order_id, hold in holds:
        found.setdefault(order_id, []).append(hold.type)
    return found


def _readable(detail: dict[str, object]) -> dict[str, object]:
    """Ids of orders in the form in which people and programs see them."""
    return {
        key: [encode_id("ord", v) if isinstance(v, UUID) else v for v in value]
        if isinstance(value, list | tuple)
        else value
        for key, value in detail.items()
    }
