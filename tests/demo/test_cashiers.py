"""What the demo's cashiers do about a balance that stays open."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from orderwright.demo.cashiers import steps_of
from orderwright.demo.lists import OpenBalance
from orderwright.orders.contract import Amount
from orderwright.payments import RecordPayment, RetryPayment, WriteOffBalance
from orderwright.platform.ids import UUID, encode_id, new_id, new_ids

ORDER = new_id()


def a_row(why: str, due_minor: int, payment_id: UUID | None, **fields: Any) -> OpenBalance:
    """An open balance with a payment that has nothing to give."""
    row = OpenBalance(
        order_id=ORDER, number=7, currency="USD", why=why, since=datetime(2026, 11, 23, tzinfo=UTC),
        due_minor=due_minor, payment_id=payment_id, known=True, refused=False, awaited=False, refundable_minor=0,
    )  # fmt: skip
    return row._replace(**fields)


def steps(*rows: OpenBalance, lost: bool = False) -> list[Any]:
    return list(steps_of(rows, lambda _: lost))


def recorded(direction: Any, amount: int, payment_id: UUID | None) -> RecordPayment:
    payment = None if payment_id is None else encode_id("pay", payment_id)
    return RecordPayment(order_id=ORDER, amount=Amount(amount, "USD"), direction=direction, payment=payment)


def test_a_transfer_that_is_awaited_comes_on_its_payment() -> None:
    card, invoice = new_ids(2)

    found = steps(a_row("awaiting_payment", 4200, card), a_row("awaiting_payment", 4200, invoice, awaited=True))

    assert found == [recorded("received", 4200, invoice)]


def test_what_a_marketplace_gave_back_is_recorded_one_payment_at_a_time() -> None:
    spent, first, second = new_ids(3)
    rows = [
        a_row("refund_by_hand", -700, spent),
        a_row("refund_by_hand", -700, first, refundable_minor=500),
        a_row("refund_by_hand", -700, second, refundable_minor=1000),
    ]

    assert steps(*rows) == [recorded("refunded", 500, first)]
    assert steps(*[row._replace(due_minor=-200) for row in rows[2:]]) == [recorded("refunded", 200, second)]
    assert steps(rows[0]) == []


def test_small_rests_and_lost_ones_are_written_off_and_others_paid() -> None:
    card = new_id()

    assert steps(a_row("unpaid", 2000, card)) == [WriteOffBalance(order_id=ORDER)]
    assert steps(a_row("unpaid", 2001, card)) == [recorded("received", 2001, None)]
    assert steps(a_row("unpaid", 2001, card), lost=True) == [WriteOffBalance(order_id=ORDER)]
    assert steps(a_row("unpaid", 0, card)) == []


def test_what_was_refused_is_tried_again_with_another_card_where_there_is_none_yet() -> None:
    fine, known, unknown = new_ids(3)
    rows = [
        a_row("refused", 900, fine),
        a_row("refused", 900, known, refused=True),
        a_row("refused", 900, unknown, refused=True, known=False),
    ]

    assert steps(*rows) == [RetryPayment(payment_id=known), RetryPayment(payment_id=unknown, token="tok_ok")]
