"""The payment pump: ask the providers outside any transaction, then write what they answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from orderwright import orders, payments
from orderwright.flows.release_orders import release_orders
from orderwright.flows.settle_orders import settle_locked
from orderwright.flows.watch_payments import BEFORE_LAPSE
from orderwright.orders import ReleaseHold
from orderwright.payments import Answer, Ask, AskKind, PaymentProvider, RequestRow, RequestState, Result, Verdict
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Database, Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.work import defer_work, enqueue_work, finish_work

LOOK_AGAIN = timedelta(seconds=10)  # what is unknown is looked up again after it

log = structlog.get_logger(__name__)


async def move_money(
    database: Database, ctx: Context, payment_ids: Sequence[UUID], providers: Mapping[str, PaymentProvider]
) -> None:
    """Send the oldest open request of each payment to its provider.

    The request is marked as sent before the call, and its id is the call's idempotency key. One that was sent before
    (its answer was lost, or its worker died) is looked up, and sent again only when its provider says, after
    `settled_after_s`, that it never came. Permission: `payments.settle`. Locks, in both transactions: orders, money.
    Appends what became of it: `payment.authorized`, `payment.captured`, `payment.voided`, `payment.refunded`,
    `payment.refused`.
    """
    ctx.require("payments.settle")
    async with database.transaction(ctx.merchant) as tx:
        await orders.lock_orders(tx, await payments.orders_of_payments(tx, payment_ids))
        requests = await payments.open_requests(tx, payment_ids)
        known = [r for r in requests if r.provider in providers]
        await payments.send_requests(tx, [r for r in known if r.state == "wanted"])
    answers: dict[UUID, Answer] = {}
    for name in sorted({r.provider for r in known if r.provider is not None}):
        answers |= await _ask(ctx, providers[name], [r for r in known if r.provider == name])
    async with database.transaction(ctx.merchant) as tx:
        await _write(tx, ctx, payment_ids, answers)
    if len(known) < len(requests):
        missing = sorted({str(r.provider) for r in requests} - set(providers))
        raise ProviderMissing(", ".join(missing))


class ProviderMissing(Exception):
    """Requests wait for a payment provider that this installation has no credentials for."""


async def _ask(ctx: Context, provider: PaymentProvider, requests: Sequence[RequestRow]) -> dict[UUID, Answer]:
    """What the provider says to each request: new ones are sent, others looked up first."""
    ids = {payments.ask_of(r).key: r.id for r in requests}
    said = await provider.fetch(ctx.merchant, [payments.ask_of(r) for r in requests if r.sent_at is not None])
    latest = ctx.now - timedelta(seconds=provider.settled_after_s)
    answers = {ids[a.key]: a for a in said}
    lost = [r for r in requests if r.sent_at is not None and _never_came(answers[r.id], r, latest)]
    for kind in AskKind:
        asks = [payments.ask_of(r) for r in requests if r.kind == kind and (r.sent_at is None or r in lost)]
        if asks:
            answers |= {ids[a.key]: a for a in await _call(provider, kind)(ctx.merchant, asks)}
    return answers


def _never_came(answer: Answer, request: RequestRow, latest: datetime) -> bool:
    """Whether something that was sent is known never to have arrived."""
    waited = request.sent_at is not None and request.sent_at < latest
    first = request.kind == AskKind.AUTHORIZE and request.reference is None
    return waited and answer.verdict is Verdict.UNKNOWN and (answer.standing is not None or first)


def _call(provider: PaymentProvider, kind: AskKind) -> Callable[[str, Sequence[Ask]], Awaitable[list[Answer]]]:
    return {
        AskKind.AUTHORIZE: provider.authorize,
        AskKind.INCREMENT: provider.increment,
        AskKind.CAPTURE: provider.capture,
        AskKind.VOID: provider.void,
        AskKind.REFUND: provider.refund,
    }[kind]


async def _write(tx: Transaction, ctx: Context, payment_ids: Sequence[UUID], answers: Mapping[UUID, Answer]) -> None:
    """Write the answers to requests that nobody has finished meanwhile, and decide what follows from them."""
    locked = await orders.lock_orders(tx, await payments.orders_of_payments(tx, payment_ids))
    known = {p.id: p for rows in (await payments.read_payments(tx, locked)).values() for p in rows}
    waiting = await payments.open_requests(tx, payment_ids)
    results = payments.results_of(waiting, known, answers)
    done = [r for r in results if r.state is not None]
    await payments.finish_requests(tx, [(r.request.id, r.state, r.code) for r in done if r.state is not None])
    if done:
        act_id = await record_act(tx, ctx, "move_money")
        await payments.move_payments(tx, [move for r in done for move in r.moves])
        await payments.write_entries(tx, act_id, [entry for r in done for entry in r.entries], ctx.now)
        story = orders.OrderStory(locked, ctx.now)
        for result in done:
            for told in result.told:
                story.tell(told.order_id, told.type, told.data)
        await _hold_refused(tx, act_id, story, locked, done)
        await story.write(tx, act_id)
        await _go_on(tx, ctx, locked, done)
        await settle_locked(tx, ctx, sorted({r.request.order_id for r in done}), act_id)
        await enqueue_work(tx, "watch", [r.request.payment_id for r in done if r.look])
        await _after_authorizing(tx, ctx, act_id, done)
    unknown = {r.request.payment_id for r in results if r.state is None}
    for result in results:
        if result.state is None:
            log.info("payment request unknown yet", request=str(result.request.id), code=result.code)
    more = {r.payment_id for r in await payments.open_requests(tx, payment_ids)} if done else set()
    more |= {r.payment_id for r in waiting if r.id not in answers}
    await defer_work(tx, "pay", sorted(unknown), ctx.now + LOOK_AGAIN)
    await finish_work(tx, "pay", [p for p in payment_ids if p not in unknown and p not in more])
    await enqueue_work(tx, "pay", sorted(more - unknown))


_PAYS = (AskKind.AUTHORIZE, AskKind.INCREMENT, AskKind.CAPTURE)
_OVER = orders.FINAL | {orders.OrderStatus.SHIPPED}
_SETS_ASIDE = (AskKind.AUTHORIZE, AskKind.INCREMENT)


async def _after_authorizing(tx: Transaction, ctx: Context, act_id: UUID, done: Sequence[Result]) -> None:
    """Watch what is set aside by now, so that it does not lapse unseen; and ask for more where the order was edited
    meanwhile."""
    made = [r for r in done if r.request.kind in _SETS_ASIDE and r.state is RequestState.DONE]
    if not made:
        return
    lapse = [m.expires_at - BEFORE_LAPSE for r in made for m in r.moves if m.expires_at is not None]
    due = min([ctx.now + payments.WATCH_AFTER, *lapse])
    await enqueue_work(tx, "watch", [r.request.payment_id for r in made], due)
    edited, _ = await orders.read_editable(tx, {r.request.order_id for r in made})
    grown = [i for i, order in edited.items() if order.revision]
    if grown:
        wanted = [request for one in await payments.read_money(tx, grown) if (request := payments.increment(one))]
        await payments.write_requests(tx, act_id, wanted)


async def _hold_refused(
    tx: Transaction,
    act_id: UUID,
    story: orders.OrderStory,
    locked: Mapping[UUID, orders.LockedOrder],
    done: Sequence[Result],
) -> None:
    """Hold the orders whose authorization was refused, or more of it, or a capture for what left, until there is
    another payment or somebody decides. One of which nothing is still to leave needs neither."""
    refused = {
        r.request.order_id: orders.HoldDraft(orders.PAYMENT_REFUSED, ("release", "ship"), {"code": r.code})
        for r in done
        if r.request.kind in _PAYS
        and r.state is RequestState.REFUSED
        and locked[r.request.order_id].status not in _OVER
    }
    await orders.write_holds(tx, act_id, story, list(refused.items()))


async def _go_on(
    tx: Transaction, ctx: Context, locked: Mapping[UUID, orders.LockedOrder], done: Sequence[Result]
) -> None:
    """Orders that waited for their authorizations wait no more once all are known; those that were refused before, once
    none is refused any more."""
    asked = sorted(
        {r.request.order_id for r in done if r.request.kind in _PAYS and locked[r.request.order_id].hold_count}
    )
    if not asked:
        return
    stand = await payments.read_payments(tx, asked)
    known = [i for i in asked if not any(AskKind.AUTHORIZE in p.under_way for p in stand[i])]
    held = {i for i in known for p in stand[i] if p.refused_code is not None}
    held |= {r.request.order_id for r in done if r.state is RequestState.REFUSED and r.request.kind in _PAYS}
    holds = [ReleaseHold(order_id=i, type=orders.PAYMENT_PENDING) for i in known]
    holds += [ReleaseHold(order_id=i, type=orders.PAYMENT_REFUSED) for i in known if i not in held]
    if holds:
        await release_orders(tx, ctx, holds)
