"""Open the money ledger of new orders: what they are charged, and how their channels say that they are paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from orderwright.orders import LineMoneyRow, OrderMoneyRow, PlacedOrder
from orderwright.orders.contract import MANAGED_PROVIDERS, ReportedPayment
from orderwright.payments.accounts import Account, Charges, Entry, charge_entries
from orderwright.payments.decide import NewPayment
from orderwright.payments.ledger import write_entries
from orderwright.payments.providers import AskKind
from orderwright.payments.queries import APPEND_PAYMENTS
from orderwright.payments.requests import write_requests
from orderwright.payments.settlement import NewRequest
from orderwright.payments.shares import LineUnits, OrderUnits, charged
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, new_ids
from orderwright.platform.work import enqueue_work

WATCH_AFTER = timedelta(days=4)  # an authorization of unknown age is looked at then: cards keep most for 5 to 7 days


async def open_payments(tx: Transaction, new: Sequence[tuple[UUID, NewPayment]]) -> None:
    """Write payments of (order) that came without us; their sums are moved after it. One statement, or none."""
    rows = [
        (p.id, order_id, p.n, c.method, c.provider, c.reference, None, c.amount.amount, 0, 0, None)
        for order_id, p in new
        for c in (p.command,)
    ]
    await APPEND_PAYMENTS.run(tx, rows)


class Opened(NamedTuple):
    """A payment that was opened."""

    id: UUID
    order_id: UUID
    reported: ReportedPayment


async def open_ledgers(
    tx: Transaction, acts: Mapping[UUID, UUID], placed: Sequence[PlacedOrder], now: datetime
) -> None:
    """Charge new orders, and write the payments that their channels report.

    `acts` is the act of each order. What is authorized already is watched, so that it does not lapse unseen; what we
    are to authorize is asked for; orders of which something has left already, or was dropped, are queued to be settled.
    Two statements; one more for each of these that there is (two to authorize).
    """
    opened = _opened(placed)
    await APPEND_PAYMENTS.run(tx, [_row(n, payment) for n, payment in opened])
    entries = [entry for order in placed for entry in _charges(order)]
    entries += [entry for _, payment in opened if (entry := _paid(payment)) is not None]
    await write_entries(tx, acts, entries, now)
    ours = [payment for _, payment in opened if payment.reported.provider in MANAGED_PROVIDERS]
    wanted = [_authorize(p) for p in ours if p.reported.state == "pending" and p.reported.amount.amount]
    await write_requests(tx, acts, wanted)
    watched = [p.id for p in ours if p.reported.state == "authorized"]
    await enqueue_work(tx, "watch", watched, now + WATCH_AFTER)
    await enqueue_work(tx, "settle", [o.id for o in placed if _has_left(o) or o.placement.dropped_lines])


def _has_left(order: PlacedOrder) -> bool:
    """Whether some of an order needs no shipping of ours: it left a till, or is digital, or somebody else sends it."""
    return bool(order.placement.handed) or any(c.quantities.external for c in order.placement.components)


def _opened(placed: Sequence[PlacedOrder]) -> list[tuple[int, Opened]]:
    reported = [
        (n, order.id, payment)
        for order in placed
        for n, payment in enumerate(order.placement.draft.command.payments, 1)
    ]
    return [
        (n, Opened(new, order_id, payment))
        for (n, order_id, payment), new in zip(reported, new_ids(len(reported)), strict=True)
    ]


def _row(n: int, payment: Opened) -> tuple[Any, ...]:
    """A row of `APPEND_PAYMENTS`. Of one that we are to authorize, what the channel gave is how the payer pays."""
    said = payment.reported
    amount = said.amount.amount
    asked = said.state == "pending" and said.provider in MANAGED_PROVIDERS
    return (
        payment.id, payment.order_id, n, said.method, said.provider, None if asked else said.reference,
        said.reference if asked else None, amount, 0 if said.state == "pending" else amount,
        amount if said.state == "captured" else 0, said.due_on,
    )  # fmt: skip


def _charges(order: PlacedOrder) -> list[Entry]:
    """What the order is charged; where its channel drops what is short, what that was worth is taken back at once."""
    command, priced = order.placement.draft.command, order.placement.draft.priced
    charges = Charges(
        priced.lines_minor, priced.shipping_minor, priced.fees_minor, priced.discount_minor, priced.tax_minor,
        priced.rounding_minor,
    )  # fmt: skip
    taxed = command.prices_include_tax
    entries = charge_entries(order.id, charges, "placement", prices_include_tax=taxed)
    if order.placement.dropped_lines:
        less = charged(_after_drop(order)).less(charges)
        entries += charge_entries(order.id, less, "cancellation", prices_include_tax=taxed)
    return entries


def _after_drop(order: PlacedOrder) -> OrderUnits:
    """The order's money without the lines that were dropped."""
    command, priced = order.placement.draft.command, order.placement.draft.priced
    shares = priced.shares()
    amounts = zip(
        (line.quantity for line in command.lines), priced.subtotals_minor, shares["discount"], shares["tax"],
        priced.charge_taxes_minor, shares["shipping"], shares["fee"], strict=True,
    )  # fmt: skip
    lines = [LineMoneyRow(order.id, n, *row) for n, row in enumerate(amounts, 1)]
    dropped = set(order.placement.dropped_lines)
    money = OrderMoneyRow(
        order.id, command.currency, command.prices_include_tax, priced.shipping_minor, priced.fees_minor,
        priced.rounding_minor,
    )  # fmt: skip
    return OrderUnits(money, [LineUnits(line, line.quantity if line.n in dropped else 0, 0) for line in lines], True)


def _paid(payment: Opened) -> Entry | None:
    amount = payment.reported.amount.amount
    if not amount or payment.reported.state == "pending":
        return None
    if payment.reported.state == "authorized":
        return Entry(payment.order_id, Account.AUTHORIZED, Account.PAYER, amount, "authorization", payment.id)
    return Entry(payment.order_id, Account.CAPTURED, Account.RECEIVABLE, amount, "capture", payment.id)


def _authorize(payment: Opened) -> NewRequest:
    return NewRequest(payment.id, payment.order_id, AskKind.AUTHORIZE, payment.reported.amount.amount)
