"""The steps at a location: release, pick (and short), reject, pack, label, ship, hand over; each "no" exactly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from orderwright.flows.pack_fulfillments import pack_fulfillments
from orderwright.flows.release_fulfillments import release_fulfillments
from orderwright.fulfillment import FulfillmentCommand, FulfillmentRow, PackFulfillment
from orderwright.fulfillment.carriers import LabelRequest, LabelResult
from orderwright.fulfillment.carriers.builtin import BuiltinCarrier
from orderwright.platform.ids import UUID, new_id
from tests.builders.catalog import Shop
from tests.builders.orders import a_line, an_order
from tests.helpers.desk import Desk, codes


async def some_work(desk: Desk, *quantities: int, locations: int = 1) -> tuple[Shop, UUID, FulfillmentRow]:
    """An order of so many units of one SKU each, sourced whole from the first location, which has 9 of each."""
    shop = await desk.shop(skus=len(quantities), locations=locations)
    for sku in shop.skus:
        await desk.receive(sku, shop.locations[0], 9)
    lines = [(sku.code, units) for sku, units in zip(shop.skus, quantities, strict=True)]
    order_id, [work] = await desk.sourced(an_order(shop.channel.code, lines))
    return shop, order_id, work


# ---- the way through ----


async def test_every_step_moves_goods_units_and_states_together(desk: Desk) -> None:
    shop, order_id, work = await some_work(desk, 3)
    sku, here = shop.skus[0], shop.locations[0]
    steps: list[tuple[Any, Any, dict[str, int], dict[str, int], str, str]] = [
        (desk.release, ["released"], {"allocated": 3}, {"available": 6, "allocated": 3}, "released", "allocated"),
        (desk.start, ["picking"], {"allocated": 3}, {"available": 6, "allocated": 3}, "picking", "allocated"),
        (desk.pick, None, {"picked": 3}, {"available": 6, "picked": 3}, "picked", "picking"),
        (desk.pack, ["packed"], {"packed": 3}, {"available": 6, "packed": 3}, "packed", "packed"),
        (desk.label, None, {"packed": 3}, {"available": 6, "packed": 3}, "packed", "packed"),
        (desk.ship, ["shipped"], {"shipped": 3}, {"available": 6}, "shipped", "shipped"),
    ]
    for verb, answer, units, buckets, state, status in steps:
        result = await verb(work.id)
        if answer is not None:
            assert result == answer
        assert await desk.units(order_id) == {(1, 1): units}
        assert await desk.stock(sku, here) == buckets
        assert (await desk.states(order_id), await desk.status(order_id)) == ([state], status)
        assert await desk.atp(sku, shop.pool_id) == (6, 0, 0)
    stamps = await desk.fetch("SELECT released_at, picked_at, packed_at, shipped_at, delivered_at FROM fulfillment")
    assert [stamp is not None for stamp in stamps[0]] == [True, True, True, True, False]


async def test_a_released_fulfillment_may_be_picked_without_a_start(desk: Desk) -> None:
    _, _, work = await some_work(desk, 1)
    await desk.release(work.id)
    assert (await desk.pick(work.id)).code == "picked"


@pytest.mark.parametrize(
    ("done", "wrong"),
    [
        ([], ["start", "pick", "pack", "ship"]),
        (["release"], ["release", "pack", "ship"]),
        (["release", "start"], ["release", "start", "pack", "ship"]),
        (["release", "pick"], ["release", "start", "pick", "ship", "reject"]),
        (["release", "pick", "pack"], ["release", "start", "pick", "pack", "reject"]),
        (["release", "pick", "pack", "label", "ship"], ["release", "start", "pick", "pack", "ship", "reject"]),
        (["reject"], ["release", "start", "pick", "pack", "ship", "reject"]),
    ],
)
async def test_a_step_that_the_state_does_not_allow_changes_nothing(
    desk: Desk, done: Sequence[str], wrong: Sequence[str]
) -> None:
    _, order_id, work = await some_work(desk, 1)
    for step in done:
        await getattr(desk, step)(work.id)
    before = (await desk.units(order_id), await desk.states(order_id), await desk.events(order_id))
    for step in wrong:
        answer = await getattr(desk, step)(work.id)
        assert (answer[0] if isinstance(answer, list) else getattr(answer, "code", answer)) == "wrong_state"
    assert (await desk.units(order_id), await desk.states(order_id), await desk.events(order_id)) == before


async def test_refusals_come_in_their_precedence(desk: Desk) -> None:
    shop, _, work = await some_work(desk, 1)
    stranger = Desk(desk.database, locations=frozenset())
    assert await stranger.release(new_id()) == ["fulfillment_not_found"]
    assert await stranger.release(work.id) == ["fulfillment_not_found"]
    assert await desk.queue("release") == {work.id}
    neighbour = Desk(desk.database, locations=frozenset({shop.locations[0].id}))
    twice = [FulfillmentCommand(fulfillment_id=i) for i in (work.id, new_id(), work.id)]
    outcomes = await neighbour.run(release_fulfillments, twice)
    assert codes(outcomes) == ["released", "fulfillment_not_found", "duplicate_in_batch"]
    assert outcomes[0].id == work.id
    assert await Desk(desk.database, "bolt").release(work.id) == ["fulfillment_not_found"]


# ---- short picks ----


async def test_a_short_pick_books_the_loss_and_sources_the_rest_elsewhere(desk: Desk) -> None:
    shop, order_id, work = await some_work(desk, 3, 2, locations=2)
    one = shop.skus[0]
    await desk.receive(one, shop.locations[1], 9)
    await desk.release(work.id)

    outcome = await desk.pick(work.id, (1, 1, 2))

    assert (outcome.code, outcome.id) == ("picked_short", work.id)
    assert await desk.units(order_id) == {(1, 1): {"promised": 2, "picked": 1}, (2, 1): {"picked": 2}}
    assert await desk.stock(one, shop.locations[0]) == {"available": 6, "picked": 1}
    assert await desk.atp(one, shop.pool_id) == (13, 2, 0)
    assert await desk.queue("source") == {order_id}
    assert await desk.events(order_id) == [
        "order.placed", "order.verified", "order.sourced", "fulfillment.released", "fulfillment.short",
        "fulfillment.picked",
    ]  # fmt: skip
    assert await desk.source(order_id) == ["sourced"]
    _, rest = await desk.fulfillments(order_id)
    assert rest.location_id == shop.locations[1].id
    assert await desk.status(order_id) == "picking"


async def test_nothing_found_closes_the_fulfillment(desk: Desk) -> None:
    shop, order_id, work = await some_work(desk, 3)
    await desk.release(work.id)
    assert (await desk.pick(work.id, (1, 1, 3))).code == "picked_short"
    assert await desk.states(order_id) == ["cancelled"]
    assert await desk.units(order_id) == {(1, 1): {"promised": 3}}
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"available": 6}
    assert await desk.atp(shop.skus[0], shop.pool_id) == (3, 3, 0)
    assert await desk.events(order_id) == [
        "order.placed", "order.verified", "order.sourced", "fulfillment.released", "fulfillment.short",
        "fulfillment.cancelled",
    ]  # fmt: skip
    assert await desk.source(order_id) == ["unsourced"]


async def test_a_short_pick_may_make_atp_negative(desk: Desk) -> None:
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 3)
    _, [work] = await desk.sourced(an_order(shop.channel.code, [(shop.skus[0].code, 3)]))
    await desk.release(work.id)
    await desk.pick(work.id, (1, 1, 1))
    assert await desk.atp(shop.skus[0], shop.pool_id) == (-1, 1, 0)
    await desk.receive(shop.skus[0], shop.locations[0], 1)
    assert await desk.atp(shop.skus[0], shop.pool_id) == (0, 1, 0)


@pytest.mark.parametrize(
    ("short", "code"),
    [
        ([(1, 1, 4)], "short_too_large"),
        ([(1, 1, 2), (1, 1, 2)], "short_too_large"),
        ([(2, 1, 1)], "unknown_line"),
        ([(1, 2, 1)], "unknown_line"),
    ],
)
async def test_a_short_pick_that_cannot_be(desk: Desk, short: list[tuple[int, int, int]], code: str) -> None:
    _, order_id, work = await some_work(desk, 3)
    await desk.release(work.id)
    assert (await desk.pick(work.id, *short)).code == code
    assert await desk.units(order_id) == {(1, 1): {"allocated": 3}}


# ---- rejections ----


@pytest.mark.parametrize(
    ("reason", "buckets", "atp"),
    [
        ("out_of_stock", {"available": 6}, (3, 3, 0)),
        ("damaged", {"available": 6, "damaged": 3}, (3, 3, 0)),
        ("no_capacity", {"available": 9}, (6, 3, 0)),
        ("closed", {"available": 9}, (6, 3, 0)),
        ("other", {"available": 9}, (6, 3, 0)),
    ],
)
async def test_a_rejection_says_where_the_goods_are(
    desk: Desk, reason: str, buckets: dict[str, int], atp: tuple[int, int, int]
) -> None:
    shop, order_id, work = await some_work(desk, 3, locations=2)
    await desk.release(work.id)
    assert await desk.reject(work.id, reason) == "rejected"
    assert await desk.units(order_id) == {(1, 1): {"promised": 3}}
    assert await desk.stock(shop.skus[0], shop.locations[0]) == buckets
    assert await desk.atp(shop.skus[0], shop.pool_id) == atp
    assert (await desk.states(order_id), await desk.queue("source")) == (["rejected"], {order_id})
    assert await desk.fetch("SELECT location_id, reason FROM sourcing_exclusion") == [(shop.locations[0].id, reason)]
    assert (await desk.events(order_id))[-1] == "fulfillment.rejected"
    await desk.receive(shop.skus[0], shop.locations[1], 3)
    assert await desk.source(order_id) == ["sourced"]


@pytest.mark.parametrize("step", ["release", "start"])
async def test_a_rejection_of_work_that_was_begun(desk: Desk, step: str) -> None:
    _, order_id, work = await some_work(desk, 1)
    await desk.release(work.id)
    if step == "start":
        await desk.start(work.id)
    assert await desk.reject(work.id, "other") == "rejected"
    assert await desk.units(order_id) == {(1, 1): {"promised": 1}}


# ---- labels ----


class CountingCarrier(BuiltinCarrier):
    """Counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def create_labels(self, requests: Sequence[LabelRequest]) -> list[LabelResult]:
        self.asked += [request.idempotency_key for request in requests]
        return await super().create_labels(requests)


async def packed_work(desk: Desk) -> tuple[UUID, FulfillmentRow]:
    _, order_id, work = await some_work(desk, 1)
    await desk.release(work.id)
    await desk.pick(work.id)
    await desk.pack(work.id)
    return order_id, work


async def test_nothing_ships_without_its_label(desk: Desk) -> None:
    order_id, work = await packed_work(desk)
    [shipment] = await desk.queue("label")
    assert await desk.ship(work.id) == ["label_missing"]
    [parcel] = await desk.label(work.id)
    assert (parcel.shipment_id, parcel.state, parcel.weight_g) == (shipment, "labelled", 500)
    assert await desk.queue("label") == set()
    assert await desk.ship(work.id) == ["shipped"]
    data = await desk.value("SELECT data ->> 'tracking_number' FROM event WHERE type = 'shipment.shipped'")
    assert data == parcel.tracking_number
    assert (await desk.events(order_id))[-3:] == ["shipment.labelled", "shipment.shipped", "order.shipped"]


async def test_a_carrier_that_nobody_knows_is_refused_at_packing(desk: Desk) -> None:
    """Fault: the label pump failed on it again and again, until its work was set aside."""
    _, order_id, work = await some_work(desk, 1)
    await desk.release(work.id)
    await desk.pick(work.id)
    make = lambda **named: PackFulfillment(fulfillment_id=work.id, **named)  # noqa: E731
    for named, code, details in (
        ({"carrier": "pigeon"}, "unknown_carrier", {"carrier": "pigeon", "carriers": ["builtin"]}),
        ({"service": "moon"}, "unknown_service", {"service": "moon", "services": ["express", "standard"]}),
    ):
        [outcome] = await desk.run(pack_fulfillments, [make(**named)])
        assert (outcome.code, outcome.ok, outcome.details) == (code, False, details)
        assert outcome.message
    assert (await desk.states(order_id), await desk.queue("label")) == (["picked"], set())
    assert codes(await desk.run(pack_fulfillments, [make(service="express")])) == ["packed"]
    await desk.label(work.id)
    assert await desk.value("SELECT label ->> 'service' FROM parcel") == "express"


async def test_a_pick_up_needs_no_carrier(desk: Desk) -> None:
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 1)
    line = a_line(shop.skus[0].code, 1, delivery="pickup", location=shop.locations[0].code)
    order_id = await desk.placed(an_order(shop.channel.code, [line]))
    await desk.verify(order_id)
    [work] = await desk.fulfillments(order_id)
    await desk.release(work.id)
    await desk.pick(work.id)
    packed = await desk.run(pack_fulfillments, [PackFulfillment(fulfillment_id=work.id, carrier="pigeon")])
    assert codes(packed) == ["packed"]


async def test_a_label_is_bought_once(desk: Desk) -> None:
    """Fault: a retry buys a second label."""
    order_id, work = await packed_work(desk)
    carrier = CountingCarrier()
    [first] = await desk.label(work.id, carrier=carrier)
    [again] = await desk.label(work.id, carrier=carrier)
    assert again == first
    assert len(carrier.asked) == 1
    assert (await desk.events(order_id)).count("shipment.labelled") == 1


async def test_two_workers_that_buy_the_same_label_tell_of_it_once(desk: Desk) -> None:
    order_id, work = await packed_work(desk)

    class SlowCarrier(CountingCarrier):
        async def create_labels(self, requests: Sequence[LabelRequest]) -> list[LabelResult]:
            if not self.asked:  # another worker does the same while this one waits for the carrier
                self.asked.append("slow")
                await desk.label(work.id)
            return await super().create_labels(requests)

    [parcel] = await desk.label(work.id, carrier=SlowCarrier())
    assert parcel.state == "labelled"
    assert (await desk.events(order_id)).count("shipment.labelled") == 1


async def test_labels_of_nothing(desk: Desk) -> None:
    assert await desk.label() == []
    assert await desk.label(new_id()) == []


# ---- two merchants ----


async def test_the_same_steps_for_another_merchant(desk: Desk) -> None:
    other = Desk(desk.database, "bolt")
    _, mine, my_work = await some_work(desk, 1)
    _, theirs, their_work = await some_work(other, 1)
    assert await desk.release(my_work.id, their_work.id) == ["released", "fulfillment_not_found"]
    assert await other.status(theirs) == "allocated"
    assert await other.states(theirs) == ["open"]
    assert await desk.states(mine) == ["released"]
