"""Place orders that follow from locked ones: the new goods of exchanges and claims. Not a verb: part of those that
give them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from orderwright import catalog, customers, inventory, orders, payments
from orderwright.flows.promise_drafts import lock_limited, promise_drafts, take_promised
from orderwright.orders import Catalogue, Draft, HoldDraft, ParentFacts, PlacedOrder, PlaceOrder, Refusal
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.events import append_events
from orderwright.platform.ids import UUID
from orderwright.platform.metrics import count_orders
from orderwright.platform.outcomes import Outcome
from orderwright.platform.work import enqueue_work


class Child(NamedTuple):
    """An order to be placed for a parent that the caller holds locked. `command` is made by `orders.child_command`."""

    id: UUID
    parent: ParentFacts
    command: PlaceOrder
    holds: Sequence[HoldDraft] = ()


class PlannedChildren(NamedTuple):
    """Children that can be placed, and why others cannot, by their ids; and what they are promised out of."""

    placed: dict[UUID, PlacedOrder]
    refused: dict[UUID, Outcome]
    headroom: inventory.Headroom | None


async def plan_children(tx: Transaction, children: Sequence[Child]) -> PlannedChildren:
    """Promise stock to children, on locked figures; nothing is written. Thirteen statements at most.

    Locks: SKUs with a backorder limit, availability. Codes, in precedence: those of `orders.draft_child`,
    `out_of_stock`, `backorder_limit`.
    """
    if not children:
        return PlannedChildren({}, {}, None)
    catalogue = await _look_up(tx, children)
    rows = await customers.contacts_of_orders(tx, sorted({child.parent.order_id for child in children}))
    contacts = {row.id: row for mine in rows.values() for row in mine}
    drafts: dict[UUID, Draft] = {}
    refused: dict[UUID, Outcome] = {}
    for child in children:
        draft = orders.draft_child(child.parent, child.command, catalogue, contacts, child.holds)
        if isinstance(draft, Outcome):
            refused[child.id] = draft
        else:
            drafts[child.id] = draft
    await lock_limited(tx, drafts.values())
    promised = await promise_drafts(tx, drafts)
    placed: dict[UUID, PlacedOrder] = {}
    for child in children:
        placement = promised.placements.get(child.id)
        if isinstance(placement, Refusal):
            refused[child.id] = orders.refuse_child(placement)
        elif placement is not None:
            made = orders.child_contacts(child.parent, child.id, child.command.ship_to, contacts)
            placed[child.id] = PlacedOrder(child.id, placement, child.parent.customer_id, child.parent.order_id, made)
    return PlannedChildren(placed, refused, promised.headroom)


async def _look_up(tx: Transaction, children: Sequence[Child]) -> Catalogue:
    channels = await catalog.channels_by_id(tx, sorted({child.parent.channel_id for child in children}))
    skus = await catalog.skus_by_code(tx, sorted({line.sku for child in children for line in child.command.lines}))
    part_ids = {part_id for sku in skus.values() for part_id, _ in sku.components}
    parts = await catalog.skus_by_id(tx, sorted(part_ids)) if part_ids else {}
    by_code = {channel.code: channel for channel in channels.values()}
    return Catalogue(channels=by_code, skus=skus, parts=parts, locations={}, parents={})


async def write_children(tx: Transaction, ctx: Context, act_id: UUID, planned: PlannedChildren) -> dict[UUID, int]:
    """Place what was planned: take its stock, write the orders, charge them, and queue them to be verified. Returns
    their numbers. Eighteen statements at most, or none.

    Locks: identity keys, for which nobody waits: they are made of ids of ours. Appends `order.placed`, `order.held`.
    """
    if not planned.placed:
        return {}
    placed = list(planned.placed.values())
    claims = orders.claims_of_children(placed, tx.hash_key)
    claimed, _ = await orders.claim_identities(tx, claims)
    if len(claimed) < len(placed):
        raise RuntimeError("the identity of a child order is taken")
    await customers.insert_contacts(tx, [contact for order in placed for contact in order.contacts])
    numbers = await orders.write_placements(tx, [act_id] * len(placed), placed)
    await payments.open_ledgers(tx, {order.id: act_id for order in placed}, placed, ctx.now)
    await append_events(tx, act_id, [event for order in placed for event in orders.placed_events(order, ctx.now)])
    await take_promised(tx, planned.headroom)
    await enqueue_work(tx, "verify", [order.id for order in placed])
    count_orders(tx, "placed", len(placed))
    count_orders(tx, "held", sum(1 for order in placed if order.placement.holds))
    return numbers
