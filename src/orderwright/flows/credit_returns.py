"""Give back the money of returned units whose moment has come. Not a verb: part of those that bring that moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orderwright import orders, payments, returns
from orderwright.flows.give_credit import move_to_credit
from orderwright.flows.lock_returns import LockedReturns
from orderwright.flows.move_exchanges import move_to_exchanges
from orderwright.payments import Entry
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.work import enqueue_work
from orderwright.returns import Credit, Return


async def credit_returns(
    tx: Transaction,
    ctx: Context,
    act_id: UUID,
    story: orders.OrderStory,
    locked: LockedReturns,
    changed: Sequence[Return],
    again: Mapping[UUID, list[Credit]] | None = None,
) -> dict[UUID, int]:
    """Take the charges of units back by entries, and queue the orders to be settled, which refunds by itself. What
    comes back in exchange pays for the new goods first; what is to be store credit is that at once.

    `again`: what is charged again, by return. Changes the returns, which the caller writes after it. Tells
    `return.credited`. Answers what each return gives back, less fees, in minor units. Two statements, or none.
    """
    entries: list[Entry] = []
    given: dict[UUID, int] = {}
    for one in changed:
        book = locked.book(one)
        fresh = returns.decide_credits(book, one)
        label_fee = returns.decide_label_fee(book, one, fresh) if fresh else 0
        made = fresh + (again or {}).get(one.id, [])
        if not made:
            continue
        entries += returns.entries_of(book, one, made, label_fee)
        taxed = book.order.prices_include_tax
        fees = sum(credit.fee_minor for credit in made) + label_fee
        given[one.id] = sum(credit.worth.total(prices_include_tax=taxed) for credit in made) - fees
        lines = [
            {"line": c.line_n, "quantity": c.units, "amount_minor": c.worth.total(prices_include_tax=taxed)}
            for c in made
        ]
        story.tell(one.order_id, "return.credited", {
            "return_id": encode_id("ret", one.id), "lines": lines, "fees_minor": fees, "amount_minor": given[one.id],
        })  # fmt: skip
    await payments.write_entries(tx, act_id, entries, ctx.now)
    await enqueue_work(tx, "settle", [one.order_id for one in changed if one.id in given])
    await move_to_exchanges(tx, ctx, act_id, story, locked, given)
    await move_to_credit(tx, ctx, act_id, changed, given)
    return given
