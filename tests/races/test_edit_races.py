"""Races of edits: against the pick, the parcel, a cancellation and another edit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.edit_orders import edit_orders
from orderwright.flows.pick_fulfillments import pick_fulfillments
from orderwright.flows.settle_orders import settle_orders
from orderwright.flows.ship_fulfillments import ship_fulfillments
from orderwright.flows.start_picks import start_picks
from orderwright.fulfillment import FulfillmentCommand, PickFulfillment, ShipFulfillment
from orderwright.orders import CancelOrder, EditOrder
from orderwright.orders.edit_contract import AddLine, RemoveLine, SetQuantity, SwapSku
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from tests.builders.catalog import Shop
from tests.builders.orders import a_line
from tests.helpers.bank import Bank
from tests.helpers.desk import Desk
from tests.helpers.races import race

Call = Callable[[Transaction], Awaitable[Any]]


@pytest.fixture
def bank(desk: Desk) -> Bank:
    return Bank(desk)


async def released(desk: Desk, bank: Bank) -> tuple[Shop, UUID, UUID]:
    """An order of two units at 19.99, authorized, that a location is to pick; 7 more are there, and 9 of SKU 2."""
    shop = await desk.shop(skus=2)
    for sku in shop.skus:
        await desk.receive(sku, shop.locations[0], 9)
    order_id = await desk.placed(await bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    await bank.work()
    [work] = await desk.fulfillments(order_id)
    assert work.state == "released"
    return shop, order_id, work.id


def editing(desk: Desk, order_id: UUID, *changes: Any, revision: int = 0) -> Call:
    command = EditOrder(order_id=order_id, revision=revision, changes=list(changes))
    return lambda tx: edit_orders(tx, desk.ctx, [command])


def on(desk: Desk, verb: Any, command: Any) -> Call:
    return lambda tx: verb(tx, desk.ctx, [command])


async def test_what_is_edited_away_is_not_picked(desk: Desk, bank: Bank) -> None:
    shop, order_id, work_id = await released(desk, bank)
    fewer = editing(desk, order_id, SetQuantity(line=1, quantity=1))
    [edited], [picked] = await race(desk, fewer, on(desk, pick_fulfillments, PickFulfillment(fulfillment_id=work_id)))
    assert (edited.code, picked.code) == ("edited", "picked")
    assert await desk.units(order_id) == {(1, 1): {"picked": 1, "cancelled": 1}}
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"available": 8, "picked": 1}


async def test_nothing_is_left_to_pick_of_an_order_that_is_edited_away(desk: Desk, bank: Bank) -> None:
    shop, order_id, work_id = await released(desk, bank)
    other = editing(desk, order_id, SwapSku(line=1, sku=shop.skus[1].code))
    [edited], [picked] = await race(desk, other, on(desk, pick_fulfillments, PickFulfillment(fulfillment_id=work_id)))
    assert (edited.code, picked.code) == ("edited", "wrong_state")
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"available": 9}
    await bank.work()
    assert await desk.units(order_id) == {(1, 1): {"cancelled": 2}, (2, 1): {"allocated": 2}}


@pytest.mark.parametrize(
    ("verb", "command", "bucket"),
    [(pick_fulfillments, PickFulfillment, "picked"), (start_picks, FulfillmentCommand, "allocated")],
)
async def test_what_is_being_picked_is_not_edited(desk: Desk, bank: Bank, verb: Any, command: Any, bucket: str) -> None:
    shop, order_id, work_id = await released(desk, bank)
    picking = on(desk, verb, command(fulfillment_id=work_id))
    _, [edited] = await race(desk, picking, editing(desk, order_id, RemoveLine(line=1)))
    assert edited.code == "being_picked"
    assert await desk.units(order_id) == {(1, 1): {bucket: 2}}
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"available": 7, bucket: 2}
    assert await bank.due(order_id) == 3998


async def test_a_pick_that_is_rolled_back_does_not_stop_an_edit(desk: Desk, bank: Bank) -> None:
    _, order_id, work_id = await released(desk, bank)
    picking = on(desk, pick_fulfillments, PickFulfillment(fulfillment_id=work_id))
    _, [edited] = await race(desk, picking, editing(desk, order_id, RemoveLine(line=1)), keep=False)
    assert edited.code == "edited"
    assert await desk.status(order_id) == "cancelled"


async def test_of_two_edits_the_later_is_told(desk: Desk, bank: Bank) -> None:
    shop, order_id, _ = await released(desk, bank)
    more = editing(desk, order_id, AddLine(line=a_line(shop.skus[1].code, 1, 500)))
    [first], [second] = await race(desk, more, editing(desk, order_id, SetQuantity(line=1, quantity=1)))
    assert (first.code, second.code, second.details) == ("edited", "revision_differs", {"revision": 1})
    await bank.work()
    assert await bank.sums(order_id) == [(4498, 0, 0, 0)]


@pytest.mark.parametrize("cancel_first", [True, False])
async def test_an_edit_against_a_cancellation(desk: Desk, bank: Bank, cancel_first: bool) -> None:
    shop, order_id, _ = await released(desk, bank)
    more = editing(desk, order_id, AddLine(line=a_line(shop.skus[1].code, 1, 500)))
    cancelling = on(desk, cancel_orders, CancelOrder(order_id=order_id))
    [first], [second] = await race(desk, *((cancelling, more) if cancel_first else (more, cancelling)))
    assert (first.code, second.code) == (("cancelled", "already_final") if cancel_first else ("edited", "cancelled"))
    await bank.work()
    assert await desk.status(order_id) == "cancelled"
    [(authorized, let_go, captured, back)] = await bank.sums(order_id)
    assert (authorized - let_go, captured, back, await bank.due(order_id)) == (0, 0, 0, 0)
    assert await bank.sums(order_id) == await bank.at_provider(order_id)
    for sku in shop.skus:
        assert await desk.stock(sku, shop.locations[0]) == {"available": 9}


@pytest.mark.parametrize("settle_first", [True, False])
async def test_an_edit_against_the_capture_of_what_left(desk: Desk, bank: Bank, settle_first: bool) -> None:
    """Two of three units leave; the third, which is awaited, becomes another SKU while they are settled."""
    shop = await desk.shop(skus=2, channel={"short_line_policy": "backorder"})
    await desk.receive(shop.skus[0], shop.locations[0], 2)
    await desk.receive(shop.skus[1], shop.locations[0], 9)
    order_id = await desk.placed(
        await bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2), (shop.skus[0].code, 1)])
    )
    await bank.work()
    [work] = await desk.fulfillments(order_id)
    await desk.pick(work.id)
    await desk.pack(work.id)
    await bank.work()
    await desk.run(ship_fulfillments, [ShipFulfillment(fulfillment_id=work.id)])
    other = editing(desk, order_id, SwapSku(line=2, sku=shop.skus[1].code))
    settling: Call = lambda tx: settle_orders(tx, desk.ctx, [order_id])  # noqa: E731
    await race(desk, *((settling, other) if settle_first else (other, settling)))
    await bank.work()
    assert await bank.sums(order_id) == [(5997, 0, 3998, 0)]
    assert await desk.units(order_id) == {(1, 1): {"shipped": 2}, (2, 1): {"cancelled": 1}, (3, 1): {"allocated": 1}}
