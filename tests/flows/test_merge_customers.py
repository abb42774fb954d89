"""Merging customers: everything comes to the one that is kept, the other's id leads there, and there is no circle."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import asyncpg
import pytest

from orderwright.customers import (
    AddCustomerNote,
    MergeCustomer,
    SetConsent,
    add_customer_notes,
    consent_states,
    contacts_of_orders,
    notes_of_customer,
    set_consents,
)
from orderwright.flows.erase_customers import EraseCustomer, erase_customers
from orderwright.flows.merge_customers import merge_customers, preview_merge_customers
from orderwright.flows.place_orders import place_orders
from orderwright.messages import RecordCustomerMessage, record_customer_messages
from orderwright.orders.contract import Amount, SignedAmount
from orderwright.payments.store_credit import IssueStoreCredit, issue_store_credit
from orderwright.platform.context import Context
from orderwright.platform.db import Database, Transaction
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.ids import UUID, encode_id, new_id
from orderwright.platform.outcomes import Outcome
from orderwright.search import OrderFilters, get_customer, list_orders, order_ids_of
from tests.builders.customers import a_bare_order, a_customer
from tests.builders.orders import a_line, an_order
from tests.helpers.contexts import a_context
from tests.helpers.credits import CreditDesk
from tests.helpers.desk import Desk
from tests.helpers.races import it_waits, race

CUSTOMERS: dict[str, int] = {  # counted here and in tests/customers/test_notes_and_consent.py
    "merge_customers": 31, "preview_merge_customers": 29, "add_customer_notes": 7, "change_customer_notes": 8,
    "remove_customer_notes": 8, "set_consents": 7, "say_consents": 9,
}  # fmt: skip


def into(kept: UUID, merged: UUID) -> MergeCustomer:
    return MergeCustomer(customer_id=kept, merge=encode_id("cus", merged))


async def merge(tx: Transaction, ctx: Context, *pairs: tuple[UUID, UUID]) -> list[Outcome]:
    return await merge_customers(tx, ctx, [into(kept, merged) for kept, merged in pairs])


async def give(tx: Transaction, customer_id: UUID, minor: int) -> None:
    command = IssueStoreCredit(customer=encode_id("cus", customer_id), amount=Amount(minor, "USD"))
    [outcome] = await issue_store_credit(tx, a_context(), [command])
    assert outcome.ok


async def balances(tx: Transaction) -> list[tuple[UUID, int]]:
    rows = await tx.fetch("SELECT customer_id, balance_minor FROM credit_account ORDER BY balance_minor, customer_id")
    return [(row["customer_id"], row["balance_minor"]) for row in rows]


async def test_everything_of_the_merged_comes_to_the_kept(database: Database) -> None:
    ctx = a_context()
    async with database.transaction("acme") as tx:
        kept, merged = await a_customer(tx, "ada@example.com"), await a_customer(tx, "countess@example.com")
        await tx.execute('UPDATE customer SET external_refs = \'{"crm": "7"}\' WHERE id = $1', merged)
        mine, theirs = await a_bare_order(tx, kept, {}), await a_bare_order(tx, merged, {}, {"role": "buyer"})
        await give(tx, kept, 500)
        await give(tx, merged, 700)
        await add_customer_notes(tx, ctx, [AddCustomerNote(customer_id=merged, words="Calls after six.")])
        said = RecordCustomerMessage(customer_id=merged, direction="in", medium="phone", words="Hello")
        [message] = await record_customer_messages(tx, ctx, [said])
        assert message.ok
        [outcome] = await merge(tx, ctx, (kept, merged))
    expected = {
        "merged": encode_id("cus", merged), "orders": 1, "returns": 0, "addresses": 2, "messages": 1, "notes": 1,
        "store_credit": [{"currency": "USD", "balance_minor": 700, "held_minor": 0}],
    }  # fmt: skip
    assert (outcome.code, outcome.id, outcome.details) == ("merged", kept, expected)
    async with database.transaction("acme") as tx:
        found = await order_ids_of(tx, merged, ctx, 10)
        customer = await get_customer(tx, merged, ctx)
        contacts = await contacts_of_orders(tx, [theirs])
        [note] = await notes_of_customer(tx, kept)
        owners = await tx.fetch("SELECT customer_id FROM message")
        entries = await tx.fetch("SELECT amount_minor FROM credit_entry WHERE kind = 'moved' ORDER BY 1")
        assert await balances(tx) == [(merged, 0), (kept, 1200)]
        events = await tx.fetch("SELECT type, seq, data FROM event WHERE subject_id = $1 ORDER BY seq", kept)
        change = await tx.fetchval("SELECT after FROM change WHERE subject_id = $1", merged)
    assert set(found) == {mine, theirs}
    assert customer is not None
    assert (customer.id, customer.external_refs) == (encode_id("cus", kept), {"crm": "7"})
    assert {c.customer_id for c in contacts[theirs]} == {kept}
    assert note.words == "Calls after six."
    assert [row["customer_id"] for row in owners] == [kept]
    assert [row["amount_minor"] for row in entries] == [-700, 700]
    assert [(event["type"], event["seq"]) for event in events] == [("customer.merged", 2)]
    assert change == '{"merged_into": "' + encode_id("cus", kept) + '"}'


async def test_an_order_of_the_merged_identity_comes_to_the_kept(database: Database) -> None:
    async with database.transaction("acme") as tx:
        kept, merged = await a_customer(tx, "ada@example.com"), await a_customer(tx, "countess@example.com")
        await merge(tx, a_context(), (kept, merged))
        assert await a_customer(tx, "Countess@example.com") == kept
        await give(tx, merged, 100)
        assert await balances(tx) == [(kept, 100)]


async def test_a_preview_says_the_same_and_keeps_nothing(database: Database) -> None:
    async with database.transaction("acme") as tx:
        kept, merged = await a_customer(tx), await a_customer(tx)
        await a_bare_order(tx, merged, {})
        await give(tx, merged, 700)
        [preview] = await preview_merge_customers(tx, a_context(), [into(kept, merged)])
        assert await balances(tx) == [(merged, 700)]
        assert await tx.fetchval("SELECT count(*) FROM customer WHERE merged_into IS NOT NULL") == 0
        [done] = await merge(tx, a_context(), (kept, merged))
    assert (preview.code, done.code) == ("previewed", "merged")
    assert preview.details == done.details


async def test_refusals_in_their_order(database: Database) -> None:
    async with database.transaction("acme") as tx:
        a, b, c, d, gone = [await a_customer(tx) for _ in range(5)]
        await erase_customers(tx, a_context(), [EraseCustomer(customer_id=gone)])
        outcomes = await merge(
            tx, a_context(), (a, new_id()), (new_id(), a), (a, a), (a, gone), (a, b), (c, a), (b, c), (a, d)
        )
        again = await merge(tx, a_context(), (a, b), (b, a), (b, c), (c, b))
        bad = await merge_customers(tx, a_context(), [MergeCustomer(customer_id=a, merge="nobody")])
    assert [o.code for o in outcomes] == [
        "customer_not_found", "customer_not_found", "same_customer", "customer_erased", "merged", "in_another_merge",
        "in_another_merge", "merged",
    ]  # fmt: skip
    assert [o.code for o in again] == ["already_merged", "already_merged", "customer_merged", "customer_merged"]
    assert again[2].details == {"customer_id": encode_id("cus", b), "merged_into": encode_id("cus", a)}
    assert bad[0].code == "customer_not_found"


async def test_a_chain_becomes_one_step(database: Database) -> None:
    async with database.transaction("acme") as tx:
        a, b, c = await a_customer(tx, "a@example.com"), await a_customer(tx), await a_customer(tx)
        await give(tx, a, 10)
        await merge(tx, a_context(), (b, a))
        await merge(tx, a_context(), (c, b))
        rows = await tx.fetch("SELECT merged_into FROM customer WHERE merged_into IS NOT NULL")
        accounts = await tx.fetch("SELECT moved_into FROM credit_account WHERE moved_into IS NOT NULL")
        assert await a_customer(tx, "a@example.com") == c
        held = await tx.fetchval("SELECT id FROM credit_account WHERE customer_id = $1", c)
    assert {row["merged_into"] for row in rows} == {c}
    assert [row["moved_into"] for row in accounts] == [held, held]


async def test_the_database_refuses_chains_and_circles(database: Database) -> None:
    async with database.transaction("acme") as tx:
        a, b, c = [await a_customer(tx) for _ in range(3)]
        await merge(tx, a_context(), (b, a))
    for merged, kept in ((b, c), (c, a), (b, a), (c, c)):
        with pytest.raises((asyncpg.RestrictViolationError, asyncpg.CheckViolationError)):
            async with database.transaction("acme") as tx:
                await tx.execute("UPDATE customer SET merged_into = $2 WHERE id = $1", merged, kept)


async def test_two_who_merge_each_other_make_no_circle(database: Database) -> None:
    desk = Desk(database)
    async with database.transaction("acme") as tx:
        a, b = await a_customer(tx), await a_customer(tx)
    [first], [second] = await race(desk, lambda tx: merge(tx, desk.ctx, (a, b)), lambda tx: merge(tx, desk.ctx, (b, a)))
    assert (first.code, second.code, second.id) == ("merged", "already_merged", a)


async def ordered(desk: Desk) -> tuple[UUID, UUID, Sequence[object]]:
    """Two customers with an order each, and a further order of the second that is not placed yet."""
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 10)
    line = (shop.skus[0].code, 1)
    one, two = an_order(shop.channel.code, [line]), an_order(shop.channel.code, [line])
    ids = [await desk.placed(one), await desk.placed(two)]
    async with desk.database.transaction("acme") as tx:
        await tx.execute("UPDATE orders SET customer_id = $2 WHERE id = $1", ids[0], other := await a_customer(tx))
        await tx.execute("UPDATE contact SET customer_id = $2 WHERE order_id = $1", ids[0], other)
        theirs = await tx.fetchval("SELECT customer_id FROM orders WHERE id = $1", ids[1])
    return other, theirs, [an_order(shop.channel.code, [line], customer=two.customer)]


async def customers_of_orders(database: Database) -> set[UUID]:
    async with database.transaction("acme") as tx:
        rows = await tx.fetch("SELECT customer_id FROM orders UNION SELECT customer_id FROM contact")
    return {row["customer_id"] for row in rows}


async def test_an_order_that_is_being_placed_for_the_merged_comes_along(database: Database) -> None:
    desk = Desk(database)
    kept, merged, again = await ordered(desk)
    [placed], [outcome] = await race(
        desk, lambda tx: place_orders(tx, desk.ctx, again), lambda tx: merge(tx, desk.ctx, (kept, merged))
    )
    assert (placed.code, outcome.code, outcome.details["orders"]) == ("placed", "merged", 2)
    assert await customers_of_orders(database) == {kept}


async def test_an_order_that_comes_while_they_are_merged_is_the_kept_ones(database: Database) -> None:
    desk = Desk(database)
    kept, merged, again = await ordered(desk)
    [outcome], [placed] = await race(
        desk, lambda tx: merge(tx, desk.ctx, (kept, merged)), lambda tx: place_orders(tx, desk.ctx, again)
    )
    assert (outcome.code, placed.code) == ("merged", "placed")
    assert await customers_of_orders(database) == {kept}


async def test_an_order_that_came_while_the_merge_waited_comes_along_with_its_people(database: Database) -> None:
    """The merge waits for a lock of one order; another one is placed and there before it goes on."""
    desk = Desk(database)
    kept, merged, again = await ordered(desk)
    async with database.transaction("acme") as tx:
        await tx.fetch("SELECT id FROM orders WHERE customer_id = $1 FOR UPDATE", merged)
        merging = asyncio.create_task(desk.run(merge_customers, [into(kept, merged)]))
        await it_waits(database, merging)
        await desk.run(place_orders, again)
    [outcome] = await merging
    assert (outcome.code, outcome.details["orders"], outcome.details["addresses"]) == ("merged", 2, 2)
    assert await customers_of_orders(database) == {kept}
    await desk.audit()


async def test_the_credit_of_several_comes_to_one(database: Database) -> None:
    async with database.transaction("acme") as tx:
        kept, one, two = [await a_customer(tx) for _ in range(3)]
        await give(tx, one, 300)
        await give(tx, two, 40)
        outcomes = await merge(tx, a_context(), (kept, one), (kept, two))
        assert [o.details["store_credit"][0]["balance_minor"] for o in outcomes] == [300, 40]
        assert await balances(tx) == [*sorted([(one, 0), (two, 0)]), (kept, 340)]


async def test_a_list_by_the_merged_id_has_the_orders_of_the_kept(database: Database) -> None:
    desk = Desk(database)
    kept, merged, _ = await ordered(desk)
    await desk.run(merge_customers, [into(kept, merged)])
    async with database.transaction("acme") as tx:
        found = [
            (await list_orders(tx, OrderFilters(customer=encode_id("cus", i)), ctx=desk.ctx)).data
            for i in (kept, merged)
        ]
    assert [len(orders) for orders in found] == [2, 2]


async def test_erasing_the_merged_erases_the_kept_and_both_are_new_again(database: Database) -> None:
    async with database.transaction("acme") as tx:
        kept, merged = await a_customer(tx, "ada@example.com"), await a_customer(tx, "countess@example.com")
        order_id = await a_bare_order(tx, merged, {})
        await add_customer_notes(tx, a_context(), [AddCustomerNote(customer_id=kept, words="Secret.")])
        await merge(tx, a_context(), (kept, merged))
        outcomes = await erase_customers(
            tx, a_context(), [EraseCustomer(customer_id=merged), EraseCustomer(customer_id=kept)]
        )
        [contact] = (await contacts_of_orders(tx, [order_id]))[order_id]
        assert await notes_of_customer(tx, kept) == []
        assert {kept, merged}.isdisjoint(
            {await a_customer(tx, "ada@example.com"), await a_customer(tx, "countess@example.com")}
        )
    assert [(o.code, o.id) for o in outcomes] == [("erased", kept), ("already_erased", kept)]
    assert contact.name is None


async def test_who_said_no_under_either_name_is_not_written_to(database: Database) -> None:
    async with database.transaction("acme") as tx:
        kept, merged = await a_customer(tx), await a_customer(tx)
        said = [
            SetConsent(customer_id=merged, purpose="marketing_email", given=False),
            SetConsent(customer_id=kept, purpose="marketing_email", given=True),
            SetConsent(customer_id=merged, purpose="marketing_post", given=True),
        ]
        await set_consents(tx, a_context(), said)
        await merge(tx, a_context(), (kept, merged))
        states = await consent_states(tx, [kept])
    assert states == {(kept, "marketing_email"): False, (kept, "marketing_post"): True}


async def test_a_merge_takes_as_many_statements_as_a_hundred(database: Database) -> None:
    counts = []
    previews = []
    for count in (1, 100):
        async with database.transaction("acme") as tx:
            pairs = [(await a_customer(tx), await a_customer(tx)) for _ in range(count)]
            for _, merged in pairs:
                await a_bare_order(tx, merged, {})
                await give(tx, merged, 5)
        async with database.transaction("acme") as tx:
            await preview_merge_customers(tx, a_context(), [into(kept, merged) for kept, merged in pairs])
            previews.append(tx.statements)
        async with database.transaction("acme") as tx:
            outcomes = await merge(tx, a_context(), *pairs)
            counts.append(tx.statements)
        assert {outcome.code for outcome in outcomes} == {"merged"}
    assert counts == [CUSTOMERS["merge_customers"]] * 2
    assert previews == [CUSTOMERS["preview_merge_customers"]] * 2


async def test_it_needs_the_permission_and_no_limits(database: Database) -> None:
    async with database.transaction("acme") as tx:
        with pytest.raises(PermissionDenied):
            await merge(tx, a_context(permissions={"customers.read"}), (new_id(), new_id()))
        with pytest.raises(PermissionDenied):
            await merge(tx, a_context(channels=frozenset([new_id()])), (new_id(), new_id()))


async def test_what_is_set_aside_moves_and_is_spent_and_given_back_there(desk: Desk) -> None:
    """One order asks for its credit before the merge, one after it; both name the account that is closed by then."""
    credit = CreditDesk(desk)
    shop = await credit.stocked()
    merged = await credit.customer(shop)
    old = await credit.issued(merged, 9000)
    async with desk.database.transaction("acme") as tx:
        kept = await a_customer(tx)
    first = await desk.placed(await credit.order(shop, old, 1999, lines=[a_line(shop.skus[0].code, 1, 1999)]))
    await credit.bank.work()
    second = await desk.placed(await credit.order(shop, old, 3998, lines=[a_line(shop.skus[0].code, 2, 1999)]))
    [outcome] = await desk.run(merge_customers, [into(kept, merged)])
    assert outcome.details["store_credit"] == [{"currency": "USD", "balance_minor": 9000, "held_minor": 1999}]
    new = await desk.value("SELECT id FROM credit_account WHERE customer_id = $1", kept)
    assert (await credit.account(old), await credit.account(new)) == ((0, 0), (9000, 1999))
    await credit.bank.work()
    assert await credit.account(new) == (9000, 5997)
    for order_id in (first, second):
        for work in await desk.fulfillments(order_id):
            await desk.pick(work.id)
            await desk.pack(work.id)
            await credit.bank.work()
            await desk.ship(work.id)
    await credit.bank.work()
    assert await credit.account(new) == (3003, 0)
    return_id = await credit.requested(first, (1, 1))
    await credit.receive(return_id, (shop.skus[0], 1))
    await credit.inspect(return_id, shop.skus[0], 1)
    await credit.bank.work()
    assert (await credit.account(old), await credit.account(new)) == ((0, 0), (5002, 0))
    assert await credit.entries(old) == [("issued", 9000), ("moved", -9000)]
    refused = await credit.adjust(old, amount=SignedAmount(100, "USD"))
    assert (refused.code, refused.details) == ("account_moved", {"account_id": encode_id("crd", new)})
