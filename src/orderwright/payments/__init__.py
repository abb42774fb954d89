"""Payments: the money ledger, and the providers that move money."""

from orderwright.payments.accounts import Account, Charges, Entry, allowance_back, charge_entries
from orderwright.payments.balances import list_balances
from orderwright.payments.commands import RecordPayment, RefundOrder, RetryPayment, WriteOffBalance
from orderwright.payments.decide import Change, MoneyOfOrder, decide_record, decide_refund, decide_write_off
from orderwright.payments.ledger import (
    Crediting,
    read_balances,
    read_money,
    read_payments,
    read_units,
    write_entries,
)
from orderwright.payments.open_payments import WATCH_AFTER, open_ledgers, open_payments
from orderwright.payments.providers import (
    Answer,
    Ask,
    AskKind,
    Notice,
    PaymentProvider,
    Standing,
    Verdict,
    WebhookRefused,
)
from orderwright.payments.queries import PaymentRow, RequestRow
from orderwright.payments.reprice import Pricing, Repriced
from orderwright.payments.requests import (
    PaymentMove,
    ask_of,
    asks_about,
    authorization,
    finish_requests,
    move_payments,
    open_requests,
    orders_of_payments,
    send_requests,
    set_tokens,
    write_requests,
)
from orderwright.payments.results import Reconciled, Result, Told, reconcile, results_of
from orderwright.payments.settlement import NewRequest, OrderMoney, Settlement, decide_settlement, increment, is_managed
from orderwright.payments.shares import OrderUnits, charged, front
from orderwright.payments.states import RequestState, payment_state
from orderwright.payments.webhooks import keep_webhook, mark_handled, match_webhooks

__all__ = [
    "WATCH_AFTER",
    "Account",
    "Answer",
    "Ask",
    "AskKind",
    "Change",
    "Charges",
    "Crediting",
    "Entry",
    "MoneyOfOrder",
    "NewRequest",
    "Notice",
    "OrderMoney",
    "OrderUnits",
    "PaymentMove",
    "PaymentProvider",
    "PaymentRow",
    "Pricing",
    "Reconciled",
    "RecordPayment",
    "RefundOrder",
    "Repriced",
    "RequestRow",
    "RequestState",
    "Result",
    "RetryPayment",
    "Settlement",
    "Standing",
    "Told",
    "Verdict",
    "WebhookRefused",
    "WriteOffBalance",
    "allowance_back",
    "ask_of",
    "asks_about",
    "authorization",
    "charge_entries",
    "charged",
    "decide_record",
    "decide_refund",
    "decide_settlement",
    "decide_write_off",
    "finish_requests",
    "front",
    "increment",
    "is_managed",
    "keep_webhook",
    "list_balances",
    "mark_handled",
    "match_webhooks",
    "move_payments",
    "open_ledgers",
    "open_payments",
    "open_requests",
    "orders_of_payments",
    "payment_state",
    "read_balances",
    "read_money",
    "read_payments",
    "read_units",
    "reconcile",
    "results_of",
    "send_requests",
    "set_tokens",
    "write_entries",
    "write_requests",
]
