"""Money: integers in a currency's minor units, never floats.

Sources: ISO 4217 for exponents; the largest-remainder (Hamilton) method for proration.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

import msgspec

# ISO 4217 list one: the currencies whose exponent is not 2.
_EXPONENTS = {
    **dict.fromkeys(("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF").split(), 0),
    **dict.fromkeys(("BHD IQD JOD KWD LYD OMR TND").split(), 3),
    **dict.fromkeys(("CLF UYW").split(), 4),
}
_TWO = frozenset(
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW "
    "CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF "
    "IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK "
    "MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP "
    "SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD YER ZAR "
    "ZMW ZWG".split()
)
CURRENCIES = frozenset(_EXPONENTS) | _TWO


class Money(msgspec.Struct, frozen=True):
    """An amount in minor units: 1999 USD is 19.99 dollars."""

    amount: int
    currency: str

    def __str__(self) -> str:
        return f"{Decimal(self.amount).scaleb(-exponent(self.currency))} {self.currency}"


def exponent(currency: str) -> int:
    """Digits after the decimal point of a currency (ISO 4217): 2 for USD, 0 for JPY, 3 for KWD."""
    return _EXPONENTS.get(currency, 2)


def round_minor(amount: Decimal) -> int:
    """A fraction of a minor unit rounded half up (away from zero), as invoices are."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def prorate(amount: int, weights: Sequence[int]) -> list[int]:
    """Split `amount` minor units over `weights` by largest remainder: the parts always sum to `amount`.

    Ties go to the earlier part. With no positive weight all parts weigh the same. A negative amount is split like
    its absolute value. An amount cannot be split over nothing: with no weights it must be 0.
    """
    if not weights:
        if amount:
            raise ValueError("an amount cannot be split over no parts")
        return []
    if len(weights) == 1 or not amount:  # nearly always
        return [amount] + [0] * (len(weights) - 1)
    if amount < 0:
        return [-part for part in prorate(-amount, weights)]
    base = weights if min(weights) >= 0 else [max(w, 0) for w in weights]
    total = sum(base)
    if total == 0:
        base, total = [1] * len(weights), len(weights)
    split = [divmod(amount * w, total) for w in base]
    parts = [part for part, _ in split]
    left = amount - sum(parts)
    if left:
        remainders = [remainder for _, remainder in split]
        by_remainder = sorted(range(len(base)), key=remainders.__getitem__, reverse=True)  # ties stay in order
        for i in by_remainder[:left]:
            parts[i] += 1
    return parts
