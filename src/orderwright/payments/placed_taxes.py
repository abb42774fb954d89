"""The taxes that the lines of an order have, by line, from its charges. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright.orders import ChargeRow, EditLineRow, LineMoneyRow
from orderwright.payments.taxes import TaxedLine, TaxShare
from orderwright.payments.taxes.as_placed import own_taxes
from orderwright.payments.taxes.recompute import TaxCharge, taxes_by_line


def placed_lines(lines: Sequence[EditLineRow], charges: Sequence[ChargeRow]) -> list[TaxedLine]:
    """All lines of an order with the taxes that they have, for an engine that goes by them."""
    return [
        TaxedLine(
            str(line.n), line.quantity, line.subtotal_minor - line.discount_minor, mine, line.tax_class,
            line.charge_tax_minor,
        )
        for line, mine in zip(lines, taxes_by_line(_taxes(charges), len(lines)), strict=True)
    ]  # fmt: skip


def own_taxes_of(line: LineMoneyRow, numbers: Sequence[int], charges: Sequence[ChargeRow]) -> list[TaxShare]:
    """The taxes of one of an order's lines (all their `numbers`, in order), without those on shipping and fees."""
    mine = taxes_by_line(_taxes(charges), len(numbers))[numbers.index(line.n)]
    amount = line.subtotal_minor - line.discount_minor
    taxed = TaxedLine(str(line.n), line.quantity, amount, mine, None, line.charge_tax_minor)
    return [share._replace(amount_minor=own) for share, own in zip(mine, own_taxes(taxed), strict=True)]


def _taxes(charges: Sequence[ChargeRow]) -> list[TaxCharge]:
    return [TaxCharge(c.name, c.rate, c.shares_minor) for c in charges if c.kind == "tax"]
