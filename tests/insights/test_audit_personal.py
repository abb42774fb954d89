"""The audit of law T5 finds personal data where it would outlive an erasure."""

from __future__ import annotations

import msgspec
import pytest

from orderwright.flows.place_orders import place_orders
from orderwright.flows.source_orders import source_orders
from orderwright.flows.verify_orders import verify_orders
from orderwright.insights.audit import audit
from orderwright.orders import HoldOrder, hold_orders
from orderwright.orders.contract import Person
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID, new_id
from tests.builders.catalog import a_shop
from tests.builders.orders import an_address, an_order
from tests.helpers.contexts import MakeContext, a_context

E_MAIL, NUMBER = "holds what looks like an e-mail address", "holds what looks like a telephone number"
_PUT = {
    "event": "INSERT INTO event (subject_id, seq, id, type, data, act_id, happened_at)"
    " SELECT $1, 99, $1, 'order.noted', $2::jsonb, id, now() FROM act LIMIT 1",
    "act": "INSERT INTO act (id, verb, actor, reason, request_id) VALUES ($1, 'noted', 'test', $2, 'req')",
    "hold": "INSERT INTO hold (id, order_id, type, blocks, detail, act_id, released_at, release_act_id)"
    " SELECT $1, $1, 'noted', '{}', $2::jsonb, id, now(), id FROM act LIMIT 1",
    "sourcing decision": "INSERT INTO sourcing_decision (order_id, n, outcome, explanation, act_id)"
    " SELECT $1, 99, 'unsourced', $2::jsonb, id FROM act LIMIT 1",
    "stored answer": "INSERT INTO idempotency (key, request_hash, answer)"
    " VALUES ($1::uuid::text, '', convert_to($2, 'UTF8'))",
    "work": "INSERT INTO work (stage, subject_id, error) VALUES ('noted', $1, $2)",
    "parked event": "INSERT INTO event_parked (subscriber, subject_id, seq, position, error)"
    " VALUES ('test', $1, 1, 1, $2)",
}


async def an_order_of_ada(database: Database) -> UUID:
    """An order that was placed, verified, sourced and held, with every field of a person filled in."""
    ctx = a_context()
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, ctx)
        ada = Person(name="Ada Lovelace", email="ada@example.com", phone="(617) 555-0132")
        there = an_address(name='Charles "the" Böbbage', company="Engines Ltd", line1="12 Süd Street", phone="5550132")
        order = an_order(shop.channel.code, [(shop.skus[0].code, 1)], customer=ada, ship_to=there)
        [outcome] = await place_orders(tx, ctx, [order])
        assert outcome.order_id is not None
        await verify_orders(tx, ctx, [outcome.order_id])
        await source_orders(tx, ctx, [outcome.order_id])
        await hold_orders(tx, ctx, [HoldOrder(order_id=outcome.order_id)])
    return outcome.order_id


async def found(database: Database, table: str, subject: UUID, text: str) -> list[tuple[str, str]]:
    """What the audit finds after a text was put into a table: whose it is, and what."""
    async with database.transaction("acme") as tx:
        await tx.execute(_PUT[table], subject, text)
    async with database.transaction("acme") as tx:
        violations = await audit(tx)
    return [(v.subject, v.detail) for v in violations if v.law == "T5"]


async def test_nothing_is_found_in_what_the_system_writes(database: Database) -> None:
    await an_order_of_ada(database)
    async with database.transaction("acme") as tx:
        assert await audit(tx) == []


@pytest.mark.parametrize("table", list(_PUT))
async def test_addresses_and_numbers_are_found_anywhere(database: Database, ctx: MakeContext, table: str) -> None:
    await an_order_of_ada(database)  # for an act to refer to
    subject = new_id()
    [(whose, what)] = await found(database, table, subject, '{"note": "to ada@example.com"}')
    assert (whose.startswith(f"{table} "), str(subject) in whose, what) == (True, True, E_MAIL)
    [_, (_, what)] = await found(database, table, new_id(), '{"note": "call +16175550132, please"}')
    assert what == NUMBER


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ('Charles "the" Böbbage', "name"),
        ("Engines Ltd", "company"),
        ("12 Süd Street", "street"),
        ("(617) 555-0132", "telephone number"),
        ("5550132", "telephone number"),
    ],
)
async def test_what_contacts_say_is_found_in_their_orders_own_rows(database: Database, value: str, what: str) -> None:
    order_id = await an_order_of_ada(database)
    text = msgspec.json.encode({"lines": [{"note": value}]}).decode()
    assert await found(database, "event", new_id(), text) == []  # another order's: a name is not only a person's
    expected = (f"event order.noted {order_id} 99", f"holds the {what} of a contact")
    assert await found(database, "event", order_id, text) == [expected]


@pytest.mark.parametrize("text", ["2026-03-01T12:00:00+00:00", "1+23456789", "+1234567", "+12345678901234567", "a@b"])
async def test_what_only_resembles_is_left_alone(database: Database, text: str) -> None:
    assert await found(database, "act", new_id(), text) == []
