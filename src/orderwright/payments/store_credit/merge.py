"""Store credit of customers who turned out to be others: all of it moves, by entries, with what is set aside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from orderwright.payments.store_credit.accounts import CreditMove, open_accounts, write_credit
from orderwright.payments.store_credit.queries import ACCOUNTS_OF_CUSTOMERS, CLOSE_ACCOUNTS, MOVE_HELD
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID


class MovedCredit(NamedTuple):
    """What a customer had in a currency, in minor units, that another one has by now."""

    customer_id: UUID
    currency: str
    balance_minor: int
    held_minor: int


async def merge_credit(tx: Transaction, ctx: Context, act_id: UUID, merges: Mapping[UUID, UUID]) -> list[MovedCredit]:
    """Move what accounts of customers have into those of others, which are made where they are missing. The old
    accounts stay, empty and closed, with their history; what is set aside for orders is set aside of the new ones.

    `merges`: who gets it, by who had it; both are locked, and so are the orders of those who had it. Locks: accounts
    (id order). Appends `store_credit.moved`, twice an amount. Nine statements at most, two where there are no accounts.
    """
    theirs = await ACCOUNTS_OF_CUSTOMERS.fetch(tx, sorted({*merges, *merges.values()}))
    going = [account for account in theirs if account.customer_id in merges and account.moved_into is None]
    if not going:
        return []
    wanted = [(merges[account.customer_id], account.currency) for account in going]
    kept = await open_accounts(tx, wanted)
    into = {account.id: kept[owner].id for account, owner in zip(going, wanted, strict=True)}
    held: dict[UUID, int] = {}
    moves: list[CreditMove] = []
    by_id = {account.id: account for account in (*going, *kept.values())}
    for account in going:
        other = into[account.id]
        held[account.id] = 0
        held[other] = held.get(other, by_id[other].held_minor) + account.held_minor
        if account.balance_minor:
            moves.append(CreditMove(account.id, -account.balance_minor, "moved", act_id, "merge"))
            moves.append(CreditMove(other, account.balance_minor, "moved", act_id, "merge"))
    pairs = columns(sorted(into.items()), 2)
    await MOVE_HELD.run(tx, *pairs)
    await write_credit(tx, by_id, moves, ctx.now, held)
    await CLOSE_ACCOUNTS.run(tx, *pairs)
    return [MovedCredit(a.customer_id, a.currency, a.balance_minor, a.held_minor) for a in going]
