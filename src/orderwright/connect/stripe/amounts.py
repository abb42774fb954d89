"""Amounts between ISO 4217 minor units, which we count in, and Stripe's own.

Source: https://docs.stripe.com/currencies (zero-decimal and three-decimal currencies, special cases).
"""

from __future__ import annotations

from orderwright.platform.money import exponent

# UGX is on Stripe's list of zero-decimal currencies and yet, like ISK, an exception from it: both are sent with two
# decimals that are always 00. MGA is the other way round: two decimals in ISO 4217, none at Stripe.
_ZERO = frozenset("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split())
_THREE = frozenset("BHD IQD JOD KWD LYD OMR TND".split())  # the last digit must be 0


class AmountNotPossible(ValueError):
    """Stripe cannot move this amount of this currency."""


def to_stripe(amount_minor: int, currency: str) -> int:
    """An amount in minor units as Stripe counts it, exactly. Raises AmountNotPossible where it cannot be said."""
    shift = _decimals(currency) - exponent(currency)
    amount, lost = _shifted(amount_minor, shift)
    if lost or (currency in _THREE and amount % 10):
        raise AmountNotPossible(f"Stripe has no coins for {amount_minor} minor units of {currency}.")
    return amount


def from_stripe(amount: int, currency: str) -> int:
    """An amount as Stripe counts it in minor units, exactly. Raises AmountNotPossible where it cannot be said."""
    minor, lost = _shifted(amount, exponent(currency) - _decimals(currency))
    if lost:
        raise AmountNotPossible(f"Stripe's {amount} {currency} is no whole number of minor units.")
    return minor


def _decimals(currency: str) -> int:
    return 0 if currency in _ZERO else 3 if currency in _THREE else 2


def _shifted(amount: int, shift: int) -> tuple[int, int]:
    """`amount` times ten to the power of `shift`, and what is left over."""
    return (amount * 10**shift, 0) if shift >= 0 else divmod(amount, 10**-shift)
