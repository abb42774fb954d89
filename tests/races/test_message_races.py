"""The same message from two sides at once, and an answer beside another message."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orderwright.messages import RecordMessage, SettleMessage, record_messages, settle_messages
from orderwright.platform.clock import utc_now
from orderwright.platform.ids import UUID
from tests.builders.orders import an_order
from tests.helpers.desk import Desk, codes
from tests.helpers.races import race


async def two_orders(desk: Desk) -> list[UUID]:
    shop = await desk.shop()
    return [await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)])) for _ in range(2)]


def mail(order_id: UUID, reference: str = "<1@mail>") -> RecordMessage:
    return RecordMessage(order_id=order_id, direction="in", medium="e_mail", words="Where is it?", reference=reference)


@pytest.mark.parametrize("keep", [True, False])
async def test_a_message_that_two_bring_at_once_for_two_orders_is_kept_once(desk: Desk, keep: bool) -> None:
    """The two hold the locks of different orders: the reference alone tells them that it is the same."""
    first, second = await two_orders(desk)
    one, other = await race(
        desk,
        lambda tx: record_messages(tx, desk.ctx, [mail(first)]),
        lambda tx: record_messages(tx, desk.ctx, [mail(second), mail(second, "<2@mail>")]),
        keep=keep,
    )
    assert codes(one) == ["recorded"]
    assert codes(other) == ["already_recorded" if keep else "recorded", "recorded"]
    assert (other[0].id == one[0].id) is keep
    assert await desk.value("SELECT count(*) FROM message") == 2
    assert await desk.events(second) == ["order.placed"] + ["message.received"] * (1 if keep else 2)


async def test_an_answer_and_no_answer_needed_at_once_leave_what_was_first_and_then_what_was_last(desk: Desk) -> None:
    order_id, _ = await two_orders(desk)
    [asked] = await desk.run(record_messages, [mail(order_id)])
    answer = RecordMessage(
        order_id=order_id,
        direction="out",
        medium="portal",
        words="Today.",
        answers_until=utc_now() + timedelta(minutes=1),
    )
    settle = SettleMessage(message_id=asked.id, answer="not_needed")
    told, settled = await race(
        desk,
        lambda tx: record_messages(tx, desk.ctx, [answer]),
        lambda tx: settle_messages(tx, desk.ctx, [settle]),
    )
    assert (codes(told), codes(settled)) == (["recorded"], ["settled"])
    assert await desk.value("SELECT answer FROM message WHERE direction = 'in'") == "not_needed"
    assert await desk.events(order_id) == ["order.placed", "message.received", "message.sent", "message.settled"]
