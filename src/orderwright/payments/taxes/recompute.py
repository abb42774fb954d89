"""The taxes of an order whose lines change. Pure.

A line that stays as it is keeps its taxes to the cent. One whose amount changes is taxed by its own rates where the
order gave them and they account for what it was charged; otherwise its tax goes with the amount, in proportion. What
is new is asked of an engine. So, asked with the lines as they were placed, the taxes after several changes do not
depend on the steps between.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from orderwright.payments.taxes import TaxAnswer, TaxedLine, TaxItem, TaxShare
from orderwright.payments.taxes.amounts import Portion, Rate, round_half_up, tax_portions
from orderwright.payments.taxes.as_placed import own_taxes


class RecomputedLine(NamedTuple):
    """A line's taxes after a change. `difference_minor`: what they are more (less, if negative) than before."""

    key: str
    taxes: Sequence[TaxShare]
    difference_minor: int


class TaxCharge(NamedTuple):
    """A tax of an order as it is stored (`order_charge`): with each line's share, in line order."""

    name: str | None
    rate: Decimal | None
    shares_minor: Sequence[int]


def items_to_ask(
    before: Sequence[TaxedLine],
    after: Sequence[TaxItem],
    *,
    everything: bool = False,
    kept: Collection[str] = (),
) -> list[TaxItem]:
    """What of the changed order an engine must be asked: new lines, and those whose taxes are not to be told from what
    they had (a line too small for any tax to show). `everything`: all of it, for another address or buyer; but for the
    lines that are `kept`, by key."""
    known = {line.key: line for line in before}
    highest = max((_rate(line, tax) for line in before for tax in line.taxes), default=Fraction(0))
    return [
        item
        for item in after
        if (everything and item.key not in kept)
        or (line := known.get(item.key)) is None
        or _cannot_tell(line, item, highest)
    ]


def recompute(
    before: Sequence[TaxedLine],
    after: Sequence[TaxItem],
    answer: TaxAnswer | None = None,
    *,
    prices_include_tax: bool,
    everything: bool = False,
    kept: Collection[str] = (),
    abroad: bool = True,
) -> list[RecomputedLine]:
    """The taxes of every line that was or will be there, in the order of `before`, then those that are new.

    `answer` holds what `items_to_ask` named (with the same `everything` and `kept`); KeyError without it. Unless the
    new address is `abroad`, a line whose taxes come to the same by rate keeps those that it has, by their names. A line
    that is not in `after` is gone; its share of the taxes on shipping and fees stays with it: those are still charged.
    """
    asked = {item.key for item in items_to_ask(before, after, everything=everything, kept=kept)}
    answered: Mapping[str, Sequence[TaxShare]] = answer.taxes if answer else {}
    wanted = {item.key: item for item in after}
    found = []
    for line in before:
        item = wanted.get(line.key)
        taxes: Sequence[TaxShare]
        if line.key in asked:
            taxes = _with_charges(line, answered[line.key])
            if everything and not abroad:
                stays = _changed(line, item, inclusive=prices_include_tax)
                taxes = stays if alike(stays, taxes) else taxes
        else:
            taxes = _changed(line, item, inclusive=prices_include_tax)
        found.append(RecomputedLine(line.key, taxes, _sum(taxes) - _sum(line.taxes)))
    known = {line.key for line in before}
    new = [(item.key, answered[item.key]) for item in after if item.key not in known]
    return found + [RecomputedLine(key, taxes, _sum(taxes)) for key, taxes in new]


def alike(one: Sequence[TaxShare], other: Sequence[TaxShare]) -> bool:
    """Whether taxes come to the same by rate, whatever they are called."""
    return _by_rate(one) == _by_rate(other)


def _by_rate(taxes: Sequence[TaxShare]) -> dict[Decimal | None, int]:
    sums: dict[Decimal | None, int] = {}
    for tax in taxes:
        sums[tax.rate] = sums.get(tax.rate, 0) + tax.amount_minor
    return {rate: amount for rate, amount in sums.items() if amount}


def merged(taxes: Iterable[TaxShare]) -> list[TaxShare]:
    """Taxes of the same name and rate together. One of nothing stays where its rate says so."""
    sums: dict[tuple[str | None, Decimal | None], int] = {}
    for tax in taxes:
        sums[tax.name, tax.rate] = sums.get((tax.name, tax.rate), 0) + tax.amount_minor
    return [TaxShare(*key, amount) for key, amount in sums.items() if amount or key[1] == 0]


def taxes_by_line(charges: Sequence[TaxCharge], lines: int) -> list[list[TaxShare]]:
    """The taxes of each of `lines` lines, from those of the order. A share of nothing is no tax of the line."""
    return [[TaxShare(c.name, c.rate, c.shares_minor[i]) for c in charges if c.shares_minor[i]] for i in range(lines)]


def tax_charges(lines: Sequence[Sequence[TaxShare]]) -> list[TaxCharge]:
    """The taxes of an order from those of its lines, by name and rate, as `order_charge` has them."""
    found: dict[tuple[str | None, Decimal | None], list[int]] = {}
    for i, taxes in enumerate(lines):
        for tax in taxes:
            found.setdefault((tax.name, tax.rate), [0] * len(lines))[i] += tax.amount_minor
    return [TaxCharge(name, rate, shares) for (name, rate), shares in found.items()]


def _sum(taxes: Sequence[TaxShare]) -> int:
    return sum(tax.amount_minor for tax in taxes)


def _rate(line: TaxedLine, tax: TaxShare) -> Fraction:
    """The rate of a tax, or what it came to."""
    if tax.rate is not None:
        return Fraction(tax.rate)
    return Fraction(tax.amount_minor, line.amount_minor) if line.amount_minor else Fraction(0)


def _cannot_tell(line: TaxedLine, item: TaxItem, highest: Fraction) -> bool:
    """Whether a line without tax may be one whose tax was rounded away, inclusive or not. In an order without any tax
    a line stays without, unless it was for nothing."""
    if line.taxes or item.amount_minor == line.amount_minor:
        return False
    return not line.amount_minor or (highest > 0 and round_half_up(line.amount_minor * highest / (1 + highest)) == 0)


def _changed(line: TaxedLine, item: TaxItem | None, *, inclusive: bool) -> Sequence[TaxShare]:
    """The taxes of a line that becomes `item`, or goes."""
    amount = item.amount_minor if item else 0
    quantity = item.quantity if item else 0
    if item and amount == line.amount_minor and (amount or quantity == line.quantity):
        return line.taxes
    own = own_taxes(line)
    scaled = _by_rates(line, own, amount, inclusive=inclusive)
    if scaled is None:
        part = Fraction(amount, line.amount_minor) if line.amount_minor else Fraction(quantity, line.quantity or 1)
        scaled = [round_half_up(part * tax) for tax in own]
    return [
        tax._replace(amount_minor=tax.amount_minor - was + will)
        for tax, was, will in zip(line.taxes, own, scaled, strict=True)
    ]


def _by_rates(line: TaxedLine, own: Sequence[int], amount: int, *, inclusive: bool) -> list[int] | None:
    """The taxes of another amount by the line's own rates; None where they do not account for the taxes that it had,
    by more than what rounding by order makes of them: a unit each."""
    rates = tuple(
        Rate(tax.name, tax.rate, f"{n}") for n, tax in enumerate(line.taxes) if tax.rate is not None
    )  # numbered, so that two of the same name stay two
    if len(rates) < len(line.taxes):
        return None
    portions = [Portion("was", line.amount_minor, rates), Portion("will", amount, rates)]
    taxes = tax_portions(portions, inclusive=inclusive)
    if any(abs(tax.amount_minor - was) > 1 for tax, was in zip(taxes["was"], own, strict=True)):
        return None
    return [tax.amount_minor for tax in taxes["will"]]


def _with_charges(line: TaxedLine, answered: Sequence[TaxShare]) -> list[TaxShare]:
    """What an engine said of a line, with the line's share of the taxes on shipping and fees as it was."""
    kept = [
        tax._replace(amount_minor=tax.amount_minor - own)
        for tax, own in zip(line.taxes, own_taxes(line), strict=True)
        if tax.amount_minor != own
    ]
    return [*answered, *kept]
