"""Put money of orders into their customers' store credit. Not a verb: part of those that decide it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from orderwright import payments
from orderwright.payments import OrderMoney, store_credit
from orderwright.payments.store_credit import AccountRow, CreditMove, GivenRow, OwnerRow
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.money import round_minor
from orderwright.returns import Return


class Gift(NamedTuple):
    """What a customer gets for an order, in its currency and minor units; negative: what is taken back, as far as it is
    free. `subject_id`: the return that it is for; `bonus_minor`: what is given on top or taken back with it, which is
    no money of the order."""

    order_id: UUID
    owner: OwnerRow
    amount_minor: int
    reason: str
    subject_id: UUID | None = None
    bonus_minor: int = 0


async def give_credit(tx: Transaction, ctx: Context, act_id: UUID, gifts: Sequence[Gift]) -> dict[UUID, UUID]:
    """Move money from the ledgers of orders into their customers' accounts, which are made where they are missing;
    returns the account by order.

    Locks: accounts (id order); the caller holds the orders'. Appends `store_credit.refunded`, `store_credit.issued`
    (a bonus), `store_credit.adjusted` (one that is taken back). Seven statements, or none.
    """
    if not gifts:
        return {}
    by_owner = await store_credit.open_accounts(tx, [_owner(gift) for gift in gifts])
    accounts: dict[UUID, AccountRow] = {account.id: account for account in by_owner.values()}
    free = {account.id: account.free_minor for account in by_owner.values()}
    found: dict[UUID, UUID] = {}
    moves: list[CreditMove] = []
    for gift in gifts:
        account_id = by_owner[_owner(gift)].id
        found[gift.order_id] = account_id
        bonus_kind = "issued" if gift.bonus_minor > 0 else "adjusted"
        for wanted, kind, reason in (
            (gift.amount_minor, "refunded", gift.reason),
            (gift.bonus_minor, bonus_kind, "bonus"),
        ):
            minor = max(wanted, -free[account_id])
            free[account_id] += minor
            if minor:
                moves.append(
                    CreditMove(
                        account_id, minor, kind, act_id, reason, gift.order_id, subject_id=gift.subject_id
                    )
                )  # fmt: skip
    entries = [
        payments.credit_entry(move.order_id, move.amount_minor, move.subject_id)
        for move in moves
        if move.kind == "refunded" and move.order_id is not None
    ]
    await payments.write_entries(tx, act_id, entries, ctx.now)
    await store_credit.write_credit(tx, accounts, moves, ctx.now)
    return found


def _owner(gift: Gift) -> tuple[UUID, str]:
    if gift.owner.customer_id is None or gift.owner.currency is None:
        raise ValueError("store credit belongs to a customer")
    return gift.owner.customer_id, gift.owner.currency


async def move_to_credit(
    tx: Transaction, ctx: Context, act_id: UUID, changed: Sequence[Return], given: Mapping[UUID, int]
) -> None:
    """What returns brought whose customers chose store credit (`given`, by return) goes there, as far as it is owed and
    was captured; the rest is settled as ever, and so is all of it where the customer was erased meanwhile. What is
    charged again is taken back from it with its bonus, as far as the return gave it and it is still free.

    Locks: accounts (id order). Fourteen statements, or none.
    """
    mine = [one for one in changed if one.refund_to == store_credit.STORE_CREDIT and given.get(one.id)]
    if not mine:
        return
    order_ids = sorted({one.order_id for one in mine})
    owners = await store_credit.owners_of_orders(tx, order_ids)
    money = {one.order_id: one for one in await payments.read_money(tx, order_ids)}
    before = await store_credit.given_for(tx, order_ids)
    gifts: list[Gift] = []
    for one in mine:
        owner, had = owners[one.order_id], before.get(one.id, GivenRow(one.id, 0, 0))
        could = store_credit.refuse_owner(owner) is None
        amount = _amount(money[one.order_id], given[one.id], had.amount_minor) if could else 0
        if amount:
            bonus = round_minor(amount * one.terms.store_credit_bonus_rate) if amount > 0 else _bonus_back(amount, had)
            gifts.append(Gift(one.order_id, owner, amount, "return", one.id, bonus))
            stood = money[one.order_id]
            money[one.order_id] = stood._replace(
                balance_minor=stood.balance_minor + amount, given_minor=stood.given_minor + amount
            )
    await give_credit(tx, ctx, act_id, gifts)


def _bonus_back(amount_minor: int, had: GivenRow) -> int:
    """What of a bonus is taken back (0 or less) with so much (below 0) of what it was given on. Pure."""
    return -round_minor(Decimal(had.bonus_minor) * -amount_minor / had.amount_minor)


def _amount(money: OrderMoney, given_minor: int, had_minor: int) -> int:
    """What of a return's money becomes store credit, or (negative) is taken back from it. Pure."""
    if given_minor > 0:
        return payments.creditable_minor(money, given_minor)
    due = money.balance_minor - sum(p.capturing_minor - p.refunding_minor for p in money.payments)
    return -min(-given_minor, max(0, due), had_minor)
