"""Limits by role: how much a person, or a key, may give or correct without somebody above agreeing. Pure.

A limit counts what one actor did of a kind to one subject (an order, a customer's account, a SKU at a location) within
24 hours, so that ten refunds of 49.99 are one of 499.90.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from orderwright.platform.fields import CURRENCY, MINOR_MAX, QUANTITY_MAX
from orderwright.platform.money import Money
from orderwright.platform.outcomes import Outcome, no

LimitKind = Literal["refund", "credit", "adjust"]
WINDOW_H = 24
ABOVE_LIMIT = "above_limit"
_CURRENCIES_MAX = 50

_Amounts = Annotated[
    dict[Annotated[str, Meta(pattern=CURRENCY)], Annotated[int, Meta(ge=0, le=MINOR_MAX)]],
    Meta(max_length=_CURRENCIES_MAX),
]


class Limits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """How much may be done without approval; what is null has no limit.

    `refund_max_minor`: of an order's money, by currency, in minor units: refunds, claims, balances written off.
    `credit_max_minor`: store credit out of goodwill to one customer. A currency that is not named may not be given at
    all. `adjust_max_units`: of a SKU at a location, found or lost.
    """

    refund_max_minor: _Amounts | None = None
    credit_max_minor: _Amounts | None = None
    adjust_max_units: Annotated[int, Meta(ge=0, le=QUANTITY_MAX)] | None = None

    def of(self, kind: LimitKind, currency: str | None) -> int | None:
        """The limit of a kind, None for none."""
        if kind == "adjust":
            return self.adjust_max_units
        amounts = self.refund_max_minor if kind == "refund" else self.credit_max_minor
        return None if amounts is None else amounts.get(currency or "", 0)

    def any_of(self, kind: LimitKind) -> bool:
        """Whether there is a limit of a kind."""
        return (self.adjust_max_units, self.refund_max_minor, self.credit_max_minor)[
            ("adjust", "refund", "credit").index(kind)
        ] is not None

    def within(self, other: Limits) -> bool:
        """Whether these allow no more than others do: a person gives no more than they have."""
        return (
            _no_more(self.refund_max_minor, other.refund_max_minor)
            and _no_more(self.credit_max_minor, other.credit_max_minor)
            and (
                other.adjust_max_units is None
                or (self.adjust_max_units is not None and self.adjust_max_units <= other.adjust_max_units)
            )
        )


NO_LIMITS = Limits()


def _no_more(mine: Mapping[str, int] | None, theirs: Mapping[str, int] | None) -> bool:
    if theirs is None:
        return True
    return mine is not None and all(amount <= theirs.get(currency, 0) for currency, amount in mine.items())


def limits_from_json(text: str | None) -> Limits:
    """Limits as they are stored; none where there is nothing."""
    return NO_LIMITS if text is None else msgspec.json.decode(text, type=Limits)


def limits_to_json(limits: Limits | None) -> str | None:
    """Limits as they are stored; None where there are none."""
    return None if limits is None or limits == NO_LIMITS else msgspec.json.encode(limits).decode()


def above_limit(kind: LimitKind, limit: int, used: int, asked: int, currency: str | None) -> Outcome:
    """The "no" to what is above a limit: what the limit is, and that somebody else may agree."""

    def said(figure: int) -> str:
        return f"{figure:,} units" if currency is None else str(Money(figure, currency))

    what = {"refund": "of an order's money", "credit": "of store credit to a customer", "adjust": "of a SKU in a place"}
    before = f"; {said(used)} of it was used already" if used else ""
    details: dict[str, Any] = {"limit": kind, "max": limit, "used": used, "asked": asked, "approval": True}
    if currency is not None:
        details["currency"] = currency
    return no(
        ABOVE_LIMIT,
        f"You may give or correct {said(limit)} {what[kind]} within {WINDOW_H} hours{before}. Do less, or ask for "
        "approval: POST /v1/approvals with the same content.",
        **details,
    )
