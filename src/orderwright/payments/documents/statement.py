"""A customer's account statement, from the money ledger: what was charged, paid and given back, order by order."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from orderwright.payments.documents.queries import (
    STATEMENT_ENTRIES,
    STATEMENT_OPENINGS,
    StatementRow,
)
from orderwright.payments.documents.read_documents import READ_PERMISSION
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.errors import InvalidRequest
from orderwright.platform.ids import UUID

ENTRIES_MAX = 5_000
_OF_PAYMENTS = frozenset({"exchange", "exchange_back", "store_credit"})  # money paid that went elsewhere, and came back


class OrderBalance(NamedTuple):
    """An order at the end of a statement: what was due before it, what moved, what is due after it."""

    order_id: UUID
    order_number: int
    opening_minor: int
    charged_minor: int  # less what was taken back
    paid_minor: int  # less what was refunded, became store credit, or paid for the goods of an exchange
    closing_minor: int


class CurrencyStatement(NamedTuple):
    """What happened in one currency. Positive is owed to us, negative to the customer. The `balances` of orders sum to
    the opening and the closing one."""

    currency: str
    opening_minor: int
    entries: list[StatementRow]
    balances: list[OrderBalance]
    closing_minor: int


class Statement(NamedTuple):
    """A customer's account from a moment to before another one."""

    begins: datetime
    ends: datetime
    currencies: list[CurrencyStatement]


async def read_statement(
    tx: Transaction, ctx: Context, customer_id: UUID, begins: datetime, ends: datetime
) -> Statement:
    """What moved a customer's account in [begins, ends), with the balances before and after, by currency and order.

    A caller that is limited to channels sees the orders of those. Permission: `documents.read`. No locks; two
    statements. Raises InvalidRequest where there are more than 5,000 entries.
    """
    ctx.require(READ_PERMISSION)
    ctx.require_all_locations("A statement is of whole orders.")
    channels = None if ctx.channels is None else list(ctx.channels)
    openings = await STATEMENT_OPENINGS.fetch(tx, customer_id, begins, channels)
    entries = await STATEMENT_ENTRIES.fetch(tx, customer_id, begins, ends, channels, ENTRIES_MAX + 1)
    if len(entries) > ENTRIES_MAX:
        raise InvalidRequest(f"There are more than {ENTRIES_MAX} entries. Ask for fewer days.")
    found = []
    for currency in sorted({o.currency for o in openings} | {e.currency for e in entries}):
        before = {o.order_id: o for o in openings if o.currency == currency}
        mine = [e for e in entries if e.currency == currency]
        balances = []
        for order_id in sorted({*before, *(e.order_id for e in mine)}):
            of = [e for e in mine if e.order_id == order_id]
            opening = before[order_id].balance_minor if order_id in before else 0
            number = before[order_id].order_number if order_id in before else of[0].order_number
            paid = -sum(e.amount_minor for e in of if e.payment_id is not None or e.kind in _OF_PAYMENTS)
            charged = sum(e.amount_minor for e in of) + paid
            balances.append(OrderBalance(order_id, number, opening, charged, paid, opening + charged - paid))
        opening = sum(o.balance_minor for o in before.values())
        closing = opening + sum(e.amount_minor for e in mine)
        found.append(CurrencyStatement(currency, opening, mine, balances, closing))
    return Statement(begins, ends, found)
