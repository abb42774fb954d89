"""What returned units bring, to the cent. Pure (law M2).

Units are counted from the front of the line, as they left: the first that comes back brings what the first unit
carries, the next what the second does, whatever return they are part of. So partial returns in any order add up to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from orderwright.orders import LineMoneyRow, OrderMoneyRow
from orderwright.payments import Charges, Entry, charge_entries, front
from orderwright.platform.ids import UUID
from orderwright.platform.money import round_minor
from orderwright.returns.books import OrderBook, Return, ReturnLine
from orderwright.returns.outbound import outbound_of
from orderwright.returns.policy import ReturnTerms

_ALL = Decimal(1)


class Credit(NamedTuple):
    """`units` of a line whose money is given back: what was charged for them, less a fee. All of it negative where what
    was given back is charged again."""

    return_id: UUID
    order_id: UUID
    line_n: int
    units: int
    worth: Charges
    fee_minor: int


def worth_of(
    order: OrderMoneyRow,
    line: LineMoneyRow,
    start: int,
    units: int,
    terms: ReturnTerms,
    lines: Iterable[LineMoneyRow] = (),
) -> Charges:
    """What was charged for `units` units of a line, after the first `start`; with its share of what delivery cost where
    the terms give that back too. `lines` are all of the order's, over which a limit on that is split."""

    def share(amount: int) -> int:
        return front(amount, line.quantity, start + units) - front(amount, line.quantity, start)

    delivery = delivery_tax = 0
    if not terms.keep_outbound_shipping:
        back = outbound_of(lines or (line,), terms)[line.n]
        delivery, delivery_tax = share(back.shipping_minor), share(back.tax_minor)
    return Charges(
        lines=share(line.subtotal_minor),
        shipping=delivery,
        discounts=share(line.discount_minor),
        tax=share(line.tax_minor - line.charge_tax_minor) + delivery_tax,
    )


def at_rate(worth: Charges, rate: Decimal) -> Charges:
    """A share of what units are worth, never more than that: goods and their tax; delivery is not worn."""
    if rate == _ALL:
        return worth
    net = round_minor((worth.lines - worth.discounts) * rate)
    discounts = round_minor(worth.discounts * rate)
    return worth._replace(lines=net + discounts, discounts=discounts, tax=round_minor(worth.tax * rate))


def fee_on(worth: Charges, rate: Decimal) -> int:
    """What is kept for taking units back: a share of what the goods cost."""
    return round_minor((worth.lines - worth.discounts) * rate)


def decide_credits(book: OrderBook, one: Return) -> list[Credit]:
    """Give the money of all units back whose moment has come, each once; refused ones are counted as decided, and those
    whose money a claim gave back before. Changes the lines of the return."""
    made: list[Credit] = []
    for line in one.lines.values():
        for units, rate in due_units(book, one, line):
            if rate is None:
                line.refused += units
                continue
            turned_up = book.turning_up(line, units)
            line.claimed += turned_up
            start = book.credited(line.line_n)
            going = min(units - turned_up, book.sent(line.line_n) - start)
            if going > 0:
                worth = worth_of(book.order, book.lines[line.line_n], start, going, one.terms, book.lines.values())
                made.append(_book(line, going, at_rate(worth, rate)))
    return made


def decide_label_fee(book: OrderBook, one: Return, made: Sequence[Credit]) -> int:
    """What the return's label costs the customer: once, and no more than what is given back. Changes the return."""
    if one.method != "label" or one.label_fee_minor:
        return 0
    if all(one.lines[credit.line_n].reason in one.terms.free_reasons for credit in made):
        return 0
    taxed = book.order.prices_include_tax
    brings = sum(credit.worth.total(prices_include_tax=taxed) - credit.fee_minor for credit in made)
    one.label_fee_minor = min(one.terms.label_fee_minor, max(0, brings))
    return one.label_fee_minor


def charge_again(book: OrderBook, one: Return) -> list[Credit]:
    """What was given back for units that never came is charged again. Changes the lines of the return."""
    made: list[Credit] = []
    for line in one.lines.values():
        missing = line.credited - book.came(one, line.line_n)
        if missing > 0:
            start = book.credited(line.line_n) - missing
            worth = worth_of(book.order, book.lines[line.line_n], start, missing, one.terms, book.lines.values())
            own = Charges(line.lines_minor, line.shipping_minor, 0, line.discounts_minor, line.tax_minor)
            made.append(_book(line, -missing, Charges(*(-min(w, o) for w, o in zip(worth, own, strict=True)))))
    return made


def _book(line: ReturnLine, units: int, worth: Charges) -> Credit:
    fee = fee_on(worth, line.restocking_rate)
    fee = max(fee, -line.fees_minor)
    line.credited += units
    line.lines_minor += worth.lines
    line.discounts_minor += worth.discounts
    line.tax_minor += worth.tax
    line.shipping_minor += worth.shipping
    line.fees_minor += fee
    return Credit(line.return_id, line.order_id, line.line_n, units, worth, fee)


def due_units(book: OrderBook, one: Return, line: ReturnLine) -> list[tuple[int, Decimal | None]]:
    """Units of a line whose moment has come and whose money is not decided, with the share that they bring; None for
    refused ones."""
    if one.terms.refund_on == "inspection":
        return _inspected(book, one, line)
    target = book.came(one, line.line_n)
    if one.terms.refund_on == "scan" and one.scanned_at is not None and one.is_open:
        target = max(target, line.quantity)
    return [(target - line.decided, _ALL)] if target > line.decided else []


def _inspected(book: OrderBook, one: Return, line: ReturnLine) -> list[tuple[int, Decimal | None]]:
    """A unit of a kit is looked at when all its parts are, and brings what the worst of them does."""
    found = []
    for part in book.parts(line.line_n):
        rates: list[Decimal | None] = []
        for seen in one.inspections:
            if (seen.line_n, seen.component_n) == (line.line_n, part.component_n):
                rate = _rate(one.terms, seen.grade) if seen.accepted else None
                rates += [rate] * seen.quantity
        found.append((part.each, rates))
    whole = min((len(rates) // each for each, rates in found), default=0)
    groups: list[tuple[int, Decimal | None]] = []
    for i in range(line.decided, whole):
        of_unit = [rate for each, rates in found for rate in rates[i * each : (i + 1) * each]]
        accepted = [rate for rate in of_unit if rate is not None]
        rate = min(accepted) if len(accepted) == len(of_unit) else None
        if groups and groups[-1][1] == rate:
            groups[-1] = (groups[-1][0] + 1, rate)
        else:
            groups.append((1, rate))
    return groups


def _rate(terms: ReturnTerms, grade: str) -> Decimal:
    return next((rate for named, rate in terms.grade_rates.items() if named == grade), _ALL)


def entries_of(book: OrderBook, one: Return, made: Sequence[Credit], label_fee_minor: int) -> list[Entry]:
    """The entries that take charges back, and those of the fees."""
    entries: list[Entry] = []
    for credit in made:
        entries += charge_entries(
            one.order_id, Charges().less(credit.worth), "return", prices_include_tax=book.order.prices_include_tax,
            subject_id=one.id,
        )  # fmt: skip
    fees = sum(credit.fee_minor for credit in made) + label_fee_minor
    return entries + charge_entries(
        one.order_id, Charges(fees=fees), "return_fee", prices_include_tax=False, subject_id=one.id
    )
