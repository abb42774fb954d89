"""The SQL of the built-in provider, by type."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from orderwright.payments.providers.builtin_rules import PaymentRow
from orderwright.platform.queries import query, statement


class NowRow(NamedTuple):
    """The time at the built-in provider."""

    at: datetime


class TroubleRow(NamedTuple):
    """A planned trouble: `after` more asks are let through, then `times` fail."""

    id: int
    mode: str
    code: str | None
    after: int
    times: int


class OperationRow(NamedTuple):
    """What was answered to a key. `content` is a hash of what was asked with it."""

    key: str
    content: bytes
    reference: str | None
    kind: str
    amount_minor: int
    done: bool
    code: str | None


class StandingRow(NamedTuple):
    """An operation beside its payment, whose columns are those of `PaymentRow`."""

    key: str
    kind: str
    amount_minor: int
    done: bool
    code: str | None
    reference: str
    payment: str
    currency: str
    token: str
    authorized_minor: int
    captured_minor: int
    refunded_minor: int
    released_minor: int
    finalized: bool
    expires_at: datetime


class KeyRow(NamedTuple):
    """A key."""

    key: str


NOW = query(__package__, "builtin_now", NowRow)
LOCK_TROUBLES = query(__package__, "builtin_lock_troubles", TroubleRow)
USE_TROUBLES = statement(__package__, "builtin_use_troubles")
PLAN_TROUBLE = statement(__package__, "builtin_plan_trouble")
KNOWN_OPERATIONS = query(__package__, "builtin_known_operations", OperationRow)
LOCK_PAYMENTS = query(__package__, "builtin_lock_payments", PaymentRow)
INSERT_PAYMENTS = statement(__package__, "builtin_insert_payments")
MOVE_PAYMENTS = statement(__package__, "builtin_move_payments")
INSERT_OPERATIONS = query(__package__, "builtin_insert_operations", KeyRow)
STANDINGS = query(__package__, "builtin_standings", StandingRow)
