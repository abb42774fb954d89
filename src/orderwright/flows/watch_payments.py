"""The watch pump: look payments up at their providers, and see to authorizations before they lapse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from orderwright import orders, payments
from orderwright.flows.settle_orders import settle_locked
from orderwright.orders import HoldDraft
from orderwright.payments import PaymentMove, PaymentProvider, PaymentRow, Standing
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Database, Transaction
from orderwright.platform.ids import UUID, decode_id
from orderwright.platform.work import Versions, defer_work, enqueue_work, finish_work, look_at_work

BEFORE_LAPSE = timedelta(days=1)  # an authorization that lapses within it is seen to
AGAIN = timedelta(minutes=5)  # what the provider could not say is asked again after it
AUTHORIZATION_LAPSES = "authorization_lapses"


async def watch_payments(
    database: Database, ctx: Context, payment_ids: Sequence[UUID], providers: Mapping[str, PaymentProvider]
) -> None:
    """Fetch how payments stand, and write down what somebody did elsewhere (a refund in the provider's own screens, a
    capture that we were not told of, an authorization that lapsed).

    Queued when an authorization is a day from lapsing, and by the provider's webhooks. An order that is still to ship
    and whose authorization is about to lapse, or has, is held for people (`authorization_lapses`). Permission:
    `payments.settle`. Locks (in the second transaction): orders, money. Appends `payment.changed_elsewhere`,
    `order.held`.
    """
    ctx.require("payments.settle")
    async with database.transaction(ctx.merchant, read_only=True) as tx:
        seen = (await look_at_work(tx, ["watch"], payment_ids))["watch"]
        asks = await payments.asks_about(tx, payment_ids)
    standings: dict[UUID, Standing | None] = {}
    for name in sorted(set(asks) & set(providers)):
        said = await providers[name].fetch(ctx.merchant, list(asks[name].values()))
        standings |= {i: a.standing for i, a in zip(asks[name], said, strict=True)}
    async with database.transaction(ctx.merchant) as tx:
        mine = await _write(tx, ctx, payment_ids, standings)
        await _queue_again(tx, ctx, mine, standings, seen)


async def _write(
    tx: Transaction, ctx: Context, payment_ids: Sequence[UUID], standings: Mapping[UUID, Standing | None]
) -> dict[UUID, bool]:
    """Write what is new; returns for each payment whether something is asked of its provider just now."""
    locked = await orders.lock_orders(tx, await payments.orders_of_payments(tx, payment_ids))
    by_order = await payments.read_payments(tx, locked)
    wanted = set(payment_ids)
    mine = {p.id: p for rows in by_order.values() for p in rows if p.id in wanted}
    known = [(p, standing) for i, p in mine.items() if (standing := standings.get(i)) is not None]
    changes = [payments.reconcile(p, standing) for p, standing in known]
    lapsing = [p for p, standing in known if _lapses(ctx, locked[p.order_id], p, standing)]
    await _wake_exchanges(tx, ctx, by_order, known)
    if lapsing or any(change.told for change in changes):
        act_id = await record_act(tx, ctx, "watch_payments")
        await payments.move_payments(tx, [move for change in changes for move in change.moves])
        await payments.write_entries(tx, act_id, [e for change in changes for e in change.entries], ctx.now)
        story = orders.OrderStory(locked, ctx.now)
        for told in (told for change in changes for told in change.told):
            story.tell(told.order_id, told.type, told.data)
        hold = HoldDraft(AUTHORIZATION_LAPSES, ("release",), {})
        await orders.write_holds(tx, act_id, story, [(p.order_id, hold) for p in lapsing])
        await story.write(tx, act_id)
        await settle_locked(tx, ctx, sorted({p.order_id for p, _ in known}), act_id)
    return {i: bool(p.under_way) for i, p in mine.items()}


_OVER = orders.FINAL | {orders.OrderStatus.SHIPPED}


def _lapses(ctx: Context, order: orders.LockedOrder, payment: PaymentRow, standing: Standing) -> bool:
    """Whether something is still to ship on an authorization that is about to lapse, or that has, or was let go."""
    if order.status in _OVER or not payment.capturable_minor or payment.under_way:
        return False
    lapses = standing.expires_at if standing.capturable_minor else None
    soon = lapses is not None and lapses <= ctx.now + BEFORE_LAPSE
    return soon or standing.released_minor > payment.released_minor


async def _wake_exchanges(
    tx: Transaction,
    ctx: Context,
    by_order: Mapping[UUID, Sequence[PaymentRow]],
    known: Sequence[tuple[PaymentRow, Standing]],
) -> None:
    """New goods that left in advance are charged before what is set aside for them lapses: see `lapse_exchanges`."""
    latest = ctx.now + BEFORE_LAPSE
    soon = [
        (p, standing.expires_at)
        for p, standing in known
        if standing.expires_at is not None and standing.capturable_minor and standing.expires_at <= latest
    ]
    awaited = [
        (p, expires_at, decode_id("exc", e.reference))
        for p, expires_at in soon
        for e in by_order[p.order_id]
        if payments.awaited_minor([e]) and e.reference is not None
    ]
    if awaited:
        await payments.move_payments(tx, [PaymentMove(p.id, expires_at=expires_at) for p, expires_at, _ in awaited])
        await enqueue_work(tx, "exchange", [exchange_id for _, _, exchange_id in awaited])


async def _queue_again(
    tx: Transaction,
    ctx: Context,
    under_way: Mapping[UUID, bool],
    standings: Mapping[UUID, Standing | None],
    seen: Versions,
) -> None:
    """Look again before the authorization lapses, and when it has; soon where the provider could not say, or something
    is under way. What was queued again since it was looked at (`seen`) stays: its webhook may tell of something newer.
    """
    later: dict[UUID, datetime] = {}
    for payment_id, busy in under_way.items():
        if payment_id in standings:
            standing = standings[payment_id]
            again = ctx.now + AGAIN if busy or standing is None else _next_look(ctx, standing)
            if again is not None:
                later[payment_id] = again
    await defer_work(tx, "watch", list(later), later, seen)
    await finish_work(tx, "watch", [i for i in seen if i not in later], seen)


def _next_look(ctx: Context, standing: Standing) -> datetime | None:
    """When an authorization is to be looked at again, if ever."""
    if standing.expires_at is None or not standing.capturable_minor:
        return None
    moments = (standing.expires_at - BEFORE_LAPSE, standing.expires_at)
    return next((moment for moment in moments if moment > ctx.now), None)
