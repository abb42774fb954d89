"""The SQL of pay-outs, by type."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from orderwright.payments.payouts.match import KnownPayment, Movement
from orderwright.platform.ids import UUID
from orderwright.platform.queries import append, query, statement


class KnownPayoutRow(NamedTuple):
    """A pay-out that was imported."""

    provider: str
    reference: str
    id: UUID
    content: bytes


class PayoutRow(NamedTuple):
    """A pay-out and what its lines come to, in minor units of its currency."""

    id: UUID
    provider: str
    reference: str
    currency: str
    paid_on: date
    total_minor: int
    created_at: datetime
    lines: int
    fees_minor: int
    matched: int
    differences: int


class LineRow(NamedTuple):
    """A line of a pay-out."""

    n: int
    kind: str
    reference: str | None
    amount_minor: int
    fee_minor: int
    code: str | None
    payment_id: UUID | None
    order_id: UUID | None
    ours_minor: int | None


class MissingRow(NamedTuple):
    """A capture (above 0) or refund (below 0) of ours that is in no pay-out. `id` is its entry's."""

    id: UUID
    order_id: UUID
    payment_id: UUID
    provider: str
    reference: str
    currency: str
    amount_minor: int
    happened_at: datetime


LOCK_PAYOUTS = statement(__package__, "lock_payouts")
KNOWN_PAYOUTS = query(__package__, "known_payouts", KnownPayoutRow)
PAYMENTS_BY_REFERENCE = query(__package__, "payments_by_reference", KnownPayment)
MOVEMENTS = query(__package__, "movements", Movement)
APPEND_PAYOUTS = append("payout", "id provider reference currency paid_on total_minor content act_id")
APPEND_LINES = append(
    "payout_line",
    "payout_id n kind reference amount_minor fee_minor code payment_id order_id entry_id ours_minor",
)
LIST_PAYOUTS = query(__package__, "list_payouts", PayoutRow)
READ_PAYOUT = query(__package__, "read_payout", PayoutRow)
READ_LINES = query(__package__, "read_lines", LineRow)
MISSING = query(__package__, "missing", MissingRow)
