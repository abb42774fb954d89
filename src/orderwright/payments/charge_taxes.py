"""The taxes on shipping and fees after an edit, by line. Pure.

A line carries its share of every charge, and with it the tax on that share, which is charged as the line leaves. So
what lines that have left carry is never taxed anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orderwright.orders import ChargeRow
from orderwright.orders.contract import Charge
from orderwright.payments.taxes import TaxedKind, TaxItem, TaxShare
from orderwright.payments.taxes.recompute import merged, tax_charges
from orderwright.platform.money import prorate

LineTaxes = list[list[TaxShare]]
_OLD, _NEW = "charge:", "shipping:"  # how the charges of an order, and new ones, are called when they are asked


def open_charges(charges: Sequence[ChargeRow], left: Sequence[bool], kinds: Sequence[str]) -> list[TaxItem]:
    """The charges of an order as far as lines carry them that have not `left`."""
    items = []
    for charge in charges:
        if charge.kind in kinds:
            amount = sum(share for share, gone in zip(charge.shares_minor, left, strict=False) if not gone)
            if amount:
                items.append(TaxItem(f"{_OLD}{charge.n}", amount, kind=TaxedKind(charge.kind)))
    return items


def new_charges(shipping: Sequence[Charge]) -> list[TaxItem]:
    """New shipping charges that came without taxes."""
    return [
        TaxItem(f"{_NEW}{i}", charge.amount.amount, kind=TaxedKind.SHIPPING)
        for i, charge in enumerate(shipping)
        if not charge.taxes and charge.amount.amount
    ]


def taxes_of_open(
    charges: Sequence[ChargeRow],
    left: Sequence[bool],
    answered: Mapping[str, Sequence[TaxShare]],
    was: Sequence[Sequence[TaxShare]],
) -> LineTaxes:
    """What each line carries once the open shares are taxed as was `answered`: those that have left, what it `was`."""
    carried = [list(mine) if gone else [] for mine, gone in zip(was, left, strict=True)]
    for charge in charges:
        for tax in answered.get(f"{_OLD}{charge.n}", ()):
            weights = [0 if gone else share for share, gone in zip(charge.shares_minor, left, strict=False)]
            weights += [0] * (len(left) - len(weights))
            _spread(carried, tax, weights)
    return [merged(mine) for mine in carried]


def taxes_of_new(
    shipping: Sequence[Charge],
    old: Sequence[ChargeRow],
    answered: Mapping[str, Sequence[TaxShare]] | None,
    was: Sequence[Sequence[TaxShare]],
    weights: Sequence[int],
    *,
    fees_anew: bool,
) -> LineTaxes:
    """What each line carries where these charges stand in place of all shipping there was.

    `answered`: what an engine said of those without taxes (of fees too, with `fees_anew`). Where none was asked, they
    are taxed as shipping and fees were, in proportion.
    """
    fees = sum(c.amount_minor for c in old if c.kind == "fee")
    total = fees + sum(c.amount_minor for c in old if c.kind == "shipping")
    alike = 0 if fees_anew else fees
    if answered is None:
        alike += sum(charge.amount.amount for charge in shipping if not charge.taxes)
    carried: LineTaxes = [[] for _ in weights]
    for tax in tax_charges(was):
        amount = _round_half_up(sum(tax.shares_minor) * alike, total)
        _spread(carried, TaxShare(tax.name, tax.rate, amount), weights)
    for charge in shipping:
        for given in charge.taxes:
            _spread(carried, TaxShare(given.name, given.rate, given.amount.amount), weights)
    for key, taxes in (answered or {}).items():
        if key.startswith(_NEW) or (fees_anew and key.startswith(_OLD)):
            for tax_share in taxes:
                _spread(carried, tax_share, weights)
    return [[tax for tax in merged(mine) if tax.amount_minor or answered is not None] for mine in carried]


def put_charge_taxes(
    on_lines: Sequence[Sequence[TaxShare]], was: Sequence[Sequence[TaxShare]], carried: Sequence[Sequence[TaxShare]]
) -> LineTaxes:
    """Taxes of lines, with those that are on shipping and fees in place of what they were."""
    result = []
    for mine, old, new in zip(on_lines, was, carried, strict=True):
        less = [tax._replace(amount_minor=-tax.amount_minor) for tax in old]
        result.append(merged([*mine, *less, *new]))
    return result


def _spread(carried: LineTaxes, tax: TaxShare, weights: Sequence[int]) -> None:
    for mine, share in zip(carried, prorate(tax.amount_minor, weights), strict=True):
        if share or not tax.amount_minor:
            mine.append(TaxShare(tax.name, tax.rate, share))


def _round_half_up(numerator: int, denominator: int) -> int:
    """A fraction of non-negative integers, rounded half up; 0 of nothing."""
    return (2 * numerator + denominator) // (2 * denominator) if denominator else 0
