"""Who invoices, and for whom: every outcome, and how many statements a batch takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from orderwright.payments.documents import (
    PutChannelInvoicing,
    list_channel_invoicing,
    list_legal_entities,
    put_channel_invoicing,
    put_legal_entities,
)
from orderwright.platform.db import Database
from orderwright.platform.errors import PermissionDenied
from tests.helpers.contexts import a_context
from tests.helpers.desk import Desk, codes
from tests.helpers.papers import Papers, a_company


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def put(desk: Desk, *commands: Any) -> Sequence[str]:
    return codes(await desk.run(put_legal_entities, list(commands)))


async def test_a_company_is_put_as_it_is_sent(desk: Desk) -> None:
    first = a_company()
    assert await put(desk, first, a_company(code="other")) == ["created", "created"]
    assert await put(desk, first) == ["unchanged"]
    assert await put(desk, a_company(name="Acme SE", bank=[]), first) == ["updated", "duplicate_in_batch"]

    async with desk.database.transaction("acme") as tx:
        found = await list_legal_entities(tx, desk.ctx)
    assert [(e.version, e.content) for e in found] == [
        (2, a_company(name="Acme SE", bank=[])), (1, a_company(code="other")),
    ]  # fmt: skip
    assert await desk.events(found[0].id) == ["legal_entity.created", "legal_entity.updated"]
    assert await desk.value("SELECT count(*) FROM legal_entity_version") == 3


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"time_zone": "Mars/Base"}, "unknown_time_zone"),
        ({"invoice_numbers": "INV-{year}"}, "impossible_pattern"),
        ({"receipt_numbers": "{n!r}"}, "impossible_pattern"),
        ({"credit_note_numbers": "INV-{n}"}, "patterns_alike"),
    ],
)
async def test_what_cannot_be_is_refused(desk: Desk, fields: dict[str, str], code: str) -> None:
    [outcome] = await desk.run(put_legal_entities, [a_company(**fields)])
    assert (outcome.code, outcome.ok) == (code, False)
    assert outcome.message
    assert await desk.value("SELECT count(*) FROM legal_entity") == 0


async def test_a_channel_is_invoiced_as_it_is_sent(desk: Desk) -> None:
    shop = await desk.shop()
    await Papers(desk).company()
    code = shop.channel.code

    def command(**fields: Any) -> PutChannelInvoicing:
        return PutChannelInvoicing(**{"channel": code, "legal_entity": "acme-de", "invoice_at": "shipment"} | fields)

    async def say(*commands: PutChannelInvoicing) -> Sequence[str]:
        return codes(await desk.run(put_channel_invoicing, list(commands)))

    assert await say(command(), command()) == ["created", "duplicate_in_batch"]
    assert await say(command()) == ["unchanged"]
    assert await say(command(receipts=True)) == ["updated"]
    assert await say(command(channel="none")) == ["unknown_channel"]
    assert await say(command(legal_entity="none")) == ["unknown_legal_entity"]
    async with desk.database.transaction("acme") as tx:
        [row] = await list_channel_invoicing(tx, desk.ctx)
    assert row[1:2] + row[3:] == (code, "acme-de", "shipment", True, 2)
    assert row.id is not None
    assert await desk.events(row.id) == ["channel_invoicing.changed"] * 2

    limited = Desk(desk.database, channels=frozenset())
    assert codes(await limited.run(put_channel_invoicing, [command()])) == ["channel_not_allowed"]


@pytest.mark.parametrize("verb", [put_legal_entities, put_channel_invoicing])
async def test_it_needs_the_scope_and_no_limits(desk: Desk, verb: Any) -> None:
    for ctx in (a_context(permissions={"documents.read"}), a_context(locations=frozenset())):
        async with desk.database.transaction("acme") as tx:
            with pytest.raises(PermissionDenied):
                await verb(tx, ctx, [])


async def test_a_batch_takes_as_many_statements_as_one(desk: Desk) -> None:
    async def statements(count: int) -> tuple[int, int]:
        shops = [(await desk.shop()).channel.code for _ in range(count)]
        companies = [a_company(code=f"c-{code}") for code in shops]
        async with desk.database.transaction("acme") as tx:
            outcomes = await put_legal_entities(tx, desk.ctx, companies)
            entities = tx.statements
        assert set(codes(outcomes)) == {"created"}
        commands = [PutChannelInvoicing(channel=c, legal_entity=f"c-{c}", invoice_at="shipment") for c in shops]
        async with desk.database.transaction("acme") as tx:
            assert set(codes(await put_channel_invoicing(tx, desk.ctx, commands))) == {"created"}
            return entities, tx.statements

    assert await statements(1) == await statements(12) == (8, 8)
