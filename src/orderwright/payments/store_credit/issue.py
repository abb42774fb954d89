"""Give customers store credit out of goodwill, and correct what their accounts have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from orderwright.payments.store_credit.accounts import (
    CreditMove,
    lock_accounts,
    open_accounts,
    owners_of_orders,
    write_credit,
)
from orderwright.payments.store_credit.contract import AdjustStoreCredit, IssueStoreCredit, refuse
from orderwright.payments.store_credit.queries import OWNERS, AccountRow, OwnerRow
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.errors import InvalidId
from orderwright.platform.ids import UUID, decode_id, encode_id
from orderwright.platform.limit_use import LimitMeter
from orderwright.platform.money import CURRENCIES
from orderwright.platform.outcomes import Outcome

ISSUE_PERMISSION = "store_credit.issue"
_OF_ALL = "Store credit is of all channels and locations."


async def issue_store_credit(tx: Transaction, ctx: Context, commands: Sequence[IssueStoreCredit]) -> list[Outcome]:
    """Give store credit to customers; one who has none in the currency gets an account. No order's money changes.

    Permission: `store_credit.issue`, by a caller without limits. Locks: customers (shared), accounts (id order).
    Appends `store_credit.issued`. Outcomes, in precedence: `owner_needed`, `customer_not_found` or `order_not_found`,
    `no_customer`, `customer_erased`, `unknown_currency`, `currency_differs`, `amount_needed`, `above_limit` (of
    what the caller may give to a customer), `issued` (`details.balance_minor`: after it). Ten statements at most, two
    more for who has a limit.
    """
    ctx.require(ISSUE_PERMISSION)
    ctx.require_unlimited(_OF_ALL)
    customer_ids = {i for c in commands if (i := _decode("cus", c.customer)) is not None}
    order_ids = {i for c in commands if (i := _decode("ord", c.order)) is not None}
    known = await _owners(tx, customer_ids, order_ids)
    decided = [_decide(command, known) for command in commands]
    owners = {i: (d, commands[i].amount.currency) for i, d in enumerate(decided) if not isinstance(d, Outcome)}
    if not owners:
        return [d for d in decided if isinstance(d, Outcome)]
    meter = LimitMeter(ctx, "credit", Counter())
    for i in list(owners):  # what is above the limit by itself opens no account
        asked = commands[i].amount
        if (above := meter.refuse(owners[i], asked.amount, asked.currency)) is not None:
            decided[i] = above
            del owners[i]
    if not owners:
        return [d for d in decided if isinstance(d, Outcome)]
    by_owner = await open_accounts(tx, owners.values())
    meter = await LimitMeter.read(tx, ctx, "credit", [account.id for account in by_owner.values()])
    for i, owner in owners.items():
        minor, account_id = commands[i].amount.amount, by_owner[owner].id
        if (above := meter.refuse(account_id, minor, owner[1])) is not None:
            decided[i] = above
        else:
            meter.take(account_id, minor)
    if all(isinstance(d, Outcome) for d in decided):
        return [d for d in decided if isinstance(d, Outcome)]
    act_id = await record_act(tx, ctx, "issue_store_credit")
    await meter.write(tx, act_id)
    balances = {account.id: account.balance_minor for account in by_owner.values()}
    moves: list[CreditMove] = []
    outcomes: list[Outcome] = []
    for i, (command, customer) in enumerate(zip(commands, decided, strict=True)):
        if isinstance(customer, Outcome):
            outcomes.append(customer)
            continue
        account, amount = by_owner[owners[i]], command.amount.amount
        balances[account.id] += amount
        order_id = _decode("ord", command.order)
        moves.append(CreditMove(account.id, amount, "issued", act_id, command.reason, order_id))
        outcomes.append(Outcome(code="issued", id=account.id, details={"balance_minor": balances[account.id]}))
    await write_credit(tx, {account.id: account for account in by_owner.values()}, moves, ctx.now)
    return outcomes


async def _owners(tx: Transaction, customer_ids: set[UUID], order_ids: set[UUID]) -> dict[UUID, OwnerRow]:
    """Whom customers and orders stand for, held against being merged. Two statements at most, one more for orders."""
    of_orders = await owners_of_orders(tx, order_ids)
    wanted = customer_ids | {row.customer_id for row in of_orders.values() if row.customer_id is not None}
    owners = {row.id: row for row in await OWNERS.fetch(tx, sorted(wanted))} if wanted else {}
    for i, row in of_orders.items():
        if row.customer_id in owners:
            owner = owners[row.customer_id]
            of_orders[i] = row._replace(customer_id=owner.customer_id, erased=owner.erased)
    return of_orders | owners


def _decode(prefix: str, text: str | None) -> UUID | None:
    """An id as it is shown; None for one that cannot be."""
    try:
        return None if text is None else decode_id(prefix, text)
    except InvalidId:
        return None


def _decide(command: IssueStoreCredit, known: Mapping[UUID, OwnerRow]) -> UUID | Outcome:
    """The customer to whom it is given, or why not. Pure."""
    if (command.customer is None) == (command.order is None):
        return refuse("owner_needed")
    named = _decode("cus", command.customer) or _decode("ord", command.order)
    owner = known.get(named) if named is not None else None
    if owner is None:
        return refuse("customer_not_found" if command.order is None else "order_not_found")
    refused = refuse_owner(owner) or _refuse_amount(command, owner)
    if refused is not None:
        return refused
    if owner.customer_id is None:
        raise ValueError("it was refused above")
    return owner.customer_id


def _refuse_amount(command: IssueStoreCredit, owner: OwnerRow) -> Outcome | None:
    if command.amount.currency not in CURRENCIES:
        return refuse("unknown_currency", currency=command.amount.currency)
    if owner.currency not in (None, command.amount.currency):
        return refuse("currency_differs", currency=owner.currency)
    return None if command.amount.amount else refuse("amount_needed")


def refuse_owner(owner: OwnerRow) -> Outcome | None:
    """Why nobody can have store credit for an order, or None. Precedence: `no_customer`, `customer_erased`."""
    if owner.customer_id is None:
        return refuse("no_customer")
    return refuse("customer_erased") if owner.erased else None


async def adjust_store_credit(tx: Transaction, ctx: Context, commands: Sequence[AdjustStoreCredit]) -> list[Outcome]:
    """Correct what accounts have, as far as it is not set aside for orders: a mistake, or credit that was paid out.

    Permission: `store_credit.issue`, by a caller without limits. Locks: accounts (id order). Appends
    `store_credit.adjusted`. Outcomes, in precedence: `account_not_found`, `account_moved`, `currency_differs`,
    `amount_needed`, `exceeds_free`, `above_limit` (of what the caller may give to a customer; to take back has no
    limit), `adjusted` (`details.balance_minor`: after it). Six statements at most, two more for who has a limit.
    """
    ctx.require(ISSUE_PERMISSION)
    ctx.require_unlimited(_OF_ALL)
    accounts = await lock_accounts(tx, {command.account_id for command in commands})
    meter = await LimitMeter.read(tx, ctx, "credit", accounts)
    now, outcomes, going = dict(accounts), [], []
    for command in commands:
        decided = _decide_adjustment(now.get(command.account_id), command)
        given = max(0, command.amount.amount)
        if not isinstance(decided, Outcome):
            decided = meter.refuse(command.account_id, given, command.amount.currency) or decided
        if isinstance(decided, Outcome):
            outcomes.append(decided)
        else:
            now[decided.id] = decided
            meter.take(decided.id, given)
            going.append(command)
            details = {"balance_minor": decided.balance_minor}
            outcomes.append(Outcome(code="adjusted", id=decided.id, details=details))
    if going:
        act_id = await record_act(tx, ctx, "adjust_store_credit")
        await meter.write(tx, act_id)
        moves = [CreditMove(c.account_id, c.amount.amount, "adjusted", act_id, c.reason) for c in going]
        await write_credit(tx, accounts, moves, ctx.now)
    return outcomes


def _decide_adjustment(account: AccountRow | None, command: AdjustStoreCredit) -> AccountRow | Outcome:
    """The account after it, or why not. Pure."""
    if account is None:
        return refuse("account_not_found")
    if account.moved_into is not None:
        return refuse("account_moved", account_id=encode_id("crd", account.moved_into))
    if command.amount.currency != account.currency:
        return refuse("currency_differs", currency=account.currency)
    amount = command.amount.amount
    if not amount:
        return refuse("amount_needed")
    if -amount > account.free_minor:
        return refuse("exceeds_free", free=account.free_minor)
    return account._replace(balance_minor=account.balance_minor + amount)
