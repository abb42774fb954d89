"""What may be asked of the money of an order."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from orderwright.orders.contract import Amount, PaymentMethod
from orderwright.platform.fields import CODE, ShortText, Slug
from orderwright.platform.ids import UUID

RefundTo = Literal["payment", "store_credit"]
PaymentRef = Annotated[str, Meta(max_length=40, pattern=CODE)]  # the id of a payment, as it is shown


class RefundOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Give money back, beyond what follows by itself from cancelling and returning: goodwill, a price promise, a fault.
    To the payments in their order, or to one (`payment`, its id); or `to` the customer's `store_credit`, which no
    provider is asked for. `reason` is a code: `goodwill`, `damaged` ..."""

    order_id: UUID
    amount: Amount
    payment: PaymentRef | None = None
    to: RefundTo = "payment"
    reason: Slug = "goodwill"


class RecordPayment(msgspec.Struct, frozen=True, kw_only=True):
    """Money that moved without us: a bank transfer that came, cash that the driver brought, what a marketplace or a
    provider of the channel's own captured or gave back. Of a known payment (`payment`, its id), or of a new one."""

    order_id: UUID
    amount: Amount
    direction: Literal["received", "refunded"] = "received"
    payment: PaymentRef | None = None
    method: PaymentMethod = "bank_transfer"
    provider: ShortText | None = None
    reference: ShortText | None = None


class WriteOffBalance(msgspec.Struct, frozen=True, kw_only=True):
    """Give up a balance that nobody will pay; all of it when no amount is given."""

    order_id: UUID
    amount: Amount | None = None
    reason: Slug = "uncollectable"


class LookForPayment(msgspec.Struct, frozen=True, kw_only=True):
    """Look now for the payment that a webhook of a provider is about, instead of when its pause is over."""

    webhook_id: UUID


class DismissWebhook(msgspec.Struct, frozen=True, kw_only=True):
    """There is nothing to do about a webhook of a payment that nobody knows: it is of another shop, was refunded at the
    provider, recorded by hand, or a test."""

    webhook_id: UUID
    reason: Literal["of_another_shop", "refunded_there", "recorded_by_hand", "a_test"]


class RetryPayment(msgspec.Struct, frozen=True, kw_only=True):
    """Try again what a provider refused; with another `token`, where it was the authorization."""

    payment_id: UUID
    token: ShortText | None = None
