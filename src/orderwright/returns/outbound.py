"""What of an order's delivery may go back, line by line. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from orderwright.orders import LineMoneyRow
from orderwright.platform.money import prorate
from orderwright.returns.policy import ReturnTerms


class Outbound(NamedTuple):
    """A line's part of what the delivery cost that goes back, and the tax on that part, in minor units."""

    shipping_minor: int
    tax_minor: int


def outbound_of(lines: Iterable[LineMoneyRow], terms: ReturnTerms) -> dict[int, Outbound]:
    """By line: all that its delivery cost; where the order paid more than `outbound_shipping_max_minor`, that much of
    it, split by largest remainder."""
    named = list(lines)
    paid = [line.shipping_minor for line in named]
    most = terms.outbound_shipping_max_minor
    back = paid if most is None or most >= sum(paid) else prorate(most, paid)
    return {line.n: Outbound(part, _tax_on(line, part)) for line, part in zip(named, back, strict=True)}


def _tax_on(line: LineMoneyRow, part_minor: int) -> int:
    """The part of a line's tax on charges that is on `part_minor` of its shipping."""
    above = line.shipping_minor - part_minor
    weights = [part_minor, above, line.fees_minor] if above else [part_minor, line.fees_minor]
    return prorate(line.charge_tax_minor, weights)[0]
