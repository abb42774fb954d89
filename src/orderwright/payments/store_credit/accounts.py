"""The ledger of store credit: what comes into customers' accounts and goes out of them (law M1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from orderwright.payments.store_credit.queries import (
    APPEND_ENTRIES,
    GIVEN_FOR,
    LOCK_ACCOUNTS,
    MOVE_ACCOUNTS,
    OPEN_ACCOUNTS,
    OWNERS_OF_ORDERS,
    AccountRow,
    GivenRow,
    OwnerRow,
)
from orderwright.platform.db import Transaction, columns
from orderwright.platform.events import NewEvent, append_events
from orderwright.platform.ids import UUID, encode_id, new_ids

Owner = tuple[UUID, str]  # customer, currency

_TOLD = {
    "issued": "store_credit.issued",
    "refunded": "store_credit.refunded",
    "spent": "store_credit.spent",
    "returned": "store_credit.returned",
    "adjusted": "store_credit.adjusted",
    "moved": "store_credit.moved",
}


class CreditMove(NamedTuple):
    """`amount_minor` comes into an account, or (negative) goes out of it. `kind`: see `credit_entry`."""

    account_id: UUID
    amount_minor: int
    kind: str
    act_id: UUID
    reason: str | None = None
    order_id: UUID | None = None
    payment_id: UUID | None = None
    request_id: UUID | None = None
    subject_id: UUID | None = None


async def owners_of_orders(tx: Transaction, order_ids: Iterable[UUID]) -> dict[UUID, OwnerRow]:
    """Whose orders are. One statement, or none."""
    wanted = list(order_ids)
    return {row.id: row for row in await OWNERS_OF_ORDERS.fetch(tx, wanted)} if wanted else {}


async def given_for(tx: Transaction, order_ids: Iterable[UUID]) -> dict[UUID, GivenRow]:
    """What went into store credit for orders, by the return that it was for. One statement."""
    return {row.subject_id: row for row in await GIVEN_FOR.fetch(tx, list(order_ids))}


async def lock_accounts(tx: Transaction, account_ids: Iterable[UUID]) -> dict[UUID, AccountRow]:
    """Lock accounts in id order, after orders, with those that have what a merged customer's had.

    One statement; one more where an account was closed in the middle of it.
    """
    rows = {row.id: row for row in await LOCK_ACCOUNTS.fetch(tx, list(account_ids), [], [])}
    missing = {row.moved_into for row in rows.values() if row.moved_into is not None} - rows.keys()
    if missing:
        rows |= {row.id: row for row in await LOCK_ACCOUNTS.fetch(tx, sorted(missing), [], [])}
    return rows


async def open_accounts(tx: Transaction, owners: Iterable[Owner]) -> dict[Owner, AccountRow]:
    """Lock the accounts of customers in id order, after orders; those that are missing are made. Two statements."""
    wanted = sorted(set(owners))
    ids = new_ids(len(wanted))
    customers, currencies = [customer for customer, _ in wanted], [currency for _, currency in wanted]
    await OPEN_ACCOUNTS.run(tx, ids, customers, currencies)
    rows = await LOCK_ACCOUNTS.fetch(tx, [], customers, currencies)
    return {(row.customer_id, row.currency): row for row in rows}


async def write_credit(
    tx: Transaction,
    accounts: Mapping[UUID, AccountRow],
    moves: Sequence[CreditMove],
    now: datetime,
    held: Mapping[UUID, int] | None = None,
) -> dict[UUID, AccountRow]:
    """Move what locked accounts have, append the entries, tell them; returns the accounts as they are by now.

    `held`: what accounts have set aside by now, where that changes. Four statements, or one where only that does.
    """
    after = {i: accounts[i]._replace(held_minor=minor) for i, minor in (held or {}).items()}
    events: list[NewEvent] = []
    for move in moves:
        account = after.get(move.account_id, accounts[move.account_id])
        account = account._replace(
            balance_minor=account.balance_minor + move.amount_minor, event_seq=account.event_seq + 1
        )
        after[account.id] = account
        events.append(_event(account, move, now))
    if after:
        rows = sorted((a.id, a.balance_minor, a.held_minor, a.event_seq) for a in after.values())
        await MOVE_ACCOUNTS.run(tx, *columns(rows, 4))
    await APPEND_ENTRIES.run(tx, [
        (new, m.account_id, m.amount_minor, m.kind, m.reason, m.order_id, m.payment_id, m.request_id, m.subject_id,
         m.act_id, now)
        for new, m in zip(new_ids(len(moves)), moves, strict=True)
    ])  # fmt: skip
    await append_events(tx, [move.act_id for move in moves], events)
    return {**accounts, **after}


def _event(account: AccountRow, move: CreditMove, now: datetime) -> NewEvent:
    data = {
        "customer_id": encode_id("cus", account.customer_id),
        "currency": account.currency,
        "amount_minor": move.amount_minor,
        "balance_minor": account.balance_minor,
        "reason": move.reason,
        "order_id": None if move.order_id is None else encode_id("ord", move.order_id),
        "payment_id": None if move.payment_id is None else encode_id("pay", move.payment_id),
        "return_id": None if move.subject_id is None else encode_id("ret", move.subject_id),
    }
    return NewEvent(account.id, account.event_seq, _TOLD[move.kind], data, now)
