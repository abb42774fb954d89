"""The VAT rates of a member state by class, from `eu-vat-rates-data` (the Commission's Taxes in Europe Database).

The rates are those of today: VAT is chargeable when the goods are supplied (Directive 2006/112/EC, Articles 63 and 93),
and lines that were taxed before keep their rates. The data lists a state's reduced rates with those of its special
territories; the latter are left out here.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from functools import cache

from eu_vat_rates_data import get_rate


class VatClass(StrEnum):
    """Classes of goods, as Articles 96 to 118 of Directive 2006/112/EC have rates for them."""

    STANDARD = "standard"  # Articles 96 and 97
    REDUCED = "reduced"  # Article 98(1): the higher of the (at most two) reduced rates
    REDUCED_LOW = "reduced_low"  # the lower of them
    SUPER_REDUCED = "super_reduced"  # Articles 98(2) and 110: below 5 %
    PARKING = "parking"  # Article 118: not below 12 %
    ZERO = "zero"  # Articles 98(2) and 110: taxed at nothing
    EXEMPT = "exempt"  # Articles 132 and 135


_LOWEST_REDUCED = Decimal("0.05")  # Article 98(1)
# Reduced and super-reduced rates in the data that hold in parts of a state alone (Jungholz; Corsica and overseas;
# islands of the Aegean; Madeira and the Azores), and Luxembourg's parking rate, which is listed twice.
_LEFT_OUT = {
    "AT": frozenset(map(Decimal, ("0.19",))),
    "FR": frozenset(map(Decimal, ("0.085", "0.13"))),
    "GR": frozenset(map(Decimal, ("0.04", "0.17"))),
    "LU": frozenset(map(Decimal, ("0.14",))),
    "PT": frozenset(map(Decimal, ("0.16", "0.22"))),
}


@cache
def state_rate(state: str, vat_class: VatClass) -> Decimal:
    """The rate of a class in a member state, or XI. Where it has no such rate the next higher one holds, in the end the
    standard rate: what a state has not reduced is taxed in full. Raises KeyError for another country."""
    data = get_rate(state)
    if data is None:
        raise KeyError(state)
    if vat_class in (VatClass.ZERO, VatClass.EXEMPT):
        return Decimal(0)
    standard = _fraction(data["standard"])
    left_out = _LEFT_OUT.get(state, frozenset())
    listed = [_fraction(rate) for rate in data["reduced"]]
    reduced = sorted(rate for rate in listed if rate >= _LOWEST_REDUCED and rate not in left_out)
    if vat_class is VatClass.SUPER_REDUCED and data["super_reduced"] is not None:
        rate = _fraction(data["super_reduced"])
        if rate < _LOWEST_REDUCED and rate not in left_out:
            return rate
    if vat_class is VatClass.PARKING:
        return _fraction(data["parking"]) if data["parking"] is not None else standard
    if vat_class is VatClass.STANDARD or not reduced:
        return standard
    return reduced[-1] if vat_class is VatClass.REDUCED else reduced[0]


def vat_name(state: str) -> str:
    """What the tax is called there: `MwSt`, `TVA`."""
    data = get_rate(state)
    if data is None:
        raise KeyError(state)
    return data["vat_abbr"]


def _fraction(percent: float) -> Decimal:
    """The data's 25.5 as 0.255, through its text: a float is not exact."""
    return Decimal(str(percent)).scaleb(-2).normalize()
