"""What may be said of a provider's pay-out, from outside."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from orderwright.platform.fields import Code, Currency, SignedMinor

LINES_MAX = 100_000
LineKind = Literal["capture", "refund", "fee", "adjustment"]


class PayoutLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A line of a pay-out, in minor units. `amount_minor` is what came to the merchant, below 0 what went from it (a
    refund, a fee, a dispute); `fee_minor` is what the provider kept of it besides. `payment` is the provider's id of
    the payment; captures and refunds are matched by it."""

    kind: LineKind
    amount_minor: SignedMinor
    payment: Code | None = None
    fee_minor: SignedMinor = 0


class ImportPayout(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a provider paid out at once. `reference` is its id of it; `currency` is that of all lines."""

    provider: Code
    reference: Code
    currency: Currency
    paid_on: date
    lines: Annotated[list[PayoutLine], Meta(min_length=1, max_length=LINES_MAX)]

    @property
    def total_minor(self) -> int:
        """What arrived at the bank: all lines less their fees."""
        return sum(line.amount_minor - line.fee_minor for line in self.lines)
