"""Exchanges: what comes back, what is given for it, and who pays the difference. Pure but for the queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

import msgspec

from orderwright.orders import ChargeRow
from orderwright.orders.contract import Amount, Discount, Line, Tax, UnitPrice
from orderwright.payments import Charges, own_taxes_of
from orderwright.payments.taxes import TaxShare
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID
from orderwright.platform.money import prorate
from orderwright.platform.outcomes import Outcome
from orderwright.platform.queries import append, query, statement
from orderwright.returns.books import OrderBook, Return
from orderwright.returns.commands import RequestedLine
from orderwright.returns.exchange_contract import NewLine, refuse_exchange
from orderwright.returns.policy import PolicyOf, ReturnTerms, restocking_rate
from orderwright.returns.states import EXCHANGE_TRANSITIONS, ExchangeState
from orderwright.returns.worth import fee_on, worth_of

_AMOUNTS = 5  # that a unit has its part of: goods, discount, tax, delivery, and the tax on that
_PRICE_STEP = Decimal("0.000001")  # what `order_line.unit_price_minor` holds


class ExchangeRow(NamedTuple):
    """An exchange: see the table."""

    id: UUID
    return_id: UUID
    order_id: UUID
    new_order_id: UUID
    payment_id: UUID
    mode: str
    state: str
    return_by: datetime

    @property
    def is_open(self) -> bool:
        """Whether what comes back still pays for the new goods."""
        return self.state == ExchangeState.OPEN


READ_EXCHANGES = query(__package__, "read_exchanges", ExchangeRow)
APPEND_EXCHANGES = append("exchange", "id return_id order_id new_order_id payment_id mode state return_by")
END_EXCHANGES = statement(__package__, "end_exchanges")


async def read_exchanges(
    tx: Transaction,
    *,
    ids: Iterable[UUID] = (),
    return_ids: Iterable[UUID] = (),
    payment_ids: Iterable[UUID] = (),
    order_ids: Iterable[UUID] = (),
) -> list[ExchangeRow]:
    """Exchanges by any of these; `order_ids`: that the goods are of. One statement."""
    return await READ_EXCHANGES.fetch(tx, list(ids), list(return_ids), list(payment_ids), list(order_ids))


async def write_exchanges(tx: Transaction, rows: Sequence[ExchangeRow]) -> None:
    """Append exchanges. One statement, or none."""
    await APPEND_EXCHANGES.run(tx, rows)


async def end_exchanges(tx: Transaction, ended: Sequence[tuple[UUID, ExchangeState]]) -> None:
    """Nothing more is waited for. One statement, or none. Locks: the rows; the caller holds both orders' locks."""
    if ended:
        sources = [s.value for s, targets in EXCHANGE_TRANSITIONS.items() if targets]
        await END_EXCHANGES.run(tx, *columns([(i, state.value) for i, state in ended], 2), sources)


def policy_of_exchange(policy: PolicyOf) -> PolicyOf:
    """The terms on which goods come back for others: as for money, but for the fees, unless the channel keeps them."""
    terms = policy.terms
    if terms.exchange_fees:
        return policy
    categories = {
        name: msgspec.structs.replace(own, restocking_rate=None) for name, own in terms.categories.items()
    }  # fmt: skip
    free = msgspec.structs.replace(terms, restocking_rate=Decimal(0), label_fee_minor=0, categories=categories)
    return policy._replace(terms=free)


def return_by(terms: ReturnTerms, now: datetime) -> datetime:
    """Until when the goods are waited for."""
    return now + timedelta(days=terms.exchange_days)


def new_lines(
    book: OrderBook,
    charges: Sequence[ChargeRow],
    terms: ReturnTerms,
    back: Sequence[RequestedLine],
    wanted: Sequence[NewLine],
) -> list[Line] | Outcome:
    """New goods as lines of an order, priced. Codes: `price_needed`."""
    left = {line.line: line.quantity for line in back}
    lines: list[Line] = []
    for new in wanted:
        if new.unit_price is not None:
            lines.append(_as_said(new, new.unit_price))
            continue
        n = new.in_place_of
        if n is None or left.get(n, 0) < new.quantity:
            return refuse_exchange("price_needed", sku=new.sku)
        asked = next(line.quantity for line in back if line.line == n)
        start = book.credited(n) + asked - left[n]
        kept = msgspec.structs.replace(terms, keep_outbound_shipping=True)
        worth = worth_of(book.order, book.lines[n], start, new.quantity, kept)
        left[n] -= new.quantity
        lines.append(_in_place(book, charges, new, n, worth))
    return lines


def _as_said(new: NewLine, price: UnitPrice) -> Line:
    return Line(
        sku=new.sku, quantity=new.quantity, unit_price=price, name=new.name, discounts=new.discounts, taxes=new.taxes
    )


def _in_place(book: OrderBook, charges: Sequence[ChargeRow], new: NewLine, n: int, worth: Charges) -> Line:
    """A line that costs what other units did, to the cent: goods, discount and tax."""
    currency = book.order.currency
    price = (Decimal(worth.lines) / new.quantity).quantize(_PRICE_STEP)
    discounts = [Discount(amount=Amount(worth.discounts, currency), name="As before")] if worth.discounts else []
    known = own_taxes_of(book.lines[n], list(book.lines), charges)
    return Line(
        sku=new.sku, quantity=new.quantity, unit_price=UnitPrice(price, currency), name=new.name, discounts=discounts,
        taxes=_taxes(known, worth.tax, currency),
    )  # fmt: skip


def _taxes(known: Sequence[TaxShare], tax_minor: int, currency: str) -> list[Tax]:
    amounts = prorate(tax_minor, [share.amount_minor for share in known])
    return [
        Tax(amount=Amount(amount, currency), name=share.name, rate=share.rate)
        for share, amount in zip(known, amounts, strict=True)
    ]


def expected_minor(book: OrderBook, terms: ReturnTerms, back: Sequence[RequestedLine], method: str) -> int:
    """What goods bring when they come back as they should, less fees, in minor units."""
    brings = fees = 0
    for line in back:
        start, all_lines = book.credited(line.line), book.lines.values()
        worth = worth_of(book.order, book.lines[line.line], start, line.quantity, terms, all_lines)
        brings += worth.total(prices_include_tax=book.order.prices_include_tax)
        fees += fee_on(worth, restocking_rate(terms, book.article(line.line), line.reason))
    if method == "label" and any(line.reason not in terms.free_reasons for line in back):
        fees += min(terms.label_fee_minor, max(0, brings - fees))
    return brings - fees


class Difference(NamedTuple):
    """What the new goods cost, what the goods that come back bring of it, and what must be paid or set aside."""

    total_minor: int
    brought_minor: int
    needed_minor: int


def difference(mode: str, total_minor: int, expected_minor: int) -> Difference:
    """Who pays for new goods. In advance all must be set aside, as long as nothing has come back."""
    brought = min(total_minor, max(0, expected_minor))
    return Difference(total_minor, brought, total_minor if mode == "advance" else total_minor - brought)


def paid_by_return(brought_minor: int, new_due_minor: int) -> int:
    """What of the money that goods brought goes to the new order, which still owes so much."""
    return max(0, min(brought_minor, new_due_minor))


def odd_cents(one: Return, missing_minor: int) -> int:
    """What a return brought less than it was to, where all of it came, and it is so little that only odd cents can be
    the reason: a unit carries a minor unit more or less than another of its line, of each of `_AMOUNTS`."""
    units = sum(line.quantity for line in one.lines.values())
    whole = all(line.credited >= line.quantity for line in one.lines.values())
    return missing_minor if whole and 0 < missing_minor <= _AMOUNTS * units else 0


def open_exchanges_by_return(rows: Iterable[ExchangeRow]) -> Mapping[UUID, ExchangeRow]:
    """The open ones of them, by their returns."""
    return {row.return_id: row for row in rows if row.is_open}
