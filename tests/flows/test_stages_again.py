"""A batch that runs again changes nothing: the answer to its COMMIT was lost, or its lease ran out while it ran."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from orderwright.flows.stages import stages
from orderwright.orders.contract import ReportedPayment
from orderwright.platform.ids import UUID
from tests.builders.catalog import Shop
from tests.builders.orders import an_address, an_order
from tests.helpers.desk import Desk

_KEPT = ("act", "event", "hold", "movement", "promise", "backorder", "fulfillment", "allocation", "sourcing_decision")
_VERSIONS = "SELECT id, version, event_seq, status FROM orders ORDER BY id"
_QUEUES = "SELECT stage, subject_id FROM work ORDER BY stage, subject_id"


async def an_order_of(desk: Desk, shop: Shop, sku: str | None = None, **fields: Any) -> UUID:
    return await desk.placed(an_order(shop.channel.code, [(sku or shop.skus[0].code, 1)], **fields))


async def to_verify(desk: Desk, shop: Shop) -> list[UUID]:
    """One is held and one is not."""
    nowhere = an_address(postal_code="00000")
    return [await an_order_of(desk, shop), await an_order_of(desk, shop, ship_to=nowhere)]


async def to_resolve(desk: Desk, shop: Shop) -> list[UUID]:
    """One is known by now and one is still unknown."""
    order_ids = [await an_order_of(desk, shop, sku) for sku in ("KNOWN", "UNKNOWN")]
    await desk.sku(code="KNOWN")
    for order_id in order_ids:
        await desk.release_holds(order_id)
    return order_ids


async def to_source(desk: Desk, shop: Shop) -> list[UUID]:
    order_id = await an_order_of(desk, shop)
    await desk.verify(order_id)
    return [order_id]


async def to_release(desk: Desk, shop: Shop) -> list[UUID]:
    _, works = await desk.sourced(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    return [work.id for work in works]


async def to_label(desk: Desk, shop: Shop) -> list[UUID]:
    [work_id] = await to_release(desk, shop)
    await desk.release(work_id)
    await desk.pick(work_id)
    await desk.pack(work_id)
    return list(await desk.queue("label"))


async def to_fill(desk: Desk, shop: Shop) -> list[UUID]:
    paid = [ReportedPayment(method="card", state="captured", amount=an_order("", [("", 1)]).total)]
    late = await desk.sku()
    await an_order_of(desk, shop, late.code, payments=paid)
    await desk.receive(late, shop.locations[0], 1)
    return [late.id]


@pytest.mark.parametrize(
    ("stage", "prepare"),
    [
        ("verify", to_verify), ("resolve", to_resolve), ("source", to_source), ("release", to_release),
        ("label", to_label), ("backorders", to_fill),
    ],
)  # fmt: skip
async def test_a_batch_runs_again(
    desk: Desk, stage: str, prepare: Callable[[Desk, Shop], Awaitable[list[UUID]]]
) -> None:
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    subject_ids = await prepare(desk, shop)
    [one] = [s for s in stages() if s.name == stage]
    found = []
    for _ in range(3):
        found.append((await desk.counts(*_KEPT), await desk.fetch(_VERSIONS), await desk.fetch(_QUEUES)))
        await one.run(desk.database, desk.ctx, subject_ids)
        await desk.audit()
    assert found[1] != found[0]
    assert found[2] == found[1]
