"""Money of exchanges: a payment of the new order that the goods which come back make. No provider is asked to bring it;
what the new order does not need is given back to where it came from (`flows.exchange_provider`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from orderwright.orders.contract import EXCHANGE
from orderwright.payments.accounts import Account, Entry
from orderwright.payments.queries import APPEND_PAYMENTS, READ_EXCHANGED, STOP_AWAITING
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id


class ExchangePayment(NamedTuple):
    """What a return is to bring of its new order, which has `others` payments besides. Amounts in minor units."""

    id: UUID
    exchange_id: UUID
    order_id: UUID
    others: int
    amount_minor: int


async def open_exchange_payments(tx: Transaction, payments: Sequence[ExchangePayment]) -> None:
    """Write the payments of new orders. One statement, or none."""
    rows = [
        (
            p.id, p.order_id, p.others + 1, EXCHANGE, EXCHANGE, encode_id("exc", p.exchange_id), None, p.amount_minor,
            0, 0, None,
        )
        for p in payments
    ]  # fmt: skip
    await APPEND_PAYMENTS.run(tx, rows)


@dataclass(slots=True)
class ExchangeBook:
    """What goods brought to the new order of an exchange, and what was given back of it, by request; minor units."""

    brought_minor: int = 0
    back: dict[UUID, int] = field(default_factory=dict)

    def operations(self) -> list[tuple[str, int]]:
        """What was given back, by the keys under which it was asked."""
        return [(encode_id("prq", request_id), amount) for request_id, amount in self.back.items()]


async def read_exchanged(tx: Transaction, orders: Mapping[UUID, UUID]) -> dict[UUID, ExchangeBook]:
    """The books of exchanges, empty ones included. `orders`: that the goods are of, by exchange. One statement."""
    books = {i: ExchangeBook() for i in orders}
    for row in await READ_EXCHANGED.fetch(tx, list(orders.values()), list(orders)):
        if row.request_id is None:
            books[row.exchange_id].brought_minor = row.amount_minor
        else:
            books[row.exchange_id].back[row.request_id] = row.amount_minor
    return books


async def stop_awaiting(tx: Transaction, payment_ids: Iterable[UUID]) -> None:
    """Payments of exchanges bring no more than they have. One statement, or none."""
    ids = list(payment_ids)
    if ids:
        await STOP_AWAITING.run(tx, ids)


def exchange_entries(
    order_id: UUID, new_order_id: UUID, payment_id: UUID, amount_minor: int, exchange_id: UUID
) -> list[Entry]:
    """What goods that came back brought pays for the new order of their exchange."""
    return [
        Entry(
            order_id, Account.RECEIVABLE, Account.EXCHANGED, amount_minor, "exchange", subject_id=exchange_id
        ),
        Entry(
            new_order_id, Account.CAPTURED, Account.RECEIVABLE, amount_minor, "capture", payment_id,
            subject_id=exchange_id,
        ),
    ]  # fmt: skip


def exchange_back_entry(order_id: UUID, amount_minor: int, exchange_id: UUID, request_id: UUID) -> Entry:
    """The new order does not need it any more: it is owed to the customer where it came from."""
    return Entry(
        order_id, Account.EXCHANGED, Account.RECEIVABLE, amount_minor, "exchange_back", request_id=request_id,
        subject_id=exchange_id,
    )  # fmt: skip


def odd_cents_entry(new_order_id: UUID, amount_minor: int, exchange_id: UUID) -> Entry:
    """What units brought less than others of their line would have is given up."""
    return Entry(
        new_order_id, Account.ALLOWANCES, Account.RECEIVABLE, amount_minor, "allowance", subject_id=exchange_id
    )  # fmt: skip
