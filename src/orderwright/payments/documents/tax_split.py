"""Which tax is on what: an order's taxes are known by name and rate with each line's share, in which its share of the
taxes on shipping and fees is mixed. Pure.

What is split comes to the same sums, whatever the rates: only how it is told apart rests on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from orderwright.payments.documents.items import TaxPart
from orderwright.platform.money import prorate, round_minor


class TaxShare(NamedTuple):
    """A line's share of one tax of the order, in minor units."""

    name: str | None
    rate: Decimal | None
    share_minor: int


def own_taxes(shares: Sequence[TaxShare], own_minor: int, value_minor: int, *, inclusive: bool) -> list[int]:
    """What of each tax is on a line itself, given that it is `own_minor` in all and the line costs `value_minor`.

    A tax is on the line where its share is at least what its rate makes of the line, to a minor unit. Where no tax is
    known by its rate, or that does not come out, all give in proportion.
    """
    amounts = [share.share_minor for share in shares]
    if own_minor == sum(amounts):
        return amounts
    expected = [_expected(share, value_minor, inclusive=inclusive) for share in shares]
    applied = [e if e is not None and share >= e - 1 else 0 for e, share in zip(expected, amounts, strict=True)]
    if sum(applied):
        own = prorate(own_minor, applied)
        if all(part <= share for part, share in zip(own, amounts, strict=True)):
            return own
    return prorate(own_minor, amounts)


def _expected(share: TaxShare, value_minor: int, *, inclusive: bool) -> int | None:
    if share.rate is None or not share.rate:
        return None
    value = Decimal(value_minor)
    return round_minor(value * share.rate / (1 + share.rate) if inclusive else value * share.rate)


def parts_of(
    taxes: Sequence[TaxShare], amounts: Sequence[int], net_minor: int, *, split: bool = False
) -> list[TaxPart]:
    """The taxes on something that costs `net_minor` without them. `amounts`: what each comes to.

    Each is on all of it; with `split`, where the rates say that each is on a part (shipping of goods of two rates),
    on its part.
    """
    found = [(tax, amount) for tax, amount in zip(taxes, amounts, strict=True) if amount]
    if not found:
        zero = next((tax for tax in taxes if not tax.share_minor and tax.rate is not None and not tax.rate), None)
        return [TaxPart(zero.name if zero else None, zero.rate if zero else None, net_minor, 0)]
    bases = _bases(found, net_minor) if split else [net_minor] * len(found)
    parts = [TaxPart(tax.name, tax.rate, base, amount) for (tax, amount), base in zip(found, bases, strict=True)]
    rest = net_minor - sum(bases) if split else 0
    return [*parts, TaxPart(None, None, rest, 0)] if rest > 0 else parts


def _bases(found: Sequence[tuple[TaxShare, int]], net_minor: int) -> list[int]:
    """On how much each tax is, by what it comes to."""
    rates = [tax.rate for tax, _ in found if tax.rate]
    if len(rates) < len(found):
        return [net_minor] * len(found)
    made = [round_minor(amount / rate) for (_, amount), rate in zip(found, rates, strict=True)]
    uncertain = sum(1 / rate for rate in rates)  # a minor unit of each tax
    if sum(made) - net_minor > uncertain:  # on top of each other: of a state and of a city
        return [net_minor] * len(found)
    if net_minor - sum(made) > uncertain:
        return made
    return prorate(net_minor, made)
