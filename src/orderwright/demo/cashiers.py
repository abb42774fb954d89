"""Cashiers: work off the balances that stay open, by what keeps each of them open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from orderwright.demo.lists import OPEN_BALANCES, OpenBalance
from orderwright.demo.play import Person, Play
from orderwright.demo.set_up import DemoWorld
from orderwright.flows.change_money import record_payments, retry_payments, write_off_balances
from orderwright.orders.contract import Amount
from orderwright.payments import RecordPayment, RetryPayment, WriteOffBalance
from orderwright.platform.clock import utc_now
from orderwright.platform.ids import UUID, encode_id

BATCH = 100  # orders
# How long it takes at speed 1, least and most: until a transfer comes, a marketplace has given back, a card is found.
_TAKES_S = {"awaiting_payment": (10.0, 40.0), "refund_by_hand": (4.0, 15.0), "refused": (3.0, 10.0)}
_ELSE_S = (3.0, 15.0)
_LEAST_S = 3.0
_SMALL_MINOR = 2_000  # not worth a letter
_LOST_SHARE = 0.2  # of larger rests, which nobody pays
_WHEN, _LOST = 91, 92  # what luck is asked for

Step = RecordPayment | WriteOffBalance | RetryPayment


class Cashiers:
    """Finance: one person for the list of open balances."""

    pause_s = 2.0

    def __init__(self, play: Play, world: DemoWorld) -> None:
        self._play = play
        self._cashier = Person("user:cashier-1", frozenset({"payments.write"}))

    async def turn(self) -> int:
        """Work off what has waited long enough; what is left of a balance after it is for the next turn."""
        play, cashier = self._play, self._cashier
        steps = [step for rows in await self._waiting() for step in steps_of(rows, self._is_lost)]
        records = [step for step in steps if isinstance(step, RecordPayment)]
        given_up = [step for step in steps if isinstance(step, WriteOffBalance)]
        again = [step for step in steps if isinstance(step, RetryPayment)]
        await play.act("cashiers", cashier, record_payments, records, reason="statement of account")
        await play.act("cashiers", cashier, write_off_balances, given_up, reason="not worth a letter")
        await play.act("cashiers", cashier, retry_payments, again, reason="another card")
        return len(steps)

    async def _waiting(self) -> list[list[OpenBalance]]:
        """Orders whose time has come, each with its payments."""
        play, now = self._play, utc_now()
        since = now - timedelta(seconds=_LEAST_S / play.options.speed)
        found = groupby(await play.read(OPEN_BALANCES, since, BATCH), key=_order)
        orders = [list(rows) for _, rows in found]
        return [rows for rows in orders if rows[0].order_id not in play.given_up and self._due_at(rows[0]) <= now]

    def _due_at(self, row: OpenBalance) -> datetime:
        return row.since + self._play.span(*_TAKES_S.get(row.why, _ELSE_S), _WHEN, row.number)

    def _is_lost(self, number: int) -> bool:
        return self._play.luck(_LOST, number) < _LOST_SHARE


def steps_of(rows: Sequence[OpenBalance], is_lost: Callable[[int], bool]) -> Iterable[Step]:
    """What to do about the open balance of one order, given its payments. `is_lost`: whether the customer of an order,
    by number, will never pay."""
    first = rows[0]
    if first.why == "refused":
        return [
            RetryPayment(payment_id=row.payment_id, token=None if row.known else "tok_ok")
            for row in rows
            if row.refused and row.payment_id is not None
        ]
    if first.due_minor < 0:
        return [
            _record(row, "refunded", min(-row.due_minor, row.refundable_minor)) for row in rows if row.refundable_minor
        ][:1]
    if first.due_minor == 0:
        return []
    awaited = next((row for row in rows if row.awaited), None)
    if awaited is None and (first.due_minor <= _SMALL_MINOR or is_lost(first.number)):
        return [WriteOffBalance(order_id=first.order_id)]
    return [_record(awaited or first._replace(payment_id=None), "received", first.due_minor)]


def _record(row: OpenBalance, direction: str, amount_minor: int) -> RecordPayment:
    """Of the row's payment; of a new one, a transfer, without any."""
    return RecordPayment(
        order_id=row.order_id,
        amount=Amount(amount_minor, row.currency),
        direction="refunded" if direction == "refunded" else "received",
        payment=None if row.payment_id is None else encode_id("pay", row.payment_id),
    )


def _order(row: OpenBalance) -> UUID:
    return row.order_id
