"""The index of names: filled from events, once, never with people who were erased."""

from __future__ import annotations

import asyncio

from orderwright.customers import CONTACT_WORDS, index_contact_words
from orderwright.flows.erase_customers import EraseCustomer, erase_customers
from orderwright.platform.db import Database, Transaction
from orderwright.platform.ids import UUID, new_id
from tests.builders.customers import a_bare_order, a_customer, placed
from tests.helpers.contexts import a_context
from tests.helpers.databases import waiting_backend


async def words(tx: Transaction, order_id: UUID) -> list[str]:
    """The single words that an order is found by."""
    sql = "SELECT word FROM contact_word WHERE order_id = $1 AND word NOT LIKE ' %' ORDER BY word"
    return [row["word"] for row in await tx.fetch(sql, order_id)]


async def test_people_and_companies_of_placed_orders_are_indexed_once(database: Database) -> None:
    async with database.transaction("acme") as tx:
        ada = await a_bare_order(tx, None, {}, {"role": "buyer", "name": "Charles Babbage", "company": None})
        nobody = await a_bare_order(tx, None, {"name": None, "company": None})
        held = await a_bare_order(tx, None, {})
        events = [*placed(ada, nobody), *placed(held, kind="order.held")]
        for _ in range(2):
            await index_contact_words(tx, a_context(), events)
        assert await words(tx, ada) == ["ada", "analytical", "babbage", "charles", "engines", "lovelace"]
        assert await words(tx, nobody) == []
        assert await words(tx, held) == []


async def test_pairs_of_words_are_indexed_in_one_order(database: Database) -> None:
    async with database.transaction("acme") as tx:
        order_id = await a_bare_order(tx, None, {"name": "Zoe Ada King", "company": None})
        await index_contact_words(tx, a_context(), placed(order_id))
        rows = await tx.fetch("SELECT word FROM contact_word WHERE order_id = $1 ORDER BY word", order_id)
    assert [row["word"] for row in rows] == [" ada king", " ada zoe", " king zoe", "ada", "king", "zoe"]


async def test_one_order_takes_as_many_statements_as_a_hundred(database: Database) -> None:
    for count in (1, 100):
        async with database.transaction("acme") as tx:
            order_ids = [await a_bare_order(tx, None, {}) for _ in range(count)]
        async with database.transaction("acme") as tx:
            await index_contact_words(tx, a_context(), placed(*order_ids))
            assert tx.statements == 4
    async with database.transaction("acme") as tx:
        await index_contact_words(tx, a_context(), placed(new_id(), kind="order.held"))
        assert tx.statements == 0


async def test_a_person_erased_meanwhile_is_not_indexed(database: Database) -> None:
    async with database.transaction("acme") as tx:
        customer_id = await a_customer(tx)
        order_id = await a_bare_order(tx, customer_id, {})
    erased, may_commit = asyncio.Event(), asyncio.Event()

    async def erase() -> None:
        async with database.transaction("acme") as tx:
            await erase_customers(tx, a_context(), [EraseCustomer(customer_id=customer_id)])
            erased.set()
            await may_commit.wait()

    async def index() -> None:
        await erased.wait()
        async with database.transaction("acme") as tx:
            await index_contact_words(tx, a_context(), placed(order_id))

    async with asyncio.TaskGroup() as group:
        group.create_task(erase())
        group.create_task(index())
        await erased.wait()
        await waiting_backend(database)
        may_commit.set()
    async with database.transaction("acme") as tx:
        assert await words(tx, order_id) == []


async def test_an_erasure_takes_along_what_is_being_indexed(database: Database) -> None:
    async with database.transaction("acme") as tx:
        customer_id = await a_customer(tx)
        order_id = await a_bare_order(tx, customer_id, {})
    indexed, may_commit = asyncio.Event(), asyncio.Event()

    async def index() -> None:
        async with database.transaction("acme") as tx:
            await index_contact_words(tx, a_context(), placed(order_id))
            indexed.set()
            await may_commit.wait()

    async def erase() -> None:
        await indexed.wait()
        async with database.transaction("acme") as tx:
            await erase_customers(tx, a_context(), [EraseCustomer(customer_id=customer_id)])

    async with asyncio.TaskGroup() as group:
        group.create_task(index())
        group.create_task(erase())
        await indexed.wait()
        await waiting_backend(database)
        may_commit.set()
    async with database.transaction("acme") as tx:
        assert await words(tx, order_id) == []


def test_the_subscriber() -> None:
    assert (CONTACT_WORDS.name, CONTACT_WORDS.types) == ("contact_words", frozenset({"order.placed"}))
    assert CONTACT_WORDS.handle is index_contact_words
