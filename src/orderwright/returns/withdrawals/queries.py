"""The SQL of withdrawals, by type."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import append, query


class WithdrawableRow(NamedTuple):
    """A line as a withdrawal sees it: what it is called, and why there is no right to withdraw from it. `kind` is the
    order's."""

    order_id: UUID
    line_n: int
    code: str
    name: str | None
    exemption: str | None
    kind: str


class EarlierRow(NamedTuple):
    """What was said before of an order, and stands."""

    id: UUID
    order_id: UUID
    content_hash: bytes
    code: str
    received_at: datetime


class KeptRow(NamedTuple):
    """A withdrawal as it is kept. `lines` is JSON."""

    id: UUID
    order_id: UUID
    order_number: int
    currency: str
    placed_at: datetime
    received_at: datetime
    zone: str
    whole: bool
    reference: str | None
    content_hash: bytes
    code: str
    closes_on: date | None
    send_back_by: date | None
    refund_by: date | None
    return_id: UUID | None
    label_fee_minor: int
    lines: str


READ_WITHDRAWABLE = query(__package__, "read_withdrawable", WithdrawableRow)
READ_EARLIER = query(__package__, "read_earlier", EarlierRow)
WITHDRAWALS_PAGE = query(__package__, "withdrawals_page", KeptRow)
APPEND_WITHDRAWALS = append(
    "withdrawal",
    "id order_id code whole reference content_hash received_at zone policy_version closes_on send_back_by refund_by"
    " return_id label_fee_minor act_id",
)
APPEND_WITHDRAWAL_LINES = append(
    "withdrawal_line",
    "withdrawal_id line_n order_id code name quantity cancelled returned refused exemption shipping_minor tax_minor",
)
