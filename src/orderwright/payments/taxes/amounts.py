"""The arithmetic of taxes: from amounts and rates to minor units. Pure, in exact fractions, never in floats.

Where prices exclude tax, a tax is round half up (amount x rate), each tax by itself. Where they include it, all taxes
of an amount together are round half up (amount - amount / (1 + rates)), and are split by largest remainder: so net and
tax always make the gross. A compound tax is on the amount and on all taxes before it (Quebec's until 2012), unrounded.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import NamedTuple

from orderwright.payments.taxes import Rounding, TaxShare
from orderwright.platform.money import prorate


class Rate(NamedTuple):
    """A tax that is on an amount. `compound`: on the other taxes too, and on the compound ones before it."""

    name: str | None
    rate: Decimal
    jurisdiction: str | None
    compound: bool = False


class Portion(NamedTuple):
    """An amount with the taxes on it. An item may have several, where parts of it are taxed differently."""

    key: str
    amount_minor: int
    rates: tuple[Rate, ...]


def tax_portions(
    portions: Sequence[Portion], *, inclusive: bool, rounding: Rounding = Rounding.LINE
) -> dict[str, list[TaxShare]]:
    """The taxes of each key, those of its portions together where the tax is the same. Amounts are not negative."""
    if any(portion.amount_minor < 0 for portion in portions):
        raise ValueError("an amount that is taxed cannot be negative")
    amounts = (_included if inclusive else _added)(portions, rounding)
    taxes: dict[str, list[TaxShare]] = {}
    for portion, of_it in zip(portions, amounts, strict=True):
        shares = taxes.setdefault(portion.key, [])
        for rate, amount in zip(portion.rates, of_it, strict=True):
            _add(shares, TaxShare(rate.name, rate.rate, amount, rate.jurisdiction))
    return taxes


@lru_cache(maxsize=4096)
def factors(rates: tuple[Rate, ...]) -> tuple[Fraction, ...]:
    """What each tax is of the net amount, with what compound ones take of the others."""
    so_far = sum((Fraction(rate.rate) for rate in rates if not rate.compound), Fraction(0))
    found = []
    for rate in rates:
        factor = Fraction(rate.rate)
        if rate.compound:
            factor *= 1 + so_far
            so_far += factor
        found.append(factor)
    return tuple(found)


def round_half_up(amount: Fraction) -> int:
    """An amount that is not negative, to the nearest unit; a half goes up."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def _added(portions: Sequence[Portion], rounding: Rounding) -> list[list[int]]:
    """Taxes on top: those that are rounded together are one tax that takes the same of several amounts."""
    amounts = [[0] * len(portion.rates) for portion in portions]
    groups: dict[Hashable, list[tuple[int, int, Fraction]]] = {}
    for i, portion in enumerate(portions):
        for j, factor in enumerate(factors(portion.rates)):
            together = (portion.rates[j], factor) if rounding is Rounding.ORDER else (i, j)
            groups.setdefault(together, []).append((i, j, factor))
    for group in groups.values():
        weights = [portions[i].amount_minor for i, _, _ in group]
        total = round_half_up(sum(weights) * group[0][2])
        for (i, j, _), part in zip(group, prorate(total, weights), strict=True):
            amounts[i][j] = part
    return amounts


def _included(portions: Sequence[Portion], rounding: Rounding) -> list[list[int]]:
    """Taxes inside: those that are rounded together are all taxes of amounts with the same rates."""
    amounts: list[list[int]] = [[] for _ in portions]
    groups: dict[Hashable, list[int]] = {}
    for i, portion in enumerate(portions):
        groups.setdefault(portion.rates if rounding is Rounding.ORDER else i, []).append(i)
    for group in groups.values():
        of_net = factors(portions[group[0]].rates)
        weights = [portions[i].amount_minor for i in group]
        rate = sum(of_net, Fraction(0))
        total = round_half_up(sum(weights) * rate / (1 + rate))
        for i, part in zip(group, prorate(total, weights), strict=True):
            amounts[i] = prorate(part, _whole(of_net))
    return amounts


def _whole(parts: Sequence[Fraction]) -> list[int]:
    """The same proportions in integers."""
    denominator = lcm(*(part.denominator for part in parts))
    return [int(part * denominator) for part in parts]


def _add(shares: list[TaxShare], more: TaxShare) -> None:
    for i, share in enumerate(shares):
        if share[:2] == more[:2] and share.jurisdiction == more.jurisdiction:
            shares[i] = share._replace(amount_minor=share.amount_minor + more.amount_minor)
            return
    shares.append(more)


def portions_along(key: str, amount_minor: int, goods: Iterable[Portion]) -> list[Portion]:
    """A charge that is taxed as the goods are: a portion for each set of rates, in proportion to their amounts."""
    by_rates: dict[tuple[Rate, ...], int] = {}
    for portion in goods:
        by_rates[portion.rates] = by_rates.get(portion.rates, 0) + portion.amount_minor
    parts = prorate(amount_minor, list(by_rates.values())) if by_rates else []
    made = [Portion(key, part, rates) for rates, part in zip(by_rates, parts, strict=True)]
    return [portion for portion in made if portion.amount_minor] or made[:1]
