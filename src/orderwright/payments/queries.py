"""The SQL of payments, by type."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import append, query, statement


class PaymentRow(NamedTuple):
    """One way in which an order is paid; amounts in minor units. `under_way`: kinds of its requests that have no
    answer yet. `shared`: another order is said to be paid by the same one: its provider's sums are not this one's."""

    id: UUID
    order_id: UUID
    n: int
    method: str
    provider: str | None
    reference: str | None
    amount_minor: int
    authorized_minor: int
    released_minor: int
    captured_minor: int
    capturing_minor: int
    refunded_minor: int
    refunding_minor: int
    expires_at: datetime | None
    due_on: date | None
    refused_code: str | None
    under_way: list[str]
    shared: bool = False

    @property
    def capturable_minor(self) -> int:
        """What may still be asked for, by what we know."""
        return self.authorized_minor - self.captured_minor - self.capturing_minor - self.released_minor

    @property
    def refundable_minor(self) -> int:
        """What may still be given back, by what we know."""
        return self.captured_minor - self.refunded_minor - self.refunding_minor


class BalanceRow(NamedTuple):
    """What an account of an order stands at: what it was debited less what it was credited."""

    order_id: UUID
    account: str
    balance_minor: int


class ExchangedRow(NamedTuple):
    """What goods brought to the new order of an exchange; with a request, what was given back for it."""

    exchange_id: UUID
    request_id: UUID | None
    amount_minor: int


class RequestRow(NamedTuple):
    """Something asked of a provider, with what the call needs. Once `sent_at`, the provider may know of it."""

    id: UUID
    payment_id: UUID
    order_id: UUID
    kind: str
    amount_minor: int
    final: bool
    state: str
    sent_at: datetime | None
    subject_id: UUID | None
    currency: str
    provider: str | None
    reference: str | None
    token: str | None


class WithdrawnRow(NamedTuple):
    """What was given back of an order's delivery with units that had not left, and the tax on it."""

    order_id: UUID
    shipping_minor: int
    tax_minor: int


class KnownRow(NamedTuple):
    """A payment that its provider knows."""

    id: UUID
    provider: str
    reference: str
    currency: str
    amount_minor: int


class IdRow(NamedTuple):
    """An id."""

    id: UUID


APPEND_PAYMENTS = append(
    "payment",
    "id order_id n method provider reference token amount_minor authorized_minor captured_minor due_on",
)
APPEND_ENTRIES = append(
    "money_entry",
    "id order_id debit credit amount_minor kind payment_id request_id subject_id act_id happened_at",
)
APPEND_REQUESTS = append("payment_request", "id payment_id order_id kind amount_minor final state subject_id act_id")
READ_PAYMENTS = query(__package__, "read_payments", PaymentRow)
DELIVERY_GIVEN_BACK = query(__package__, "delivery_given_back", IdRow)
READ_WITHDRAWN = query(__package__, "read_withdrawn", WithdrawnRow)
READ_BALANCES = query(__package__, "read_balances", BalanceRow)
MOVE_PAYMENTS = statement(__package__, "move_payments")
SET_TOKENS = statement(__package__, "set_tokens")
READ_EXCHANGED = query(__package__, "read_exchanged", ExchangedRow)
STOP_AWAITING = statement(__package__, "stop_awaiting")
OPEN_REQUESTS = query(__package__, "open_requests", RequestRow)
SEND_REQUESTS = statement(__package__, "send_requests")
FINISH_REQUESTS = query(__package__, "finish_requests", IdRow)
ORDERS_OF_PAYMENTS = query(__package__, "orders_of_payments", IdRow)
PUT_OPEN_BALANCES = statement(__package__, "put_open_balances")
DELETE_OPEN_BALANCES = statement(__package__, "delete_open_balances")
KNOWN_PAYMENTS = query(__package__, "known_payments", KnownRow)
