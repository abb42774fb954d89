"""Dated supply changes: what is promised of it, who is told, and what a race with a preorder leaves."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from orderwright.flows.change_supplies import change_supplies
from orderwright.flows.expect_supply import expect_supply
from orderwright.flows.place_orders import place_orders
from orderwright.inventory import ChangeSupply, ExpectSupply
from orderwright.platform.db import Database
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.ids import UUID, encode_id, new_id
from tests.builders.catalog import Shop
from tests.builders.orders import an_order
from tests.helpers.contexts import a_context
from tests.helpers.desk import Desk
from tests.helpers.races import race

MONDAY, FRIDAY, SUNDAY = date(2026, 11, 30), date(2026, 12, 4), date(2026, 12, 6)


async def a_preorder_shop(desk: Desk, *quantities: int) -> tuple[Shop, list[UUID]]:
    """A shop that preorders, with a supply on Friday for each of the quantities, of its first SKU."""
    shop = await desk.shop(channel={"short_line_policy": "preorder"})
    supplies = [ExpectSupply(sku=shop.skus[0].code, pool=shop.pool_code, quantity=q, due_on=FRIDAY) for q in quantities]
    return shop, [o.id for o in await desk.run(expect_supply, supplies)]


async def change(desk: Desk, supply_id: UUID, **fields: Any) -> tuple[str, dict[str, Any]]:
    [outcome] = await desk.run(change_supplies, [ChangeSupply(supply_id=supply_id, **fields)])
    return outcome.code, outcome.details


async def supplies(desk: Desk) -> list[tuple[object, ...]]:
    async with desk.database.transaction("acme") as tx:
        return [tuple(r) for r in await tx.fetch("SELECT due_on, quantity, preordered FROM supply ORDER BY id")]


async def promised(desk: Desk, order_id: UUID) -> date | None:
    async with desk.database.transaction("acme") as tx:
        day: date | None = await tx.fetchval("SELECT promised_on FROM orders WHERE id = $1", order_id)
        return day


async def told(desk: Desk, subject_id: UUID) -> list[tuple[str, str]]:
    async with desk.database.transaction("acme") as tx:
        rows = await tx.fetch("SELECT type, data FROM event WHERE subject_id = $1 ORDER BY seq", subject_id)
    return [(row["type"], row["data"]) for row in rows]


def units(shop: Shop, quantity: int) -> Any:
    return an_order(shop.channel.code, [(shop.skus[0].code, quantity)])


async def test_a_later_date_moves_the_promise_and_tells_the_order(database: Database) -> None:
    desk = Desk(database)
    shop, [supply] = await a_preorder_shop(desk, 10)
    order_id = await desk.placed(units(shop, 4))
    assert await promised(desk, order_id) == FRIDAY

    assert await change(desk, supply, due_on=SUNDAY) == ("changed", {"quantity": 10, "preordered": 4, "delayed": 1})

    assert await promised(desk, order_id) == SUNDAY
    assert await supplies(desk) == [(SUNDAY, 10, 4)]
    name = encode_id("sup", supply)
    expected = f'{{"units": 4, "supply_id": "{name}", "expected_on": "2026-12-06"}}'
    assert (await told(desk, order_id))[-1] == ("order.delayed", expected)
    was = '{"was": {"due_on": "2026-12-04", "quantity": 10}, "due_on": "2026-12-06", "quantity": 10, "preordered": 4}'
    assert (await told(desk, supply))[-1] == ("supply.changed", was)


async def test_an_earlier_date_changes_no_promise(database: Database) -> None:
    desk = Desk(database)
    shop, [supply] = await a_preorder_shop(desk, 10)
    order_id = await desk.placed(units(shop, 4))
    assert await change(desk, supply, due_on=MONDAY) == ("changed", {"quantity": 10, "preordered": 4, "delayed": 0})
    assert await promised(desk, order_id) == FRIDAY
    assert [kind for kind, _ in await told(desk, order_id)] == ["order.placed"]


async def test_less_and_more_of_it(database: Database) -> None:
    desk = Desk(database)
    shop, [supply] = await a_preorder_shop(desk, 10)
    await desk.placed(units(shop, 7))
    assert await change(desk, supply, quantity=5) == ("changed", {"quantity": 5, "preordered": 5, "delayed": 0})
    assert await change(desk, supply, quantity=9) == ("changed", {"quantity": 9, "preordered": 7, "delayed": 0})
    [taken] = await desk.place(units(shop, 3))
    assert taken.code == "out_of_stock"  # 2 are left to promise
    assert (await desk.place(units(shop, 2)))[0].code == "placed"


async def test_what_will_not_come_leaves_backorders_without_a_date(database: Database) -> None:
    desk = Desk(database)
    shop, [supply] = await a_preorder_shop(desk, 10)
    order_id = await desk.placed(units(shop, 4))
    assert await change(desk, supply, quantity=0) == ("changed", {"quantity": 0, "preordered": 0, "delayed": 1})
    kind, data = (await told(desk, order_id))[-1]
    assert (kind, '"expected_on": null' in data) == ("order.delayed", True)
    assert await change(desk, supply, quantity=0) == ("unchanged", {})
    await desk.receive(shop.skus[0], shop.locations[0], 4)
    assert await desk.fill(shop.skus[0]) == 4  # whatever comes serves them


async def test_what_cannot_be_changed_is_said(database: Database) -> None:
    desk = Desk(database)
    _, [one, two] = await a_preorder_shop(desk, 1, 2)
    commands = [
        ChangeSupply(supply_id=one, quantity=3),
        ChangeSupply(supply_id=one, quantity=4),
        ChangeSupply(supply_id=new_id(), quantity=4),
        ChangeSupply(supply_id=two, due_on=FRIDAY, quantity=2),
        ChangeSupply(supply_id=two),
    ]
    outcomes = await desk.run(change_supplies, commands)
    expected = ["changed", "duplicate_in_batch", "supply_not_found", "unchanged", "duplicate_in_batch"]
    assert [o.code for o in outcomes] == expected
    elsewhere = a_context(locations=frozenset([new_id()]))
    async with database.transaction("acme") as tx:
        [outcome] = await change_supplies(tx, elsewhere, [ChangeSupply(supply_id=two, quantity=9)])
        with pytest.raises(PermissionDenied):
            await change_supplies(tx, a_context(permissions={"stock.read"}), [])
    assert outcome.code == "location_not_allowed"
    async with database.transaction("bolt") as tx:
        [outcome] = await change_supplies(tx, a_context("bolt"), [ChangeSupply(supply_id=two, quantity=9)])
    assert outcome.code == "supply_not_found"
    assert await supplies(desk) == [(FRIDAY, 3, 0), (FRIDAY, 2, 0)]


async def test_a_preorder_that_comes_meanwhile_is_seen(database: Database) -> None:
    desk = Desk(database)
    shop, [supply] = await a_preorder_shop(desk, 10)

    def later(tx: Any) -> Any:
        return change_supplies(tx, desk.ctx, [ChangeSupply(supply_id=supply, due_on=SUNDAY)])

    # The change finds no order that waits, and then waits for the locks of one that is just being placed.
    [placed], [changed] = await race(desk, lambda tx: place_orders(tx, desk.ctx, [units(shop, 4)]), later)
    assert (placed.code, changed.code) == ("placed", "stock_changed")
    async with database.transaction("acme") as tx:
        [again] = await later(tx)
    assert (again.code, again.details["delayed"]) == ("changed", 1)


async def test_a_preorder_of_what_was_just_called_off_is_refused(database: Database) -> None:
    desk = Desk(database)
    shop, [supply] = await a_preorder_shop(desk, 10)
    off = [ChangeSupply(supply_id=supply, quantity=0)]
    [changed], [refused] = await race(
        desk,
        lambda tx: change_supplies(tx, desk.ctx, off),
        lambda tx: place_orders(tx, desk.ctx, [units(shop, 4)]),
    )
    assert (changed.code, refused.code) == ("changed", "out_of_stock")


async def test_a_hundred_take_as_many_statements_as_one(database: Database) -> None:
    desk = Desk(database)
    shop = await desk.shop(skus=100, channel={"short_line_policy": "preorder"})
    expected = [ExpectSupply(sku=s.code, pool=shop.pool_code, quantity=5, due_on=FRIDAY) for s in shop.skus]
    ids = [o.id for o in await desk.run(expect_supply, expected)]
    await desk.place(*[an_order(shop.channel.code, [(sku.code, 1)]) for sku in shop.skus])
    counts = []
    for some in (ids[:1], ids[1:]):
        async with database.transaction("acme") as tx:
            outcomes = await change_supplies(tx, desk.ctx, [ChangeSupply(supply_id=i, due_on=SUNDAY) for i in some])
            counts.append(tx.statements)
        assert {o.code for o in outcomes} == {"changed"}
    assert counts == [16, 16]
    await desk.audit()
