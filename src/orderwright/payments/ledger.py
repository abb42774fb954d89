"""Write and read the money ledger. Callers hold the orders' locks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from orderwright.orders import ComponentRow, OrderMoneyRow, read_components, read_order_money
from orderwright.payments.accounts import Account, Charges, Entry, charge_entries
from orderwright.payments.queries import (
    APPEND_ENTRIES,
    DELIVERY_GIVEN_BACK,
    READ_BALANCES,
    READ_PAYMENTS,
    READ_WITHDRAWN,
    PaymentRow,
    WithdrawnRow,
)
from orderwright.payments.settlement import OrderMoney
from orderwright.payments.shares import CancelledUnits, OrderUnits, charged, count_units, earned_minor
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, new_ids


async def write_entries(
    tx: Transaction, acts: UUID | Mapping[UUID, UUID], entries: Sequence[Entry], happened_at: datetime
) -> None:
    """Append entries. `acts` is the act of all, or that of each order. One statement, or none."""
    rows = [
        (
            new, e.order_id, e.debit.value, e.credit.value, e.amount_minor, e.kind, e.payment_id, e.request_id,
            e.subject_id, acts[e.order_id] if isinstance(acts, Mapping) else acts, happened_at,
        )
        for new, e in zip(new_ids(len(entries)), entries, strict=True)
    ]  # fmt: skip
    await APPEND_ENTRIES.run(tx, rows)


async def read_payments(tx: Transaction, order_ids: Iterable[UUID]) -> dict[UUID, list[PaymentRow]]:
    """The payments of orders, in their order. One statement."""
    payments: dict[UUID, list[PaymentRow]] = {}
    for row in await READ_PAYMENTS.fetch(tx, list(order_ids)):
        payments.setdefault(row.order_id, []).append(row)
    return payments


async def read_balances(tx: Transaction, order_ids: Iterable[UUID]) -> dict[UUID, dict[Account, int]]:
    """What each account of orders stands at, debited less credited, in minor units. One statement."""
    balances: dict[UUID, dict[Account, int]] = {}
    for order_id, account, amount in await READ_BALANCES.fetch(tx, list(order_ids)):
        balances.setdefault(order_id, {})[Account(account)] = amount
    return balances


async def read_money(tx: Transaction, order_ids: Sequence[UUID]) -> list[OrderMoney]:
    """Where orders stand, by their ledgers, payments and goods. Five statements."""
    units = await read_units(tx, order_ids)
    payments = await read_payments(tx, order_ids)
    balances = await read_balances(tx, order_ids)
    return [
        OrderMoney(
            order_id=order_id,
            currency=counted.order.currency,
            balance_minor=balances.get(order_id, {}).get(Account.RECEIVABLE, 0),
            to_come_minor=_to_come(counted),
            open_units=counted.open_units,
            payments=payments.get(order_id, ()),
            allowances_minor=balances.get(order_id, {}).get(Account.ALLOWANCES, 0),
            returned_minor=_returned(counted, balances.get(order_id, {})),
            given_minor=given_minor(balances.get(order_id, {})),
            written_off_minor=balances.get(order_id, {}).get(Account.WRITE_OFFS, 0),
        )
        for order_id, counted in units.items()
    ]


def given_minor(balances: Mapping[Account, int]) -> int:
    """What of the money paid for an order the customer has otherwise: as store credit, or in the goods of an exchange.
    Pure."""
    return -sum(balances.get(account, 0) for account in (Account.STORE_CREDIT, Account.EXCHANGED))


def _returned(units: OrderUnits, balances: Mapping[Account, int]) -> int:
    """What is charged less than the units that are not cancelled: it was taken back for goods that came back."""
    taxed = units.order.prices_include_tax
    booked = Charges(
        -balances.get(Account.LINES, 0), -balances.get(Account.SHIPPING, 0), -balances.get(Account.FEES, 0),
        balances.get(Account.DISCOUNTS, 0), -balances.get(Account.TAX, 0), -balances.get(Account.ROUNDING, 0),
    )  # fmt: skip
    return charged(units).total(prices_include_tax=taxed) - booked.total(prices_include_tax=taxed)


def _to_come(units: OrderUnits) -> int:
    return charged(units).total(prices_include_tax=units.order.prices_include_tax) - earned_minor(units)


async def delivery_given_back(tx: Transaction, order_ids: Sequence[UUID]) -> set[UUID]:
    """Which orders' delivery was given back in part: its shares must stay as they are. One statement, or none."""
    return {row.id for row in await DELIVERY_GIVEN_BACK.fetch(tx, list(order_ids))} if order_ids else set()


async def read_units(tx: Transaction, order_ids: Iterable[UUID]) -> dict[UUID, OrderUnits]:
    """The money of orders and the units of their lines. Three statements."""
    ids = list(order_ids)
    found, lines = await read_order_money(tx, ids)
    components: dict[UUID, list[ComponentRow]] = {}
    for row in await read_components(tx, ids):
        components.setdefault(row.order_id, []).append(row)
    return {i: count_units(order, lines.get(i, ()), components.get(i, ())) for i, order in found.items()}


async def charge_delivery_again(tx: Transaction, emptied: Mapping[UUID, OrderUnits]) -> list[Entry]:
    """The entries that charge again what withdrawals gave back of the delivery of orders of which nothing is left by
    now: those are not charged for it at all. One statement, or none."""
    if not emptied:
        return []
    entries: list[Entry] = []
    for order_id, shipping, tax in await READ_WITHDRAWN.fetch(tx, list(emptied)):
        taxed = _taxed(emptied[order_id].order)
        entries += charge_entries(order_id, Charges(shipping=shipping, tax=tax), "withdrawal", prices_include_tax=taxed)
    return entries


class Crediting:
    """What orders were charged before their units are cancelled, to take back what they are charged less after it.

    Read it under the orders' locks before the units move. Three statements, and one to write. Where nothing is left of
    an order, so that its delivery is not charged either, what withdrawals gave back of that is taken into account.
    """

    def __init__(
        self,
        before: Mapping[UUID, OrderUnits],
        components: Mapping[UUID, Sequence[ComponentRow]],
        withdrawn: Iterable[WithdrawnRow] = (),
    ) -> None:
        self._before = before
        self._components = components
        self._withdrawn = {row.order_id: Charges(shipping=row.shipping_minor, tax=row.tax_minor) for row in withdrawn}

    @classmethod
    async def begin(cls, tx: Transaction, components: Mapping[UUID, Sequence[ComponentRow]]) -> Crediting:
        """Read the amounts of orders; `components` are theirs before the change."""
        found, lines = await read_order_money(tx, components)
        before = {i: count_units(o, lines.get(i, ()), components[i]) for i, o in found.items()}
        return cls(before, components, await READ_WITHDRAWN.fetch(tx, list(components)))

    def entries(self, cancelling: Mapping[UUID, CancelledUnits]) -> list[Entry]:
        """The entries that take back what these units were charged. Pure."""
        entries: list[Entry] = []
        for order_id, units in cancelling.items():
            before = self._before[order_id]
            after = count_units(before.order, [u.line for u in before.lines], self._components[order_id], units)
            less = charged(after).less(charged(before))
            taxed = _taxed(before.order)
            entries += charge_entries(order_id, less, "cancellation", prices_include_tax=taxed)
            if after.all_cancelled and order_id in self._withdrawn:
                entries += charge_entries(order_id, self._withdrawn[order_id], "withdrawal", prices_include_tax=taxed)
        return entries


def _taxed(order: OrderMoneyRow) -> bool:
    return order.prices_include_tax
