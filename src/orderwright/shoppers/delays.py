"""What a shopper says when supply is late, and whether it may be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Literal, NamedTuple

import msgspec

from orderwright.orders import CancelLine, ComponentRow
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome, no
from orderwright.shoppers.queries import APPEND_DELAYS, DELAYS_OF_ORDERS

Answer = Literal["wait", "ship_now", "cancel"]
DAYS_MAX = 365  # that somebody says to wait

MESSAGES: dict[str, str] = {
    "order_not_found": "There is no such order. Check the id.",
    "duplicate_in_batch": "The same order is named twice in this call. Send each once.",
    "nothing_waits": "Nothing of the order is late, or waits for supply. Read it again.",
    "until_needed": "Say in `until` to which day, from today to a year from now, the shopper waits.",
    "until_for_wait_only": "Only who waits names a day. Leave out `until`.",
    "nothing_to_ship": "Nothing of the order is here to be sent. Wait, or cancel what waits.",
    "nothing_to_cancel": "Nothing of the order waits for supply. Cancel the order or its lines instead.",
}


class AnswerDelay(msgspec.Struct, frozen=True, kw_only=True):
    """What the shopper wants, since supply is late: `wait` (to the day `until`), have what is here shipped now and wait
    for the rest (`ship_now`), or `cancel` what waits."""

    order_id: UUID
    answer: Answer
    until: date | None = None


class Standing(NamedTuple):
    """How an order stands, in units: `waiting` for supply, and `here`, promised or at a location and not yet sent.
    `late`: the promised day is over."""

    waiting: int
    here: int
    late: bool


class DelayAnswer(NamedTuple):
    """What was answered."""

    answer: str
    until: date | None
    answered_at: datetime


def standing_of(components: Sequence[ComponentRow], promised_on: date | None, today: date) -> Standing:
    """How an order stands. Pure."""
    waiting = sum(c.backordered for c in components)
    here = sum(c.promised + c.allocated + c.picked + c.packed for c in components)
    return Standing(waiting, here, promised_on is not None and promised_on < today and waiting + here > 0)


def refuse_answer(command: AnswerDelay, standing: Standing, today: date) -> Outcome | None:
    """Why it cannot be answered so, or None. Precedence: `nothing_waits`, `until_needed`, `until_for_wait_only`,
    `nothing_to_ship`, `nothing_to_cancel`. Pure."""
    code = None
    if not standing.waiting and not standing.late:
        code = "nothing_waits"
    elif command.answer == "wait" and (command.until is None or not 0 <= (command.until - today).days <= DAYS_MAX):
        code = "until_needed"
    elif command.answer != "wait" and command.until is not None:
        code = "until_for_wait_only"
    elif command.answer == "ship_now" and not standing.here:
        code = "nothing_to_ship"
    elif command.answer == "cancel" and not standing.waiting:
        code = "nothing_to_cancel"
    return None if code is None else no(code, MESSAGES[code])


def waiting_lines(components: Sequence[ComponentRow], quantities: Mapping[int, int]) -> list[CancelLine]:
    """Lines with the units that wait: of a kit, as many whole ones as wait for any part. Pure."""
    lines: dict[int, int] = {}
    for c in components:
        per_unit = max(1, c.ordered // quantities[c.line_n])
        lines[c.line_n] = max(lines.get(c.line_n, 0), -(-c.backordered // per_unit))
    return [CancelLine(line=n, quantity=units) for n, units in sorted(lines.items()) if units]


async def write_delays(tx: Transaction, act_id: UUID, answers: Sequence[AnswerDelay]) -> None:
    """Keep what was answered. The orders are locked. Two statements."""
    before = await read_delays(tx, [answer.order_id for answer in answers])
    rows = [(a.order_id, len(before.get(a.order_id, ())) + 1, a.answer, a.until, act_id) for a in answers]
    await APPEND_DELAYS.run(tx, rows)


async def read_delays(tx: Transaction, order_ids: Sequence[UUID]) -> dict[UUID, list[DelayAnswer]]:
    """What was answered about orders, oldest first. One statement."""
    found: dict[UUID, list[DelayAnswer]] = {}
    for row in await DELAYS_OF_ORDERS.fetch(tx, list(order_ids)):
        found.setdefault(row.order_id, []).append(DelayAnswer(row.answer, row.until, row.answered_at))
    return found
