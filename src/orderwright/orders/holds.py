"""Holds: typed reasons that block named steps of an order until released."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta, field

from orderwright.orders.drafts import HoldDraft
from orderwright.orders.limits import lock_own_orders
from orderwright.orders.queries import INSERT_HOLDS, OPEN_HOLDS, RELEASE_HOLDS, LockedOrder, OpenHold
from orderwright.orders.states import OrderStatus
from orderwright.orders.story import OrderStory
from orderwright.orders.write_placements import array_literal, encode
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.fields import ShortText, Slug
from orderwright.platform.ids import UUID, new_ids
from orderwright.platform.outcomes import Outcome, no

Step = Literal["source", "release", "ship"]
STEPS: tuple[Step, ...] = get_args(Step)
HoldType = Slug
FINAL = frozenset({OrderStatus.CANCELLED, OrderStatus.DELIVERED})


class HoldOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Stop an order before the named steps. `note` is for people; no personal data belongs in it."""

    order_id: UUID
    type: HoldType = "manual"
    blocks: Annotated[list[Step], Meta(min_length=1, max_length=3)] = field(
        default_factory=lambda: ["source", "release", "ship"]
    )
    note: ShortText | None = None


class ReleaseHold(msgspec.Struct, frozen=True, kw_only=True):
    """Release the open holds of one type, or all of an order."""

    order_id: UUID
    type: HoldType | None = None


async def open_holds(tx: Transaction, order_ids: Iterable[UUID]) -> list[OpenHold]:
    """The holds of orders that are not released. One statement."""
    return await OPEN_HOLDS.fetch(tx, list(order_ids))


async def blocking_holds(tx: Transaction, locked: Mapping[UUID, LockedOrder], step: Step) -> dict[UUID, str]:
    """The type of a hold that blocks a step, for each order that has one. One statement, or none."""
    held = [order.id for order in locked.values() if order.hold_count]
    if not held:
        return {}
    return {hold.order_id: hold.type for hold in await open_holds(tx, held) if step in hold.blocks}


async def write_holds(
    tx: Transaction, act_id: UUID, story: OrderStory, holds: Sequence[tuple[UUID, HoldDraft]]
) -> dict[tuple[UUID, str], str]:
    """Open holds on locked orders and tell `order.held`. One that is open already stops the steps of both.

    Returns what became of each (order, type): `held`, `widened` (it was open, and stops more steps now), or nothing
    where it stays as it is. One statement, or none.
    """
    rows = [(order_id, h.type, array_literal(h.blocks), encode(h.detail), act_id) for order_id, h in _merged(holds)]
    if not rows:
        return {}
    outcomes: dict[tuple[UUID, str], str] = {}
    for row in await INSERT_HOLDS.fetch(tx, new_ids(len(rows)), *columns(rows, 5)):
        outcomes[row.order_id, row.type] = "held" if row.opened else "widened"
        story.tell(row.order_id, "order.held", {"type": row.type, "blocks": row.blocks}, holds=int(row.opened))
    return outcomes


def _merged(holds: Iterable[tuple[UUID, HoldDraft]]) -> list[tuple[UUID, HoldDraft]]:
    """One hold for each order and type, which stops the steps of all of them. Pure."""
    merged: dict[tuple[UUID, str], HoldDraft] = {}
    for order_id, hold in holds:
        first = merged.setdefault((order_id, hold.type), hold)
        steps = tuple(step for step in STEPS if step in (*first.blocks, *hold.blocks))
        merged[order_id, hold.type] = first._replace(blocks=steps)
    return [(order_id, hold) for (order_id, _), hold in merged.items()]


async def hold_orders(tx: Transaction, ctx: Context, commands: Sequence[HoldOrder]) -> list[Outcome]:
    """Open holds by hand.

    Permission: `orders.hold`. Locks: orders. Appends `order.held`. Outcomes, in precedence: `order_not_found`,
    `already_final`, `already_held` (a hold of this type stops these steps already), `widened` (one was open, and stops
    these steps too by now), `held`.
    """
    ctx.require("orders.hold")
    locked = await lock_own_orders(tx, ctx, [c.order_id for c in commands])
    wanted: list[tuple[UUID, HoldDraft]] = []
    for command in commands:
        if _refusal(locked.get(command.order_id)) is None:
            detail = {"note": command.note} if command.note else {}
            wanted.append((command.order_id, HoldDraft(command.type, tuple(command.blocks), detail)))
    opened: dict[tuple[UUID, str], str] = {}
    if wanted:
        act_id = await record_act(tx, ctx, "hold_orders")
        story = OrderStory(locked, ctx.now)
        opened = await write_holds(tx, act_id, story, wanted)
        await story.write(tx, act_id)
    outcomes = []
    for command in commands:
        refusal = _refusal(locked.get(command.order_id))
        code = opened.pop((command.order_id, command.type), "already_held")
        outcomes.append(refusal or Outcome(code=code, id=command.order_id))
    return outcomes


async def release_holds(
    tx: Transaction, ctx: Context, act_id: UUID, story: OrderStory, wanted: Sequence[tuple[UUID, str | None]]
) -> dict[UUID, list[OpenHold]]:
    """Release open holds of locked orders, (order, type or all), and tell `order.released`. One statement.

    Returns what was released, by order. `flows.release_orders` is the verb: it puts the orders back to work.
    """
    if not wanted:
        return {}
    rows = await RELEASE_HOLDS.fetch(tx, [o for o, _ in wanted], [t for _, t in wanted], act_id, ctx.now)
    released: dict[UUID, list[OpenHold]] = {}
    for row in rows:
        released.setdefault(row.order_id, []).append(row)
        story.tell(row.order_id, "order.released", {"type": row.type}, holds=-1)
    return released


def _refusal(order: LockedOrder | None) -> Outcome | None:
    if order is None:
        return no("order_not_found", "There is no such order. Check the id.")
    if order.status in FINAL:
        return no("already_final", "The order is finished; nothing of it can be stopped.", status=order.status)
    return None
