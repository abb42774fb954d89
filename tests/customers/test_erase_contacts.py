"""Erasing people: everything of theirs goes, nothing of anyone else, and no trace says who it was."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from orderwright.customers import contacts_of_orders, erase_contacts, index_contact_words
from orderwright.customers.erase_contacts import ErasableContact, reachable_at
from orderwright.platform.db import Database, Transaction
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.ids import UUID, new_id, new_ids
from tests.builders.customers import a_bare_order, a_customer, placed
from tests.helpers.contexts import a_context


async def an_inbox_row(tx: Transaction, body: dict[str, Any]) -> UUID:
    row_id = new_id()
    await tx.execute(
        "INSERT INTO inbox (id, code, message, body, act_id) VALUES ($1, 'out_of_stock', 'No.', $2::jsonb, $1)",
        row_id,
        msgspec.json.encode(body).decode(),
    )
    return row_id


async def inbox(tx: Transaction) -> list[UUID]:
    return [row["id"] for row in await tx.fetch("SELECT id FROM inbox ORDER BY id")]


async def everything(tx: Transaction) -> str:
    """All rows of all tables of the schema, as one text."""
    tables = await tx.fetch("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1")
    found = []
    for table in tables:
        found += [row[0] for row in await tx.fetch(f'SELECT t::text FROM "{table["tablename"]}" AS t')]
    return "\n".join(found)


async def test_everything_of_a_person_goes_and_the_orders_stay(database: Database) -> None:
    async with database.transaction("acme") as tx:
        ada, bob = await a_customer(tx, "ada@example.com"), await a_customer(tx, "bob@example.com")
        await tx.execute(
            'UPDATE customer SET metadata = \'{"nick": "Countess"}\', external_refs = \'{"crm": "7"}\' WHERE id = $1',
            ada,
        )
        gift = {"name": "Charles Babbage", "email": "charles@example.com"}
        orders = [
            await a_bare_order(tx, ada, {}),
            await a_bare_order(tx, ada, {"role": "buyer", "line1": None}, gift, {"role": "bill_to"}),
        ]
        bobs = {"name": "Bob Builder", "email": "bob@example.com", "phone": None, "line1": "1 Bob Road"}
        kept = await a_bare_order(tx, bob, bobs)
        await index_contact_words(tx, a_context(), placed(*orders, kept))
        bobs_contacts = await contacts_of_orders(tx, [kept])
        gone = await an_inbox_row(tx, {"customer": {"name": "Ada", "email": " ADA@Example.com "}, "lines": []})
        also = await an_inbox_row(tx, {"ship_to": {"email": "ada@example.com"}})
        stays = [
            await an_inbox_row(tx, {"customer": {"email": "bob@example.com"}, "note": "knows ada@example.org"}),
            await an_inbox_row(tx, {"customer": {"email": "charles@example.com"}}),
            await an_inbox_row(tx, {"customer": {"email": None, "phone": 7}}),
        ]
        assert await inbox(tx) == [gone, also, *stays]

    async with database.transaction("acme") as tx:
        [outcome] = await erase_contacts(tx, a_context(reason="GDPR 17"), [ada])

    async with database.transaction("acme") as tx:
        found = await contacts_of_orders(tx, orders)
        customer = (await tx.fetch("SELECT * FROM customer WHERE id = $1", ada))[0]
        [event] = await tx.fetch("SELECT * FROM event WHERE subject_id = $1", ada)
        words = await tx.fetch("SELECT word FROM contact_word WHERE word NOT LIKE ' %' ORDER BY word")
        left = await everything(tx)
        assert await contacts_of_orders(tx, [kept]) == bobs_contacts
        assert await inbox(tx) == stays
    assert (outcome.code, outcome.ok, outcome.id) == ("erased", True, ada)
    roles = [contact.role for order_id in orders for contact in found[order_id]]
    assert roles == ["ship_to", "buyer", "ship_to", "bill_to"]
    assert {field for order_id in orders for contact in found[order_id] for field in contact[4:]} == {None}
    assert (customer["version"], customer["metadata"], customer["external_refs"]) == (2, "{}", "{}")
    assert customer["erased_at"] is not None
    assert (event["type"], event["seq"], event["data"]) == ("customer.erased", 2, '{"orders": 2, "contacts": 4}')
    assert [row["word"] for row in words] == ["analytical", "bob", "builder", "engines"]
    for trace in ("Ada", "Lovelace", "Charles Babbage", "Countess", "12 St James", "7946", "ada@example.com"):
        assert trace not in left


async def test_the_same_person_is_somebody_new_afterwards(database: Database) -> None:
    async with database.transaction("acme") as tx:
        before = await a_customer(tx, "ada@example.com")
        assert await a_customer(tx, "Ada@example.com ") == before
        await erase_contacts(tx, a_context(), [before])
        assert await a_customer(tx, "ada@example.com") != before


async def test_a_second_call_erases_what_came_since(database: Database) -> None:
    async with database.transaction("acme") as tx:
        customer_id, unknown = await a_customer(tx), new_id()
        codes = [[o.code for o in await erase_contacts(tx, a_context(), [customer_id, unknown, customer_id])]]
        codes.append([o.code for o in await erase_contacts(tx, a_context(), [customer_id])])
        order_id = await a_bare_order(tx, customer_id, {})
        outcomes = await erase_contacts(tx, a_context(), [customer_id])
        codes.append([o.code for o in outcomes])
        [contact] = (await contacts_of_orders(tx, [order_id]))[order_id]
        events = await tx.fetch("SELECT seq, data FROM event WHERE subject_id = $1 ORDER BY seq", customer_id)
    assert codes == [["erased", "customer_not_found", "already_erased"], ["already_erased"], ["erased"]]
    assert contact.name is None
    assert [(event["seq"], event["data"]) for event in events] == [
        (2, '{"orders": 0, "contacts": 0}'), (3, '{"orders": 0, "contacts": 1}'),
    ]  # fmt: skip


async def test_a_customer_without_e_mail_is_found_by_phone(database: Database) -> None:
    async with database.transaction("acme") as tx:
        customer_id = await a_customer(tx)
        await a_bare_order(tx, customer_id, {"email": None})
        await an_inbox_row(tx, {"customer": {"phone": "+44 (20) 7946-0000"}})
        other = await an_inbox_row(tx, {"customer": {"phone": "+44 20 7946 0001", "email": "x@example.com"}})
        await erase_contacts(tx, a_context(), [customer_id])
        assert await inbox(tx) == [other]


async def test_merchants_erase_their_own(database: Database) -> None:
    async with database.transaction("acme") as tx:
        customer_id = await a_customer(tx, "ada@example.com")
        order_id = await a_bare_order(tx, customer_id, {})
    async with database.transaction("bolt") as tx:
        await a_customer(tx, "ada@example.com")
        [outcome] = await erase_contacts(tx, a_context("bolt"), [customer_id])
    async with database.transaction("acme") as tx:
        [contact] = (await contacts_of_orders(tx, [order_id]))[order_id]
    assert outcome.code == "customer_not_found"
    assert contact.name == "Ada Lovelace"


async def test_one_customer_takes_as_many_statements_as_a_hundred(database: Database) -> None:
    for count in (1, 100):
        async with database.transaction("acme") as tx:
            customers = [await a_customer(tx) for _ in range(count)]
            for customer_id in customers:
                await a_bare_order(tx, customer_id, {})
        async with database.transaction("acme") as tx:
            outcomes = await erase_contacts(tx, a_context(), customers)
            assert tx.statements == 9
        assert {outcome.code for outcome in outcomes} == {"erased"}


async def test_it_needs_the_permission(database: Database) -> None:
    async with database.transaction("acme") as tx:
        with pytest.raises(PermissionDenied):
            await erase_contacts(tx, a_context(permissions={"orders.place"}), [new_id()])


def test_where_a_person_is_reachable() -> None:
    ada, one, two = new_ids(3)

    def contact(order_id: UUID | None, role: str, email: str | None, phone: str | None = None) -> ErasableContact:
        return ErasableContact(new_id(), ada, order_id, role, email, phone)

    contacts = [
        contact(one, "ship_to", "friend@example.com"),
        contact(one, "buyer", " Ada@Example.com", "1"),
        contact(two, "ship_to", None, "+1 (2)"),
        contact(two, "bill_to", "accounts@example.com"),
        contact(None, "profile", None, None),
    ]
    assert reachable_at(contacts) == {ada: {"ada@example.com", "12"}}
