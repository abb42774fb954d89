"""What people do to the money of orders, over HTTP."""

from __future__ import annotations

from orderwright.api.verbs import VerbRoute, operations_of
from orderwright.flows.change_money import record_payments, refund_orders, retry_payments, write_off_balances
from orderwright.payments import RecordPayment, RefundOrder, RetryPayment, WriteOffBalance

_USD = {"amount": 500, "currency": "USD"}

MONEY_VERBS = [
    *operations_of(
        VerbRoute(
            id="refund_order",
            verb=refund_orders,
            command=RefundOrder,
            one="/v1/orders/{order_id}/refund",
            many="/v1/orders/refund",
            tag="Money",
            scope="payments.refund",
            prefix="ord",
            does="Refund money of an order",
            does_many="Refund money of up to 1,000 orders",
            more="Beyond what follows by itself from cancelling and returning; to the payments in order, or to one."
            " The provider is asked after the answer: `payment.refunded` or `payment.refused` tells what came of it.",
            subject="order_id",
            example={"amount": _USD, "reason": "goodwill"},
        )
    ),
    *operations_of(
        VerbRoute(
            id="record_payment",
            verb=record_payments,
            command=RecordPayment,
            one="/v1/orders/{order_id}/payments",
            many="/v1/orders/payments",
            tag="Money",
            scope="payments.write",
            prefix="ord",
            does="Record money that moved without us",
            does_many="Record up to 1,000 movements of money",
            more="A bank transfer that came, cash on delivery, what a marketplace captured or gave back.",
            subject="order_id",
            example={"amount": _USD, "direction": "received", "method": "bank_transfer", "reference": "INV 100231"},
        )
    ),
    *operations_of(
        VerbRoute(
            id="write_off_balance",
            verb=write_off_balances,
            command=WriteOffBalance,
            one="/v1/orders/{order_id}/write_off",
            many="/v1/orders/write_off",
            tag="Money",
            scope="payments.write",
            prefix="ord",
            does="Write off what is due for an order",
            does_many="Write off what is due for up to 1,000 orders",
            more="All of it, or `amount`.",
            subject="order_id",
            example={"amount": _USD, "reason": "uncollectable"},
        )
    ),
    *operations_of(
        VerbRoute(
            id="retry_payment",
            verb=retry_payments,
            command=RetryPayment,
            one="/v1/payments/{payment_id}/retry",
            many="/v1/payments/retry",
            tag="Money",
            scope="payments.write",
            prefix="ord",
            does="Try a refused payment again",
            does_many="Try up to 1,000 refused payments again",
            more="What is due is asked for anew; an authorization, with another `token` if one is given.",
            subject="payment_id",
            example={"token": "tok_ok"},
        )
    ),
]
