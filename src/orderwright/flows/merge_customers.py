"""Merge customers who are one person: orders, money, messages, notes and consent come to the one that is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orderwright import customers, messages, orders, returns
from orderwright.customers import CustomerState, MergeCustomer
from orderwright.payments import store_credit
from orderwright.platform.acts import record_act
from orderwright.platform.changes import changed, record_changes
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.outcomes import Outcome

_OF_ALL = "A customer is of all channels and locations."


async def merge_customers(tx: Transaction, ctx: Context, commands: Sequence[MergeCustomer]) -> list[Outcome]:
    """Say that customers are one person. Nothing undoes it.

    The merged customer stays as another name of the one that is kept: its id and its identity lead there, so that later
    orders of either come to one customer. Its orders (with their returns, people and addresses), messages, notes and
    store credit become the kept one's; what was said of consent stays as it was said, and counts for the kept one.
    Where one of them consented and the other withdrew, it is withdrawn. Merged customers' other names become the kept
    one's.

    Permission: `customers.merge`, by a caller without limits. Locks: customers, orders, contacts, accounts of store
    credit (each in id order), the lock of erasures: at the end it waits for orders that are being placed, which may
    have found the merged customer before, and takes them along. Appends `customer.merged`, `store_credit.moved`,
    `customer.consent_withdrawn`. Outcomes, in precedence: `customer_not_found`, `same_customer`, `already_merged`
    (there is nothing to do), `customer_merged` (into another one: `details.merged_into`), `customer_erased`,
    `in_another_merge`, `merged`: `details` tells what moved.
    """
    _require(ctx)
    return await _merge(tx, ctx, commands, wait=True)


async def preview_merge_customers(tx: Transaction, ctx: Context, commands: Sequence[MergeCustomer]) -> list[Outcome]:
    """What merges would move: they are done, looked at, and undone. Nothing is kept.

    Permission: `customers.merge`, by a caller without limits. Locks: as `merge_customers`, until the transaction ends,
    but for the lock of erasures. Appends nothing. Outcomes: those of `merge_customers`, with `previewed` in place of
    `merged`.
    """
    _require(ctx)
    outcomes: list[Outcome] = []
    try:
        async with tx.savepoint():
            outcomes = await _merge(tx, ctx, commands, wait=False)
            raise _Undo
    except _Undo:
        return [Outcome(code="previewed", id=o.id, details=o.details) if o.code == "merged" else o for o in outcomes]


class _Undo(Exception):
    """Nothing of a preview is kept."""


def _require(ctx: Context) -> None:
    ctx.require("customers.merge")
    ctx.require_unlimited(_OF_ALL)


async def _merge(tx: Transaction, ctx: Context, commands: Sequence[MergeCustomer], *, wait: bool) -> list[Outcome]:
    merged_ids = customers.merged_ids(commands)
    named = {c.customer_id for c in commands} | {i for i in merged_ids if i is not None}
    found = await customers.lock_customers(tx, named)
    outcomes, merges = customers.decide_merges(commands, found)
    if not merges:
        return outcomes
    await orders.lock_orders_of_customers(tx, merges)
    act_id = await record_act(tx, ctx, "merge_customers")
    said = await messages.erasable_messages(tx, [], set(merges))
    credit = await store_credit.merge_credit(tx, ctx, act_id, merges)
    moved = _Moved(merges)
    given = await orders.give_orders(tx, merges)  # with those that came while others were locked
    moved.count("returns", await _returns_by_owner(tx, given, moved))
    moved.count("addresses", await customers.give_contacts(tx, merges, given))
    moved.count("messages", said)
    await messages.give_messages(tx, merges)
    moved.count("notes", await customers.give_customer_notes(tx, merges))
    for account in credit:
        moved.details[account.customer_id]["store_credit"].append(
            {"currency": account.currency, "balance_minor": account.balance_minor, "held_minor": account.held_minor}
        )
    states = await customers.consent_states(tx, {*merges, *merges.values()})
    withdrawn = customers.withdrawn_by_merge(merges, states)
    await customers.keep_consents(tx, act_id, withdrawn, "merge", ctx.now)
    await customers.mark_merged(tx, merges)
    names = {i: encode_id("cus", kept_id) for i, kept_id in merges.items()}
    await record_changes(
        tx, act_id, [changed("customer", i, {"merged_into": None}, {"merged_into": name}) for i, name in names.items()]
    )
    if wait:
        await _take_what_came(tx, merges, moved)
    await _tell(tx, ctx, act_id, found, merges, moved, withdrawn)
    told = zip(outcomes, merged_ids, strict=True)
    return [
        Outcome(code="merged", id=o.id, details=moved.details[i]) if o.code == "merged" and i is not None else o
        for o, i in told
    ]


class _Moved:
    """What moved, by the customer that had it."""

    def __init__(self, merges: Mapping[UUID, UUID]) -> None:
        kinds = ("orders", "returns", "addresses", "messages", "notes")
        self.details: dict[UUID, dict[str, Any]] = {
            i: {"merged": encode_id("cus", i), **dict.fromkeys(kinds, 0), "store_credit": []} for i in merges
        }

    def count(self, kind: str, numbers: Mapping[UUID, int]) -> None:
        """Add so many of a kind."""
        for i, number in numbers.items():
            self.details[i][kind] += number


async def _returns_by_owner(tx: Transaction, given: Mapping[UUID, UUID], moved: _Moved) -> dict[UUID, int]:
    """The returns of orders that moved, by who had them; the orders are counted by the way."""
    returned = await returns.count_returns(tx, given)
    found: dict[UUID, int] = {}
    for order_id, owner in given.items():
        moved.count("orders", {owner: 1})
        found[owner] = found.get(owner, 0) + returned.get(order_id, 0)
    return found


async def _take_what_came(tx: Transaction, merges: Mapping[UUID, UUID], moved: _Moved) -> None:
    """Take orders along that were being placed meanwhile for customers who were merged."""
    await customers.wait_for_intake(tx)
    came = await orders.give_orders(tx, merges)
    moved.count("addresses", await customers.give_contacts(tx, merges, came))
    for owner in came.values():
        moved.count("orders", {owner: 1})


async def _tell(
    tx: Transaction,
    ctx: Context,
    act_id: UUID,
    found: Mapping[UUID, CustomerState],
    merges: Mapping[UUID, UUID],
    moved: _Moved,
    withdrawn: Sequence[customers.SetConsent],
) -> None:
    story = customers.CustomerStory({i: found[i] for i in merges.values()}, ctx.now)
    for merged_id, kept_id in merges.items():
        came = moved.details[merged_id]
        data = {
            "merged": came["merged"],
            "orders": came["orders"],
            "returns": came["returns"],
            "addresses": came["addresses"],
            "messages": came["messages"],
            "notes": came["notes"],
        }
        story.tell(kept_id, "customer.merged", data)
    for one in withdrawn:
        story.tell(one.customer_id, "customer.consent_withdrawn", {"purpose": one.purpose, "source": "merge"})
    await story.write(tx, act_id)
