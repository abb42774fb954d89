"""Every verb takes as many statements for 100 items as for one: what a batch costs is its rows, not its round trips."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Any

from orderwright.catalog import upsert_skus
from orderwright.flows.adjust_stock import adjust_stock
from orderwright.flows.buy_labels import buy_labels
from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.expect_supply import expect_supply
from orderwright.flows.fill_backorders import fill_backorders
from orderwright.flows.pack_fulfillments import pack_fulfillments
from orderwright.flows.pick_fulfillments import pick_fulfillments
from orderwright.flows.place_orders import place_orders
from orderwright.flows.receive_stock import receive_stock
from orderwright.flows.record_tracking import record_tracking
from orderwright.flows.reject_fulfillments import reject_fulfillments
from orderwright.flows.release_fulfillments import release_fulfillments
from orderwright.flows.release_orders import release_orders
from orderwright.flows.resolve_orders import resolve_orders
from orderwright.flows.ship_fulfillments import ship_fulfillments
from orderwright.flows.source_orders import source_orders
from orderwright.flows.start_picks import start_picks
from orderwright.flows.verify_orders import verify_orders
from orderwright.fulfillment import (
    FulfillmentCommand,
    FulfillmentRow,
    PackFulfillment,
    PickFulfillment,
    RecordTracking,
    RejectFulfillment,
    ShipFulfillment,
    ShortLine,
    fulfillments_of_orders,
    parcels_of,
    shipments_of,
)
from orderwright.fulfillment.carriers.builtin import BuiltinCarrier
from orderwright.inventory import AdjustStock, ExpectSupply, ReceiveStock
from orderwright.orders import CancelOrder, HoldOrder, PlaceOrder, ReleaseHold, hold_orders
from orderwright.platform.db import Database, Transaction
from orderwright.platform.ids import UUID
from tests.builders.catalog import Shop, a_sku
from tests.builders.orders import a_line, an_order
from tests.helpers.desk import Desk

STATEMENTS: dict[str, int] = {
    "receive_stock": 14,
    "place_orders": 21,
    "place_orders, replayed": 4,
    "place_orders, backordered": 23,
    "place_orders, unknown SKU": 19,
    "verify_orders": 12,
    "resolve_orders": 22,
    "source_orders": 25,
    "release_fulfillments": 11,
    "start_picks": 9,
    "pick_fulfillments": 14,
    "pick_fulfillments, short": 24,
    "pack_fulfillments": 18,
    "buy_labels": 13,
    "ship_fulfillments": 21,
    "record_tracking, in_transit": 11,
    "record_tracking, delivered": 16,
    "reject_fulfillments": 20,
    "cancel_orders, promised": 25,
    "cancel_orders, allocated": 29,
    "adjust_stock": 12,
    "adjust_stock, breaking": 29,
    "fill_backorders": 17,
    "expect_supply": 7,
    "hold_orders": 6,
    "release_orders": 7,
    "release_orders, unknown SKU": 8,
}


class Counting(Desk):
    """A desk that keeps how many statements each step took, and what the step answered with."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.statements: dict[str, int] = {}

    async def step(self, name: str, verb: Any, commands: Sequence[Any], *codes: str) -> list[Any]:
        """One batch. `codes`: what every item is answered with."""
        async with self.database.transaction(self.merchant) as tx:
            answers = await verb(tx, self.ctx, commands)
            self.statements[name] = tx.statements
        if codes:
            assert {answer.code for answer in answers} == set(codes), name
        return answers  # type: ignore[no-any-return]

    async def place_step(self, name: str, orders: Sequence[PlaceOrder]) -> list[UUID]:
        """Place orders, all of which are taken."""
        return [answer.order_id for answer in await self.step(name, place_orders, orders, "placed")]

    async def sourced_work(self, orders: Sequence[PlaceOrder]) -> tuple[list[UUID], list[FulfillmentRow]]:
        """Orders that are sourced and released, without counting."""
        order_ids = [o.order_id for o in await self.run(place_orders, orders, audited=False)]
        await self.run(verify_orders, order_ids, audited=False)
        await self.run(source_orders, order_ids, audited=False)
        async with self.database.transaction(self.merchant) as tx:
            works = await fulfillments_of_orders(tx, order_ids)
        await self.run(release_fulfillments, [FulfillmentCommand(fulfillment_id=f.id) for f in works], audited=False)
        return order_ids, works


class _CountingDatabase:
    """Sums up the statements of what opens its own transactions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.statements = 0

    @contextlib.asynccontextmanager
    async def transaction(self, merchant: str) -> AsyncIterator[Transaction]:
        async with self._database.transaction(merchant) as tx:
            yield tx
            self.statements += tx.statements


async def run_everything(desk: Counting, n: int) -> dict[str, int]:
    """Every verb on `n` items: `n` orders of `n` SKUs."""
    shop = await desk.shop(locations=2, skus=n)
    at = shop.locations[0].code
    received = [ReceiveStock(sku=sku.code, location=at, quantity=9) for sku in shop.skus]
    await desk.step("receive_stock", receive_stock, received, "received")
    orders = [an_order(shop.channel.code, [(sku.code, 1)]) for sku in shop.skus]
    await desk.place_step("place_orders", orders)
    order_ids = await desk.place_step("place_orders", _one_each(shop))
    await desk.step("place_orders, replayed", place_orders, orders, "replayed")
    await _deliver(desk, order_ids)
    await _break_off(desk, shop)
    await _wait(desk, shop)
    await _hold(desk, shop)
    await desk.audit()
    return desk.statements


def _one_each(shop: Shop, units: int = 1) -> list[PlaceOrder]:
    return [an_order(shop.channel.code, [(sku.code, units)]) for sku in shop.skus]


async def _deliver(desk: Counting, order_ids: list[UUID]) -> None:
    """From verification to the doorstep."""
    await desk.step("verify_orders", verify_orders, order_ids)
    await desk.step("source_orders", source_orders, order_ids, "sourced")
    async with desk.database.transaction("acme") as tx:
        works = await fulfillments_of_orders(tx, order_ids)
    plain = [FulfillmentCommand(fulfillment_id=f.id) for f in works]
    await desk.step("release_fulfillments", release_fulfillments, plain, "released")
    await desk.step("start_picks", start_picks, plain, "picking")
    picks = [PickFulfillment(fulfillment_id=f.id) for f in works]
    await desk.step("pick_fulfillments", pick_fulfillments, picks, "picked")
    await desk.step(
        "pack_fulfillments", pack_fulfillments, [PackFulfillment(fulfillment_id=f.id) for f in works], "packed"
    )
    async with desk.database.transaction("acme") as tx:
        shipments = [s.id for s in (await shipments_of(tx, [f.id for f in works])).values()]
    counting = _CountingDatabase(desk.database)
    await buy_labels(counting, desk.ctx, shipments, {"builtin": BuiltinCarrier()})  # type: ignore[arg-type]
    desk.statements["buy_labels"] = counting.statements
    leaving = [ShipFulfillment(fulfillment_id=f.id) for f in works]
    await desk.step("ship_fulfillments", ship_fulfillments, leaving, "shipped")
    async with desk.database.transaction("acme") as tx:
        numbers = [p.tracking_number for p in await parcels_of(tx, shipments)]
    for code in ("in_transit", "delivered"):
        said = [RecordTracking(tracking_number=n or "", code=code, happened_at=desk.ctx.now) for n in numbers]  # type: ignore[arg-type]
        await desk.step(f"record_tracking, {code}", record_tracking, said, "recorded")


async def _break_off(desk: Counting, shop: Shop) -> None:
    """What does not arrive: cancelled, rejected, not found, lost."""
    order_ids = await desk.place_step("place_orders", _one_each(shop))
    cancels = [CancelOrder(order_id=i) for i in order_ids]
    await desk.step("cancel_orders, promised", cancel_orders, cancels, "cancelled")
    order_ids, _ = await desk.sourced_work(_one_each(shop))
    await desk.step(
        "cancel_orders, allocated", cancel_orders, [CancelOrder(order_id=i) for i in order_ids], "cancelled"
    )
    _, works = await desk.sourced_work(_one_each(shop))
    rejections = [RejectFulfillment(fulfillment_id=f.id, reason="no_capacity") for f in works]
    await desk.step("reject_fulfillments", reject_fulfillments, rejections, "rejected")
    _, works = await desk.sourced_work(_one_each(shop, 2))
    short = [PickFulfillment(fulfillment_id=f.id, short=[ShortLine(line=1, missing=1)]) for f in works]
    await desk.step("pick_fulfillments, short", pick_fulfillments, short, "picked_short")
    _, works = await desk.sourced_work(_one_each(shop))
    gone = [
        AdjustStock(sku=row["code"], location=shop.locations[0].code, delta=-row["available"] - 1, reason="theft")
        for row in await desk.fetch(
            "SELECT code, available FROM stock JOIN sku ON sku.id = sku_id WHERE location_id = $1"
            " AND sku_id = ANY($2) ORDER BY code",
            shop.locations[0].id,
            [sku.id for sku in shop.skus],
        )
    ]
    await desk.step("adjust_stock, breaking", adjust_stock, gone, "adjusted")
    back = [AdjustStock(sku=c.sku, location=c.location, delta=5, reason="found") for c in gone]
    await desk.step("adjust_stock", adjust_stock, back, "adjusted")


async def _wait(desk: Counting, shop: Shop) -> None:
    """Backorders that are filled."""
    await desk.place_step("place_orders, backordered", _one_each(shop, 50))
    more = [ReceiveStock(sku=sku.code, location=shop.locations[1].code, quantity=50) for sku in shop.skus]
    await desk.step("receive_stock", receive_stock, more, "received")
    await desk.step("fill_backorders", fill_backorders_counted, [sku.id for sku in shop.skus])
    supplies = [ExpectSupply(sku=s.code, pool=shop.pool_code, quantity=5, due_on=date(2031, 1, 6)) for s in shop.skus]
    await desk.step("expect_supply", expect_supply, supplies, "expected")


async def fill_backorders_counted(tx: Transaction, ctx: Any, sku_ids: Sequence[UUID]) -> list[int]:
    """The backorder pump, which must have something to do."""
    units = await fill_backorders(tx, ctx, sku_ids)
    assert units > 0
    return [units]


async def _hold(desk: Counting, shop: Shop) -> None:
    """Orders that are held, by hand and by intake."""
    order_ids = await desk.place_step("place_orders", _one_each(shop))
    await desk.step("hold_orders", hold_orders, [HoldOrder(order_id=i) for i in order_ids], "held")
    releases = [ReleaseHold(order_id=i) for i in order_ids]
    await desk.step("release_orders", release_orders, releases, "released")
    new = [f"NEW-{sku.code}" for sku in shop.skus]
    unknown = await desk.place_step(
        "place_orders, unknown SKU", [an_order(shop.channel.code, [a_line(code)]) for code in new]
    )
    await desk.run(lambda tx, ctx: upsert_skus(tx, ctx, [a_sku(code=code) for code in new]), audited=False)
    await desk.step(
        "release_orders, unknown SKU", release_orders, [ReleaseHold(order_id=i) for i in unknown], "released"
    )
    async with desk.database.transaction("acme") as tx:
        await resolve_orders(tx, desk.ctx, unknown)
        desk.statements["resolve_orders"] = tx.statements


async def test_a_batch_of_100_takes_as_many_statements_as_one_item(database: Database) -> None:
    one = await run_everything(Counting(database), 1)
    hundred = await run_everything(Counting(database), 100)
    assert hundred == one
    assert one == STATEMENTS
