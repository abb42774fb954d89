"""Dated supply is announced, promised to preorders, and spent when it arrives."""

from __future__ import annotations

from datetime import date

import pytest

from orderwright.catalog import upsert_skus
from orderwright.flows.expect_supply import expect_supply
from orderwright.flows.place_orders import place_orders
from orderwright.flows.receive_stock import receive_stock
from orderwright.insights.audit import audit
from orderwright.inventory import ExpectSupply, ReceiveStock
from orderwright.platform.db import Database, Transaction
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.ids import encode_id
from tests.builders.catalog import a_kit, a_shop
from tests.builders.orders import an_order
from tests.helpers.contexts import MakeContext

FRIDAY = date(2026, 12, 4)


async def supplies(tx: Transaction) -> list[tuple[object, ...]]:
    rows = await tx.fetch("SELECT sku_id, pool_id, due_on, quantity, preordered, reference FROM supply ORDER BY id")
    return [tuple(row) for row in rows]


async def test_supply_is_written_with_its_event_and_act(database: Database, ctx: MakeContext) -> None:
    context = ctx(permissions={"stock.write"}, reason="autumn range")
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, ctx())
    sku = shop.skus[0]

    async with database.transaction("acme") as tx:
        command = ExpectSupply(sku=sku.code, pool=shop.pool_code, quantity=40, due_on=FRIDAY, reference="PO-7")
        [outcome] = await expect_supply(tx, context, [command])

    assert (outcome.code, outcome.ok) == ("expected", True)
    async with database.transaction("acme") as tx:
        assert await supplies(tx) == [(sku.id, shop.pool_id, FRIDAY, 40, 0, "PO-7")]
        events = await tx.fetch(
            "SELECT e.seq, e.type, e.data::text, a.verb, a.actor, a.reason FROM event AS e"
            " JOIN act AS a ON a.id = e.act_id WHERE e.subject_id = $1",
            outcome.id,
        )
    assert [(e[0], e[1], e[3], e[4], e[5]) for e in events] == [
        (1, "supply.expected", "expect_supply", "cli:tester", "autumn range")
    ]
    assert '"due_on": "2026-12-04"' in events[0][2]
    async with database.transaction("bolt") as tx:
        assert await supplies(tx) == []


async def test_a_preorder_is_promised_from_it_and_it_is_spent_on_arrival(database: Database, ctx: MakeContext) -> None:
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, ctx(), channel={"short_line_policy": "preorder"})
        code = shop.skus[0].code
        command = ExpectSupply(sku=code, pool=shop.pool_code, quantity=10, due_on=FRIDAY)
        [expected] = await expect_supply(tx, ctx(), [command])

    async with database.transaction("acme") as tx:
        taken, refused = await place_orders(
            tx, ctx(), [an_order(shop.channel.code, [(code, 7)]), an_order(shop.channel.code, [(code, 4)])]
        )
    assert (taken.code, taken.backordered, refused.code) == ("placed", 7, "out_of_stock")
    async with database.transaction("acme") as tx:
        assert [row[3:5] for row in await supplies(tx)] == [(10, 7)]

    assert expected.id is not None
    async with database.transaction("acme") as tx:
        receipt = ReceiveStock(
            sku=code, location=shop.locations[0].code, quantity=10, supply=encode_id("sup", expected.id)
        )
        assert [o.code for o in await receive_stock(tx, ctx(), [receipt])] == ["received"]
    async with database.transaction("acme") as tx:
        assert [row[3:5] for row in await supplies(tx)] == [(0, 0)]
    async with database.transaction("acme") as tx:
        assert await audit(tx) == []


async def test_what_cannot_be_expected_is_said_and_the_rest_goes_on(database: Database, ctx: MakeContext) -> None:
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, ctx(), skus=2)
        kit = a_kit(shop.skus[0].code, shop.skus[1].code)
        await upsert_skus(tx, ctx(), [kit])
    known, pool = shop.skus[0].code, shop.pool_code
    commands = [
        ExpectSupply(sku="NOWHERE", pool="NOWHERE", quantity=1, due_on=FRIDAY),
        ExpectSupply(sku=known, pool="NOWHERE", quantity=1, due_on=FRIDAY),
        ExpectSupply(sku=kit.code, pool=pool, quantity=1, due_on=FRIDAY),
        ExpectSupply(sku=known, pool=pool, quantity=1, due_on=FRIDAY),
        ExpectSupply(sku=known, pool=pool, quantity=1, due_on=FRIDAY),
    ]

    async with database.transaction("acme") as tx:
        outcomes = await expect_supply(tx, ctx(), commands)

    assert [o.code for o in outcomes] == ["unknown_sku", "unknown_pool", "not_stocked", "expected", "expected"]
    assert [o.ok for o in outcomes] == [False, False, False, True, True]
    async with database.transaction("acme") as tx:
        assert len(await supplies(tx)) == 2


async def test_a_caller_limited_to_some_of_the_pools_locations_is_refused(database: Database, ctx: MakeContext) -> None:
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, ctx(), locations=2)
        command = ExpectSupply(sku=shop.skus[0].code, pool=shop.pool_code, quantity=1, due_on=FRIDAY)
        some, all_ = [shop.locations[0].id], [location.id for location in shop.locations]

        limited = await expect_supply(tx, ctx(locations=frozenset(some)), [command])
        allowed = await expect_supply(tx, ctx(locations=frozenset(all_)), [command])

    assert [o.code for o in limited + allowed] == ["location_not_allowed", "expected"]


async def test_it_needs_the_permission_to_write_stock(database: Database, ctx: MakeContext) -> None:
    async with database.transaction("acme") as tx:
        with pytest.raises(PermissionDenied):
            await expect_supply(tx, ctx(permissions={"stock.read"}), [])


async def test_it_runs_as_many_statements_for_a_hundred_as_for_one(database: Database, ctx: MakeContext) -> None:
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, ctx(), skus=10)
    commands = [
        ExpectSupply(sku=shop.skus[n % 10].code, pool=shop.pool_code, quantity=n + 1, due_on=FRIDAY) for n in range(100)
    ]
    counts = []
    for some in (commands[:1], commands):
        async with database.transaction("acme") as tx:
            await expect_supply(tx, ctx(), some)
            counts.append(tx.statements)
    assert counts == [7, 7]
