"""Erasing people: everything of theirs goes, nothing of anyone else, and no trace says who it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from orderwright.customers import ErasableContact, contacts_of_orders, index_contact_words, reachable_at
from orderwright.flows.erase_customers import EraseCustomer, EraseGuest, erase_customers, erase_guests
from orderwright.flows.place_orders import place_orders
from orderwright.orders.contract import Person
from orderwright.platform.context import Context
from orderwright.platform.db import Database, Transaction
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.ids import UUID, encode_id, new_id, new_ids
from orderwright.platform.outcomes import Outcome
from tests.builders.customers import a_bare_order, a_customer, placed
from tests.builders.orders import an_order
from tests.helpers.contexts import a_context
from tests.helpers.desk import Desk
from tests.helpers.races import race


async def erase(tx: Transaction, ctx: Context, customer_ids: Sequence[UUID]) -> list[Outcome]:
    return await erase_customers(tx, ctx, [EraseCustomer(customer_id=customer_id) for customer_id in customer_ids])


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
        [outcome] = await erase(tx, a_context(reason="GDPR 17"), [ada])

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
        await erase(tx, a_context(), [before])
        assert await a_customer(tx, "ada@example.com") != before


async def test_a_second_call_erases_what_came_since(database: Database) -> None:
    async with database.transaction("acme") as tx:
        customer_id, unknown = await a_customer(tx), new_id()
        codes = [[o.code for o in await erase(tx, a_context(), [customer_id, unknown, customer_id])]]
        codes.append([o.code for o in await erase(tx, a_context(), [customer_id])])
        order_id = await a_bare_order(tx, customer_id, {})
        outcomes = await erase(tx, a_context(), [customer_id])
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
        await erase(tx, a_context(), [customer_id])
        assert await inbox(tx) == [other]


async def test_merchants_erase_their_own(database: Database) -> None:
    async with database.transaction("acme") as tx:
        customer_id = await a_customer(tx, "ada@example.com")
        order_id = await a_bare_order(tx, customer_id, {})
    async with database.transaction("bolt") as tx:
        await a_customer(tx, "ada@example.com")
        [outcome] = await erase(tx, a_context("bolt"), [customer_id])
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
            outcomes = await erase(tx, a_context(), customers)
            assert tx.statements == 27
        assert {outcome.code for outcome in outcomes} == {"erased"}


async def test_it_needs_the_permission(database: Database) -> None:
    async with database.transaction("acme") as tx:
        with pytest.raises(PermissionDenied):
            await erase(tx, a_context(permissions={"orders.place"}), [new_id()])


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
    owner_of = {c.id: ada for c in contacts}
    assert reachable_at(contacts, owner_of) == {ada: {"ada@example.com", "12"}}


# ---- what came meanwhile ----


async def personal(database: Database) -> list[str]:
    """The e-mail addresses that any contact still holds."""
    async with database.transaction("acme") as tx:
        rows = await tx.fetch("SELECT email FROM contact WHERE erased_at IS NULL AND email IS NOT NULL ORDER BY 1")
    return [row["email"] for row in rows]


async def test_an_order_that_is_being_placed_is_erased_too(database: Database) -> None:
    """Fault: it had found the customer before, and its contacts stayed with a customer that was erased."""
    desk = Desk(database)
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 10)
    line = (shop.skus[0].code, 1)
    known = an_order(shop.channel.code, [line])
    first = await desk.placed(known)
    async with database.transaction("acme") as tx:
        ada = await tx.fetchval("SELECT customer_id FROM orders WHERE id = $1", first)
    again = an_order(shop.channel.code, [line], customer=known.customer)
    [placed_], [erased] = await race(
        desk, lambda tx: place_orders(tx, desk.ctx, [again]), lambda tx: erase(tx, desk.ctx, [ada])
    )
    assert (placed_.code, erased.code) == ("placed", "erased")
    assert await personal(database) == []
    async with database.transaction("acme") as tx:
        data = await tx.fetchval("SELECT data FROM event WHERE type = 'customer.erased'")
        rows = await tx.fetch("SELECT customer_id FROM orders")
    assert data == '{"orders": 0, "contacts": 2}'
    assert {row["customer_id"] for row in rows} == {ada}


async def test_an_order_that_comes_while_somebody_is_erased_is_of_somebody_new(database: Database) -> None:
    desk = Desk(database)
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 10)
    line = (shop.skus[0].code, 1)
    known = an_order(shop.channel.code, [line])
    first = await desk.placed(known)
    async with database.transaction("acme") as tx:
        ada = await tx.fetchval("SELECT customer_id FROM orders WHERE id = $1", first)
    again = an_order(shop.channel.code, [line], customer=known.customer)
    [erased], [placed_] = await race(
        desk, lambda tx: erase(tx, desk.ctx, [ada]), lambda tx: place_orders(tx, desk.ctx, [again])
    )
    assert (erased.code, placed_.code) == ("erased", "placed")
    async with database.transaction("acme") as tx:
        found = await tx.fetchval("SELECT customer_id FROM orders WHERE id = $1", placed_.order_id)
        contacts = await contacts_of_orders(tx, [first, placed_.order_id])
    assert found is not None
    assert found != ada
    assert {c.name for c in contacts[first]} == {None}
    assert {c.customer_id for c in contacts[placed_.order_id]} == {found}


# ---- refused orders ----


async def test_refused_orders_go_by_who_sent_them_and_by_what_was_placed_later(database: Database) -> None:
    desk = Desk(database)
    shop = await desk.shop(channel={"short_line_policy": "reject"})
    code, line = shop.channel.code, (shop.skus[0].code, 1)
    person = Person(external_id="crm-17", name="Ada Lovelace")
    refused = an_order(code, [line], customer=person)
    other = an_order(code, [line], customer=person)
    strangers = an_order(code, [line], customer=Person(external_id="crm-18", name="Bob"))
    assert {o.code for o in await desk.place(refused, other, strangers)} == {"out_of_stock"}
    await desk.receive(shop.skus[0], shop.locations[0], 1)
    order_id = await desk.placed(refused)
    async with database.transaction("acme") as tx:
        ada = await tx.fetchval("SELECT customer_id FROM orders WHERE id = $1", order_id)
        await erase(tx, desk.ctx, [ada])
        assert [r["external_id"] for r in await tx.fetch("SELECT external_id FROM inbox")] == [strangers.external_id]
        data = await tx.fetchval("SELECT data FROM event WHERE type = 'customer.erased'")
    assert data == '{"orders": 2, "contacts": 1}'


# ---- limits ----


async def test_a_caller_limited_to_channels_erases_customers_of_those_alone(database: Database) -> None:
    desk = Desk(database)
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 10)
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    async with database.transaction("acme") as tx:
        ada = await tx.fetchval("SELECT customer_id FROM orders WHERE id = $1", order_id)
        [no] = await erase(tx, a_context(channels=frozenset([new_id()])), [ada])
        assert no.code == "customer_not_found"
        with pytest.raises(PermissionDenied):
            await erase(tx, a_context(locations=frozenset([shop.locations[0].id])), [ada])
        [yes] = await erase(tx, a_context(channels=frozenset([shop.channel.id])), [ada])
    assert yes.code == "erased"


# ---- guests ----


async def a_guest_order(desk: Desk) -> UUID:
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 10)
    return await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)], customer=None))


async def erase_guest(desk: Desk, *order_ids: UUID, **ctx: Any) -> list[Outcome]:
    commands = [EraseGuest(order_id=order_id) for order_id in order_ids]
    async with desk.database.transaction("acme") as tx:
        outcomes = await erase_guests(tx, a_context(**ctx), commands)
    await desk.audit()
    return outcomes


async def test_a_guest_is_erased_by_order(database: Database) -> None:
    desk = Desk(database)
    order_id = await a_guest_order(desk)
    async with database.transaction("acme") as tx:
        assert await tx.fetchval("SELECT customer_id FROM orders WHERE id = $1", order_id) is None
        await index_contact_words(tx, desk.ctx, placed(order_id))
    outcomes = await erase_guest(desk, order_id, order_id, new_id())
    assert [o.code for o in outcomes] == ["erased", "already_erased", "order_not_found"]
    assert [o.code for o in await erase_guest(desk, order_id)] == ["already_erased"]
    async with database.transaction("acme") as tx:
        assert "Lovelace" not in await everything(tx)
        assert await tx.fetch("SELECT word FROM contact_word") == []
        assert await tx.fetch("SELECT word FROM name_word") == []
        rows = await tx.fetch("SELECT type, data FROM event WHERE subject_id = $1 ORDER BY seq", order_id)
    assert (rows[-1]["type"], rows[-1]["data"]) == ("order.erased", '{"orders": 0, "contacts": 1}')


async def test_an_order_with_a_customer_is_not_erased_alone(database: Database) -> None:
    desk = Desk(database)
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 10)
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    async with database.transaction("acme") as tx:
        ada = await tx.fetchval("SELECT customer_id FROM orders WHERE id = $1", order_id)
    [outcome] = await erase_guest(desk, order_id)
    assert (outcome.code, outcome.details) == ("customer_known", {"customer_id": encode_id("cus", ada)})
    [outcome] = await erase_guest(desk, order_id, channels=frozenset([new_id()]))
    assert outcome.code == "order_not_found"


async def test_one_guest_takes_as_many_statements_as_a_hundred(database: Database) -> None:
    counts = []
    for count in (1, 100):
        async with database.transaction("acme") as tx:
            order_ids = [await a_bare_order(tx, None, {}) for _ in range(count)]
        async with database.transaction("acme") as tx:
            outcomes = await erase_guests(tx, a_context(), [EraseGuest(order_id=i) for i in order_ids])
            counts.append(tx.statements)
        assert {outcome.code for outcome in outcomes} == {"erased"}
    assert counts == [20, 20]
