"""What happens to a payment at its provider without us is seen and written down; what is about to lapse is seen to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from orderwright.flows.receive_webhooks import match_webhooks, receive_webhook
from orderwright.flows.watch_payments import watch_payments
from orderwright.payments import Answer, Ask, AskKind, Notice
from orderwright.payments.providers.builtin import Mode
from orderwright.platform.clock import utc_now
from orderwright.platform.ids import UUID, encode_id
from tests.builders.orders import a_payment, an_order
from tests.helpers.bank import Bank
from tests.helpers.desk import Desk


@pytest.fixture
def bank(desk: Desk) -> Bank:
    return Bank(desk)


async def an_order_with(desk: Desk, payment: Any, units: int = 2) -> UUID:
    """An order of one SKU at 19.99 with plenty of stock, paid as said."""
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    return await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, units)], payments=[payment]))


async def elsewhere(bank: Bank, order_id: UUID, kind: AskKind, amount: int, *, final: bool = False) -> Answer:
    """Somebody does something at the provider's own desk."""
    [payment] = await bank.payments(order_id)
    ask = Ask("x", encode_id("pay", payment.id), kind, amount, "USD", payment.reference, None, final)
    return await bank.provider.act_at_desk("acme", ask)


async def webhook(desk: Desk, bank: Bank, order_id: UUID, event_id: str = "evt_1") -> None:
    """The provider tells of it."""
    [payment] = await bank.payments(order_id)
    notice = Notice(event_id, "payment.changed", payment.reference)
    await desk.run(lambda tx, ctx: receive_webhook(tx, ctx, "builtin", notice))


async def due(desk: Desk, stage: str) -> None:
    async with desk.database.transaction("acme") as tx:
        await tx.execute("UPDATE work SET due = now() WHERE stage = $1", stage)


async def test_a_refund_made_elsewhere_is_written_down(desk: Desk, bank: Bank) -> None:
    payment = await bank.authorized(3998)
    order_id = await an_order_with(desk, payment)
    await elsewhere(bank, order_id, AskKind.CAPTURE, 3998, final=True)
    await elsewhere(bank, order_id, AskKind.REFUND, 1000)

    await webhook(desk, bank, order_id)
    await webhook(desk, bank, order_id)
    await bank.work()

    assert await bank.sums(order_id) == [(3998, 0, 3998, 1000)]
    assert await bank.due(order_id) == 1000
    assert (await desk.events(order_id)).count("payment.changed_elsewhere") == 1


async def test_what_was_captured_elsewhere_is_not_about_to_lapse(desk: Desk, bank: Bank) -> None:
    order_id = await an_order_with(desk, await bank.authorized(3998))
    await elsewhere(bank, order_id, AskKind.CAPTURE, 3998, final=True)

    await webhook(desk, bank, order_id)
    await bank.work()

    assert await bank.sums(order_id) == [(3998, 0, 3998, 0)]
    assert await desk.holds(order_id) == []


async def test_an_order_whose_authorization_was_let_go_elsewhere_is_held(desk: Desk, bank: Bank) -> None:
    order_id = await an_order_with(desk, await bank.authorized(3998))
    await elsewhere(bank, order_id, AskKind.VOID, 3998)

    await webhook(desk, bank, order_id)
    await bank.work()

    assert await bank.sums(order_id) == [(3998, 3998, 0, 0)]
    assert await desk.holds(order_id) == ["authorization_lapses"]


async def test_an_authorization_that_is_a_day_from_lapsing_holds_and_is_let_go_when_it_lapses(
    desk: Desk, bank: Bank
) -> None:
    order_id = await an_order_with(desk, await bank.authorized(3998, "tok_expires_3600"))
    await due(desk, "watch")

    await bank.work()

    assert await desk.holds(order_id) == ["authorization_lapses"]
    assert await bank.sums(order_id) == [(3998, 0, 0, 0)]
    [row] = await desk.fetch("SELECT due FROM work WHERE stage = 'watch'")
    assert timedelta(minutes=55) < row["due"] - utc_now() < timedelta(minutes=62)
    async with desk.database.transaction("acme") as tx:
        await tx.execute("UPDATE builtin_payment SET expires_at = now()")
    await due(desk, "watch")
    await bank.work()
    assert await bank.sums(order_id) == [(3998, 3998, 0, 0)]
    assert await desk.queue("watch") == set()


async def test_a_refusal_is_looked_into(desk: Desk, bank: Bank) -> None:
    """Somebody voided it elsewhere and no webhook came: the refused capture leads there."""
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    order_id, _, _ = await desk.shipped(await bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    await elsewhere(bank, order_id, AskKind.VOID, 3998)

    await bank.work()

    assert (await desk.fetch("SELECT kind, state, code FROM payment_request")) == [
        ("capture", "refused", "already_final")
    ]
    assert await bank.sums(order_id) == [(3998, 3998, 0, 0)]
    assert await bank.sums(order_id) == await bank.at_provider(order_id)
    assert await bank.listed() == {order_id: "unpaid"}


class _Hesitating:
    """A provider of which somebody moves money, and that tells so, right after it has answered."""

    def __init__(self, bank: Bank, then: Any) -> None:
        self._bank, self._then = bank, then

    async def fetch(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        said = await self._bank.provider.fetch(merchant, asks)
        then, self._then = self._then, None
        if then is not None:
            await then()
        return said


async def test_a_webhook_that_comes_while_the_payment_is_looked_at_is_not_forgotten(desk: Desk, bank: Bank) -> None:
    order_id = await an_order_with(desk, await bank.authorized(3998))
    await elsewhere(bank, order_id, AskKind.CAPTURE, 3998, final=True)
    [payment] = await bank.payments(order_id)

    async def refund_elsewhere() -> None:
        await elsewhere(bank, order_id, AskKind.REFUND, 1000)
        await webhook(desk, bank, order_id, "evt_2")
        await desk.run(lambda tx, ctx: match_webhooks(tx, ctx, webhooks))

    notice = Notice("evt_2", "payment.refunded", payment.reference)
    await desk.run(lambda tx, ctx: receive_webhook(tx, ctx, "builtin", notice))
    webhooks = list(await desk.queue("webhook"))
    hesitating: Mapping[str, Any] = {"builtin": _Hesitating(bank, refund_elsewhere)}
    await watch_payments(desk.database, desk.ctx, [payment.id], hesitating)

    assert await desk.queue("watch") == {payment.id}
    await bank.work()
    assert await bank.sums(order_id) == [(3998, 0, 3998, 1000)]


async def test_a_provider_that_cannot_say_is_asked_again(desk: Desk, bank: Bank) -> None:
    order_id = await an_order_with(desk, await bank.authorized(3998))
    await elsewhere(bank, order_id, AskKind.VOID, 3998)
    await bank.fails("fetch", Mode.TIMEOUT_BEFORE)
    await webhook(desk, bank, order_id)
    await bank.work()
    assert await bank.sums(order_id) == [(3998, 0, 0, 0)]

    await due(desk, "watch")
    await bank.work()

    assert await bank.sums(order_id) == [(3998, 3998, 0, 0)]


# ---- several payments of an order ----


async def two_pending(desk: Desk, *tokens: str) -> UUID:
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    payments = [a_payment(1999, state="pending", provider="builtin", reference=token) for token in tokens]
    return await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 2)], payments=payments))


async def test_an_order_waits_for_all_of_its_authorizations(desk: Desk, bank: Bank) -> None:
    order_id = await two_pending(desk, "tok_ok", "tok_ok")
    await bank.fails(AskKind.AUTHORIZE, Mode.TIMEOUT_BEFORE, after=1)

    await bank.work()

    assert sorted(await bank.sums(order_id)) == [(0, 0, 0, 0), (1999, 0, 0, 0)]
    assert await desk.holds(order_id) == ["payment_pending"]
    await due(desk, "pay")
    await bank.work()
    assert await bank.sums(order_id) == [(1999, 0, 0, 0), (1999, 0, 0, 0)]
    assert await desk.holds(order_id) == []


async def test_an_authorization_does_not_make_up_for_another_that_was_refused(desk: Desk, bank: Bank) -> None:
    order_id = await two_pending(desk, "tok_ok", "tok_declined")

    await bank.work()

    assert await bank.sums(order_id) == [(1999, 0, 0, 0), (0, 0, 0, 0)]
    assert await desk.holds(order_id) == ["payment_refused"]


async def test_a_cancelled_order_is_not_held_when_its_authorization_is_refused(desk: Desk, bank: Bank) -> None:
    order_id = await an_order_with(desk, a_payment(3998, state="pending", provider="builtin", reference="tok_declined"))
    assert (await desk.cancel(order_id)).code == "cancelled"

    await bank.work()

    assert await desk.holds(order_id) == []
    assert await bank.listed() == {}


async def test_a_capture_is_not_the_last_while_another_is_under_way(desk: Desk, bank: Bank) -> None:
    """Were the first refused after it, what it was to take would be gone."""
    shop = await desk.shop(locations=2, skus=2)
    for sku, at in zip(shop.skus, shop.locations, strict=True):
        await desk.receive(sku, at, 9)
    order = await bank.paid_order(shop.channel.code, [(sku.code, 1) for sku in shop.skus])
    order_id, works = await desk.sourced(order)
    await bank.fails(AskKind.CAPTURE, Mode.TIMEOUT_BEFORE)
    await bank.fails(AskKind.CAPTURE, Mode.DECLINE)
    for work in works:
        await desk.release(work.id)
        await desk.pick(work.id)
        await desk.pack(work.id)
        await bank.work()
        assert await desk.ship(work.id) == ["shipped"]
        await bank.work()

    await due(desk, "pay")
    await bank.work()

    rows = await desk.fetch("SELECT state, final FROM payment_request ORDER BY id")
    assert [tuple(row) for row in rows] == [("refused", False), ("done", False), ("done", True)]
    assert await bank.sums(order_id) == [(3998, 0, 3998, 0)]


async def test_what_was_captured_elsewhere_before_a_void_is_not_let_go(desk: Desk, bank: Bank) -> None:
    order_id = await an_order_with(desk, await bank.authorized(3998))
    await elsewhere(bank, order_id, AskKind.CAPTURE, 998)
    assert (await desk.cancel(order_id)).code == "cancelled"

    await bank.work()

    # the capture was seen at the void's answer, and given back
    assert await bank.sums(order_id) == [(3998, 3000, 998, 998)]
    assert await bank.sums(order_id) == await bank.at_provider(order_id)
