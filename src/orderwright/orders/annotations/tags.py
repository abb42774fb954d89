"""Tags: words that orders are found by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from orderwright.orders.annotations.commands import TAGS_MAX, TagOrder
from orderwright.orders.annotations.errors import refuse
from orderwright.orders.annotations.queries import DELETE_TAGS, INSERT_TAGS, TAGS_IN_USE, TAGS_OF_ORDERS, UsedTag
from orderwright.orders.limits import lock_own_orders
from orderwright.orders.story import OrderStory
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome


class _Change(NamedTuple):
    order_id: UUID
    added: list[str]
    removed: list[str]


async def tags_in_use(tx: Transaction, after: str = "", limit: int = 200) -> list[UsedTag]:
    """The tags that orders have, in alphabetical order from behind `after`, with how many have it, up to 1,000.

    One statement.
    """
    return await TAGS_IN_USE.fetch(tx, after, limit)


async def tag_orders(tx: Transaction, ctx: Context, commands: Sequence[TagOrder]) -> list[Outcome]:
    """Give orders tags and take some away. What is in both lists is taken away.

    Permission: `orders.note`. Locks: orders. Appends `order.tagged`. Outcomes, in precedence: `order_not_found`,
    `too_many_tags`, `unchanged` (it has the ones and lacks the others), `tagged`.
    """
    ctx.require("orders.note")
    locked = await lock_own_orders(tx, ctx, [c.order_id for c in commands])
    tags: dict[UUID, set[str]] = {order_id: set() for order_id in locked}
    before: dict[UUID, set[str]] = {order_id: set() for order_id in locked}
    for row in await TAGS_OF_ORDERS.fetch(tx, list(locked)) if locked else []:
        tags[row.order_id].add(row.tag)
        before[row.order_id].add(row.tag)
    outcomes = []
    for command in commands:
        now = tags.get(command.order_id)
        outcome = decide_tags(now, command)
        if now is not None and outcome.code == "tagged":
            tags[command.order_id] = now.union(command.add).difference(command.remove)
        outcomes.append(outcome)
    changes = [
        _Change(order_id, sorted(tags[order_id] - had), sorted(had - tags[order_id]))
        for order_id, had in before.items()
        if tags[order_id] != had
    ]
    if changes:
        act_id = await record_act(tx, ctx, "tag_orders")
        await DELETE_TAGS.run(tx, *columns([(c.order_id, tag) for c in changes for tag in c.removed], 2))
        await INSERT_TAGS.run(tx, *columns([(c.order_id, tag) for c in changes for tag in c.added], 2))
        story = OrderStory(locked, ctx.now)
        for change in changes:
            story.tell(change.order_id, "order.tagged", {"added": change.added, "removed": change.removed})
        await story.write(tx, act_id)
    return outcomes


def decide_tags(has: set[str] | None, command: TagOrder) -> Outcome:
    """What becomes of an order's tags. Pure."""
    if has is None:
        return refuse("order_not_found")
    then = has.union(command.add).difference(command.remove)
    if len(then) > TAGS_MAX:
        return refuse("too_many_tags")
    return Outcome(code="unchanged" if then == has else "tagged", id=command.order_id)
