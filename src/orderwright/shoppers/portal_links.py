"""Make links by which shoppers see their order, and withdraw them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from orderwright import orders
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import MERCHANT_PREFIX, Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome, no
from orderwright.shoppers.links import Grant, seal
from orderwright.shoppers.queries import LINK_FACTS, WITHDRAW_LINKS, LinkFacts

PERMISSION = "orders.link"
DAYS = 30
LONGEST = timedelta(days=730)  # that a link lasts, however far the promised day is


class MakePortalLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link by which whoever has it sees an order and may change it, for `days` after it was promised, or from now
    where that day is over; two years at most."""

    order_id: UUID
    days: Annotated[int, Meta(ge=1, le=365)] = DAYS


class WithdrawPortalLinks(msgspec.Struct, frozen=True, kw_only=True):
    """All links to an order that were made so far, and all visits by them or by a look-up, end now."""

    order_id: UUID


async def make_portal_links(
    tx: Transaction, ctx: Context, commands: Sequence[MakePortalLink], public_url: str | None = None
) -> list[Outcome]:
    """Make links to orders. Nothing of them is stored. `public_url` is what stands before their paths.

    An act is recorded: the audit trail says who made some. Permission: `orders.link`. Locks: nothing. Outcomes, in
    precedence: `order_not_found`, `made` (`details.path`, `details.url` where the installation knows its address,
    `details.expires_at`).
    """
    ctx.require(PERMISSION)
    ctx.require_all_locations("A link shows the whole order.")
    found = {row.id: row for row in await LINK_FACTS.fetch(tx, [command.order_id for command in commands])}
    outcomes = [_made(tx, ctx, command, found.get(command.order_id), public_url) for command in commands]
    if any(outcome.ok for outcome in outcomes):
        await record_act(tx, ctx, "make_portal_links")
    return outcomes


def _made(
    tx: Transaction, ctx: Context, command: MakePortalLink, row: LinkFacts | None, public_url: str | None
) -> Outcome:
    if row is None or not ctx.may_channel(row.channel_id):
        return no("order_not_found", "There is no such order. Check the id.")
    day = row.promised_on
    promised = ctx.now if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC)
    promised = min(promised, ctx.now + LONGEST) + timedelta(days=0 if day is None else 1)
    expires_at = min(max(promised, ctx.now) + timedelta(days=command.days), ctx.now + LONGEST).replace(microsecond=0)
    merchant = tx.schema.removeprefix(MERCHANT_PREFIX)
    token = seal("link", merchant, Grant(row.id, expires_at, row.version), tx.hash_key)
    path = f"/p/{merchant}/link/{token}"
    whole = {} if public_url is None else {"url": public_url.rstrip("/") + path}
    return Outcome(code="made", id=row.id, details={"path": path, **whole, "expires_at": expires_at})


async def withdraw_portal_links(
    tx: Transaction, ctx: Context, commands: Sequence[WithdrawPortalLinks]
) -> list[Outcome]:
    """Withdraw the links to orders: those that were made lead nowhere from now on, and who came by one, or by number
    and e-mail, is sent away. New ones can be made.

    Permission: `orders.link`. Locks: orders. Appends `order.links_withdrawn`. Outcomes, in precedence:
    `order_not_found`, `duplicate_in_batch`, `withdrawn`.
    """
    ctx.require(PERMISSION)
    locked = await orders.lock_own_orders(tx, ctx, [command.order_id for command in commands])
    going: list[UUID] = []
    outcomes: list[Outcome] = []
    for command in commands:
        if command.order_id not in locked:
            outcomes.append(no("order_not_found", "There is no such order. Check the id."))
        elif command.order_id in going:
            outcomes.append(no("duplicate_in_batch", "The same order is named twice in this call. Send each once."))
        else:
            going.append(command.order_id)
            outcomes.append(Outcome(code="withdrawn", id=command.order_id))
    if going:
        act_id = await record_act(tx, ctx, "withdraw_portal_links")
        await WITHDRAW_LINKS.run(tx, going)
        story = orders.OrderStory(locked, ctx.now)
        for order_id in going:
            story.tell(order_id, "order.links_withdrawn", {})
        await story.write(tx, act_id)
    return outcomes
