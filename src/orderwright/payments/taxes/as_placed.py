"""Taxes by what the order itself was charged: the engine where nothing is configured.

What is new takes the rates of the order's lines of its class, or of all lines where there are none of it; where those
differ, the rates that most of the goods (by amount) have. Where the order gave a tax without its rate, the rate is what
the tax came to, to six decimals.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from orderwright.payments.taxes import Rounding, TaxAnswer, TaxedLine, TaxItem, TaxNote, TaxQuestion, TaxShare
from orderwright.payments.taxes.amounts import Portion, Rate, round_half_up, tax_portions
from orderwright.platform.money import prorate

_Kind = tuple[tuple[str | None, Decimal | None, str | None], ...]  # the taxes of a line, without their amounts
_ASSUMED = "The rates are those that the order was placed with."
_SIX_DECIMALS = Decimal("0.000001")


class AsPlaced:
    """The engine that goes by the question's `placed` lines. An order without tax stays without."""

    code = "as_placed"

    def __init__(self, *, rounding: Rounding = Rounding.LINE) -> None:
        self._rounding = rounding

    async def assess(self, questions: Sequence[TaxQuestion]) -> list[TaxAnswer]:
        """One answer a question, in order."""
        return [assess_as_placed(question, self._rounding) for question in questions]


def assess_as_placed(question: TaxQuestion, rounding: Rounding = Rounding.LINE) -> TaxAnswer:
    """The taxes of one question by the rates of its placed lines. Pure."""
    portions = [Portion(item.key, item.amount_minor, _rates_like(item, question)) for item in question.items]
    taxes = tax_portions(portions, inclusive=question.prices_include_tax, rounding=rounding)
    return TaxAnswer(taxes, [TaxNote("as_placed", _ASSUMED, list(taxes))] if taxes else [])


def _rates_like(item: TaxItem, question: TaxQuestion) -> tuple[Rate, ...]:
    of_class = [line for line in question.placed if item.tax_class and line.tax_class == item.tax_class]
    by_kind: dict[_Kind, list[TaxedLine]] = {}
    for line in of_class or question.placed:
        kind = tuple((tax.name, tax.rate, tax.jurisdiction) for tax in line.taxes)
        by_kind.setdefault(kind, []).append(line)
    if not by_kind:
        return ()
    kind, lines = max(by_kind.items(), key=lambda found: sum(line.amount_minor for line in found[1]))
    found = []
    for n, (name, rate, jurisdiction) in enumerate(kind):
        of_lines = rate if rate is not None else _came_to(lines, n, inclusive=question.prices_include_tax)
        found.append(Rate(name, of_lines, jurisdiction))
    return tuple(found)


def _came_to(lines: Sequence[TaxedLine], n: int, *, inclusive: bool) -> Decimal:
    """What the n-th tax of some lines came to, as a fraction of their net amount."""
    own = [own_taxes(line) for line in lines]
    net = sum(line.amount_minor - (sum(taxes) if inclusive else 0) for line, taxes in zip(lines, own, strict=True))
    tax = sum(taxes[n] for taxes in own)
    return (Decimal(tax) / net).quantize(_SIX_DECIMALS) if net > 0 else Decimal(0)


def own_taxes(line: TaxedLine) -> list[int]:
    """What of each tax is on the line itself: all but its share of the taxes on shipping and fees.

    A tax is on the line where it is at least what its rate makes of the line. Where those do not come to what is on the
    line, to a unit each, all give in proportion.
    """
    amounts = [tax.amount_minor for tax in line.taxes]
    on_charges = min(line.charge_tax_minor, sum(amounts))
    own = sum(amounts) - on_charges
    if on_charges and own:
        for inclusive in (False, True):
            on_line = [_expected(line, tax, inclusive=inclusive) for tax in line.taxes]
            applied = [e if e and amount >= e - 1 else 0 for e, amount in zip(on_line, amounts, strict=True)]
            parts = prorate(own, applied) if any(applied) else []
            fits = all(part <= amount for part, amount in zip(parts, amounts, strict=False))
            if parts and fits and abs(sum(applied) - own) <= sum(map(bool, applied)):
                return parts
    return [amount - part for amount, part in zip(amounts, prorate(on_charges, amounts), strict=True)]


def _expected(line: TaxedLine, tax: TaxShare, *, inclusive: bool) -> int:
    """What a tax alone makes of a line by its rate; 0 where that is not known."""
    rate = Fraction(tax.rate or 0)
    return round_half_up(line.amount_minor * (rate / (1 + rate) if inclusive else rate))
