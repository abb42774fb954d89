"""A fulfillment in several parcels: packed, labelled, sent all or some, tracked, recalled, paid, claimed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from orderwright.flows.change_tracking import change_tracking
from orderwright.flows.erase_customers import EraseCustomer, erase_customers
from orderwright.flows.keep_labels import KeepLabel, keep_labels
from orderwright.flows.pack_fulfillments import pack_fulfillments
from orderwright.flows.ship_fulfillments import ship_fulfillments
from orderwright.flows.stages import stages
from orderwright.fulfillment import (
    Address,
    ChangeTracking,
    FulfillmentRow,
    LabelFile,
    PackedParcel,
    PackedUnits,
    PackFulfillment,
    ShipFulfillment,
)
from orderwright.fulfillment.carriers.builtin import BuiltinCarrier, tracking_number
from orderwright.platform.ids import UUID, encode_id, new_id
from orderwright.platform.outcomes import Outcome
from orderwright.platform.pumps import pump
from orderwright.returns import read_sent
from tests.builders.catalog import Shop
from tests.builders.orders import a_payment, an_order
from tests.helpers.desk import Desk, codes

T0 = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
PDF = b"%PDF-1.7\n%%EOF\n"
INSIDE = "SELECT p.n, u.line_n, u.quantity FROM parcel_unit u JOIN parcel p ON p.id = u.parcel_id ORDER BY 1, 2"


def parcel(*units: tuple[int, int], **fields: Any) -> PackedParcel:
    """A parcel with (line, how many) in it."""
    return PackedParcel(units=[PackedUnits(line=line, quantity=n) for line, n in units], **fields)


async def a_stocked_shop(desk: Desk, skus: int) -> Shop:
    shop = await desk.shop(skus=skus)
    for sku in shop.skus:
        await desk.receive(sku, shop.locations[0], 9)
    return shop


async def picked(desk: Desk, *quantities: int, shop: Shop | None = None, **fields: Any) -> tuple[UUID, FulfillmentRow]:
    """An order of so many units of one SKU each, picked."""
    shop = shop or await a_stocked_shop(desk, len(quantities))
    lines = [(sku.code, units) for sku, units in zip(shop.skus, quantities, strict=False)]
    order_id, [work] = await desk.sourced(an_order(shop.channel.code, lines, **fields))
    await desk.release(work.id)
    await desk.pick(work.id)
    return order_id, work


async def pack(desk: Desk, work: FulfillmentRow, *parcels: PackedParcel, **fields: Any) -> Outcome:
    command = PackFulfillment(fulfillment_id=work.id, parcels=list(parcels), **fields)
    [outcome] = await desk.run(pack_fulfillments, [command])
    assert isinstance(outcome, Outcome)
    return outcome


async def ship(desk: Desk, work: FulfillmentRow, *ns: int) -> Outcome:
    [outcome] = await desk.run(ship_fulfillments, [ShipFulfillment(fulfillment_id=work.id, parcels=list(ns))])
    assert isinstance(outcome, Outcome)
    return outcome


async def parcels(desk: Desk) -> list[tuple[int, str, bool]]:
    """Number, state and whether it left, of all parcels."""
    return [tuple(row) for row in await desk.fetch("SELECT n, state, shipped_at IS NOT NULL FROM parcel ORDER BY n")]


async def test_each_parcel_has_its_units_its_size_its_label_and_its_number(desk: Desk) -> None:
    order_id, work = await picked(desk, 3, 2)
    big = parcel((1, 2), weight_g=900, length_mm=300, width_mm=200, height_mm=100)
    assert (await pack(desk, work, big, parcel((1, 1), (2, 2)), weight_g=500)).code == "packed"
    one, two = await desk.label(work.id)
    assert one.tracking_number != two.tracking_number
    rows = await desk.fetch("SELECT n, weight_g, length_mm, width_mm, height_mm, state FROM parcel ORDER BY n")
    assert [tuple(row) for row in rows] == [
        (1, 900, 300, 200, 100, "labelled"), (2, 500, None, None, None, "labelled"),
    ]  # fmt: skip
    assert [tuple(row) for row in await desk.fetch(INSIDE)] == [(1, 1, 2), (2, 1, 1), (2, 2, 2)]
    assert await desk.units(order_id) == {(1, 1): {"packed": 3}, (2, 1): {"packed": 2}}
    assert (await desk.events(order_id)).count("shipment.labelled") == 2


@pytest.mark.parametrize(
    ("made", "code", "details"),
    [
        ([parcel((1, 3)), parcel()], "parcel_empty", {"parcel": 2}),
        ([parcel((1, 3), (3, 1)), parcel((2, 2))], "unknown_line", {"line": 3, "component": 1}),
        ([parcel((1, 2)), parcel((2, 2))], "units_differ", {"line": 1, "component": 1, "picked": 3, "packed": 2}),
        ([parcel((1, 3)), parcel((2, 3))], "units_differ", {"line": 2, "component": 1, "picked": 2, "packed": 3}),
        ([parcel((1, 3))], "units_differ", {"line": 2, "component": 1, "picked": 2, "packed": 0}),
    ],
)
async def test_parcels_hold_just_what_was_picked(
    desk: Desk, made: list[PackedParcel], code: str, details: dict[str, int]
) -> None:
    order_id, work = await picked(desk, 3, 2)
    refused = await pack(desk, work, *made)
    assert (refused.code, refused.details) == (code, details)
    assert await desk.units(order_id) == {(1, 1): {"picked": 3}, (2, 1): {"picked": 2}}
    assert await desk.counts("parcel", "shipment", "parcel_unit") == {"parcel": 0, "shipment": 0, "parcel_unit": 0}


async def test_a_parcel_that_is_ready_leaves_and_the_rest_later(desk: Desk) -> None:
    order_id, work = await picked(desk, 3, 2)
    await pack(desk, work, parcel((1, 3)), parcel((2, 2)))
    await desk.label(work.id)
    first = await ship(desk, work, 2)
    assert (first.code, first.details) == ("shipped", {"left": 1})
    assert await parcels(desk) == [(1, "labelled", False), (2, "labelled", True)]
    assert await desk.units(order_id) == {(1, 1): {"packed": 3}, (2, 1): {"shipped": 2}}
    assert (await desk.states(order_id), await desk.status(order_id)) == (["packed"], "partly_shipped")
    assert await desk.value("SELECT state FROM shipment") == "labelled"
    again = await ship(desk, work, 2)
    assert (again.code, again.details) == ("unknown_parcel", {"parcels": [1]})
    assert (await ship(desk, work)).details == {}
    assert (await desk.states(order_id), await desk.status(order_id)) == (["shipped"], "shipped")
    assert (await desk.events(order_id)).count("shipment.shipped") == 2
    assert (await ship(desk, work)).code == "wrong_state"


async def test_only_parcels_with_labels_leave(desk: Desk) -> None:
    order_id, work = await picked(desk, 1, 1)
    await pack(desk, work, parcel((1, 1), tracking_number="OWN-1"), parcel((2, 1)))
    assert await desk.value("SELECT state FROM shipment") == "label_wanted"
    refused = await ship(desk, work)
    assert (refused.code, refused.details) == ("label_missing", {"parcels": [2]})
    assert (await ship(desk, work, 1)).details == {"left": 1}
    assert await desk.value("SELECT state FROM shipment") == "label_wanted"
    await desk.label(work.id)
    assert (await ship(desk, work, 2)).code == "shipped"
    assert await desk.status(order_id) == "shipped"


@pytest.mark.parametrize("apart", [False, True])
async def test_an_order_has_arrived_when_its_last_parcel_has(desk: Desk, *, apart: bool) -> None:
    order_id, work = await picked(desk, 3, 2)
    await pack(desk, work, parcel((1, 2)), parcel((1, 1), (2, 2)))
    one, two = await desk.label(work.id)
    if apart:
        await ship(desk, work, 1)
        assert await desk.track(two.tracking_number, "in_transit", T0) == "recorded"  # kept until it leaves
        assert await parcels(desk) == [(1, "labelled", True), (2, "labelled", False)]
    else:
        await ship(desk, work)
    assert await desk.track(one.tracking_number, "delivered", T0 + HOUR) == "recorded"
    assert (await desk.units(order_id))[1, 1]["delivered"] == 2
    assert await desk.states(order_id) == ["packed" if apart else "shipped"]
    if apart:
        await ship(desk, work, 2)
        assert await parcels(desk) == [(1, "delivered", True), (2, "in_transit", True)]
    assert await desk.track(two.tracking_number, "delivered", T0 + 3 * HOUR) == "recorded"
    assert await desk.units(order_id) == {
        (1, 1): {"shipped": 3, "delivered": 3}, (2, 1): {"shipped": 2, "delivered": 2},
    }  # fmt: skip
    assert (await desk.states(order_id), await desk.status(order_id)) == (["delivered"], "delivered")
    assert await desk.value("SELECT state FROM shipment") == "delivered"
    assert (await desk.events(order_id)).count("shipment.delivered") == 2


async def test_what_is_recalled_leaves_the_parcel_that_was_packed_last(desk: Desk) -> None:
    order_id, work = await picked(desk, 3, 2)
    await pack(desk, work, parcel((1, 2)), parcel((1, 1), (2, 1)), parcel((2, 1)))
    await desk.label(work.id)
    assert (await desk.cancel(order_id, (1, 1), (2, 1), recall=True)).code == "cancelled"
    assert await parcels(desk) == [(1, "labelled", False), (2, "labelled", False), (3, "cancelled", False)]
    assert [tuple(row) for row in await desk.fetch(INSIDE)] == [(1, 1, 2), (2, 1, 0), (2, 2, 1), (3, 2, 0)]
    assert (await ship(desk, work, 3)).code == "unknown_parcel"
    assert (await ship(desk, work)).code == "shipped"
    assert await desk.units(order_id) == {
        (1, 1): {"cancelled": 1, "shipped": 2}, (2, 1): {"cancelled": 1, "shipped": 1},
    }  # fmt: skip


@pytest.mark.parametrize("arrived", [False, True])
async def test_when_the_rest_is_recalled_the_others_are_all_that_left(desk: Desk, *, arrived: bool) -> None:
    order_id, work = await picked(desk, 3, 2)
    await pack(desk, work, parcel((1, 3), tracking_number="OWN-1"), parcel((2, 2)))
    await ship(desk, work, 1)
    if arrived:
        await desk.track("OWN-1", "delivered", T0)
    assert (await desk.cancel(order_id, (2, None), recall=True)).code == "cancelled"
    state = "delivered" if arrived else "shipped"
    assert (await desk.states(order_id), await desk.status(order_id)) == ([state], state)
    assert await desk.value("SELECT state FROM shipment") == state
    assert await desk.queue("label") == set()


async def test_each_parcel_that_leaves_is_to_be_paid(desk: Desk) -> None:
    order_id, work = await picked(desk, 1, 1, payments=[a_payment(3998, state="authorized")])
    await pack(desk, work, parcel((1, 1)), parcel((2, 1)))
    await desk.label(work.id)
    for n in (1, 2):
        async with desk.database.transaction("acme") as tx:
            await tx.execute("DELETE FROM work WHERE stage = 'settle'")
        await desk.run(ship_fulfillments, [ShipFulfillment(fulfillment_id=work.id, parcels=[n])], audited=False)
        assert await desk.queue("settle") == {order_id}


async def test_claims_name_the_parcel_that_a_line_left_in(desk: Desk) -> None:
    order_id, work = await picked(desk, 1, 1, 1)
    await pack(desk, work, parcel((1, 1)), parcel((2, 1)), parcel((3, 1)))
    one, two, _ = await desk.label(work.id)
    await ship(desk, work, 1, 2)
    async with desk.database.transaction("acme") as tx:
        sent = (await read_sent(tx, [order_id]))[order_id]
    assert [(row.line_n, row.tracking_number) for row in sent] == [(1, one.tracking_number), (2, two.tracking_number)]


# ---- tracking numbers of one's own ----


async def test_with_a_number_of_ones_own_no_label_is_bought_and_any_carrier_goes(desk: Desk) -> None:
    _, work = await picked(desk, 1)
    made = await pack(desk, work, PackedParcel(tracking_number="1Z999AA10123456784"), carrier="ups", service="ground")
    assert made.code == "packed"
    assert await desk.queue("label") == set()
    [row] = await desk.fetch("SELECT carrier, tracking_number, state FROM parcel")
    assert tuple(row) == ("ups", "1Z999AA10123456784", "labelled")
    assert (await ship(desk, work)).code == "shipped"


async def test_a_carrier_that_is_unknown_needs_a_number_for_every_parcel(desk: Desk) -> None:
    _, work = await picked(desk, 1, 1)
    refused = await pack(desk, work, parcel((1, 1), tracking_number="1Z9991"), parcel((2, 1)), carrier="ups")
    assert refused.code == "unknown_carrier"


async def test_a_number_is_of_one_parcel(desk: Desk) -> None:
    shop = await a_stocked_shop(desk, 2)
    _, work = await picked(desk, 1, 1, shop=shop)
    twice = await pack(desk, work, parcel((1, 1), tracking_number="T-001"), parcel((2, 1), tracking_number="T-001"))
    assert (twice.code, twice.details) == ("tracking_number_taken", {"carrier": "builtin", "tracking_number": "T-001"})
    await pack(desk, work, PackedParcel(tracking_number="T-001"))
    _, other = await picked(desk, 1, shop=shop)
    assert (await pack(desk, other, PackedParcel(tracking_number="T-001"))).code == "tracking_number_taken"
    shouted = await pack(desk, other, PackedParcel(tracking_number="T-001"), carrier="Builtin")
    assert shouted.code == "tracking_number_taken"  # the same carrier, written otherwise
    assert (await pack(desk, other, PackedParcel(tracking_number="T-001"), carrier="ups")).code == "packed"
    builtin = await desk.value("SELECT id FROM parcel WHERE carrier = 'builtin'")
    assert (await change(desk, builtin, "T-001", carrier="UPS")).code == "tracking_number_taken"


async def test_of_two_packers_with_one_label_one_is_refused(desk: Desk) -> None:
    shop = await a_stocked_shop(desk, 1)
    works = [(await picked(desk, 1, shop=shop))[1] for _ in range(2)]
    said = await asyncio.gather(*(pack(Desk(desk.database), w, PackedParcel(tracking_number="T-001")) for w in works))
    assert sorted(one.code for one in said) == ["packed", "tracking_number_taken"]


async def test_of_two_packers_of_one_fulfillment_one_is_told_so(desk: Desk) -> None:
    order_id, work = await picked(desk, 2)
    split = (parcel((1, 1)), parcel((1, 1)))
    said = await asyncio.gather(pack(desk, work, *split), pack(Desk(desk.database), work))
    assert sorted(one.code for one in said) == ["packed", "wrong_state"]
    assert await desk.units(order_id) == {(1, 1): {"packed": 2}}


async def change(desk: Desk, parcel_id: UUID, number: str, carrier: str = "ups") -> Outcome:
    command = ChangeTracking(parcel_id=parcel_id, carrier=carrier, tracking_number=number, reason="wrong_number")
    [outcome] = await desk.run(change_tracking, [command])
    assert isinstance(outcome, Outcome)
    return outcome


async def test_a_number_is_changed_with_a_reason_and_both_are_kept(desk: Desk) -> None:
    order_id, work = await picked(desk, 1)
    await pack(desk, work)
    [made] = await desk.label(work.id)
    assert (await change(desk, made.id, "1Z9991")).code == "tracking_changed"
    assert (await change(desk, made.id, "1Z9991")).code == "unchanged"
    [row] = await desk.fetch("SELECT carrier, tracking_number, label, state FROM parcel")
    assert tuple(row) == ("ups", "1Z9991", None, "labelled")
    kept = await desk.fetch(
        "SELECT a.reason, c.before ->> 'tracking_number', c.after ->> 'tracking_number' FROM act AS a"
        " JOIN change AS c ON c.act_id = a.id WHERE c.subject_kind = 'parcel'"
    )
    assert [tuple(one) for one in kept] == [("wrong_number", made.tracking_number, "1Z9991")]
    assert (await desk.events(order_id))[-1] == "shipment.retracked"
    assert (await change(desk, new_id(), "1Z9992")).code == "parcel_not_found"
    await ship(desk, work)
    assert (await change(desk, made.id, "1Z9992")).code == "tracking_changed"  # the carrier gave it another
    await desk.track("1Z9992", "delivered", T0)
    assert (await change(desk, made.id, "1Z9993")).code == "wrong_state"


async def test_a_number_before_the_label_came_ends_the_wait_for_it(desk: Desk) -> None:
    _, work = await picked(desk, 1)
    await pack(desk, work)
    parcel_id = await desk.value("SELECT id FROM parcel")
    assert (await change(desk, parcel_id, "1Z9991")).code == "tracking_changed"
    assert await desk.queue("label") == set()
    assert await desk.value("SELECT state FROM shipment") == "labelled"


# ---- files of labels ----


class Printing(BuiltinCarrier):
    """A carrier that gives its labels as PDF."""

    async def create_labels(self, requests: Any) -> Any:
        made = await super().create_labels(requests)
        return [one._replace(file=LabelFile("application/pdf", PDF)) for one in made]


async def test_the_file_that_a_carrier_gives_is_kept_and_goes_with_its_number(desk: Desk) -> None:
    _, work = await picked(desk, 1)
    await pack(desk, work)
    [made] = await desk.label(work.id, carrier=Printing())
    assert await desk.value("SELECT content FROM parcel_label") == PDF
    await change(desk, made.id, "1Z9991")
    assert await desk.counts("parcel_label") == {"parcel_label": 0}


async def test_a_carrier_is_told_where_a_parcel_goes_unless_that_was_erased(desk: Desk) -> None:
    asked: list[Any] = []

    class Asked(BuiltinCarrier):
        """Keeps where parcels go."""

        async def create_labels(self, requests: Any) -> Any:
            asked.extend(request.to for request in requests)
            return await super().create_labels(requests)

    shop = await a_stocked_shop(desk, 1)
    for erased in (False, True):
        order_id, work = await picked(desk, 1, shop=shop)
        await pack(desk, work)
        if erased:
            customer_id = await desk.value("SELECT customer_id FROM orders WHERE id = $1", order_id)
            await desk.run(erase_customers, [EraseCustomer(customer_id=customer_id)])
        await desk.label(work.id, carrier=Asked())
    assert asked == [Address("Ada Lovelace", None, "1 Main St", None, "Springfield", "IL", "62701", "US"), None]


async def test_a_label_that_comes_when_the_address_was_erased_leaves_no_file(desk: Desk) -> None:
    _, work = await picked(desk, 1)
    await pack(desk, work)
    customer_id = await desk.value("SELECT customer_id FROM orders")

    class Slow(Printing):
        """The people are erased while it is asked."""

        async def create_labels(self, requests: Any) -> Any:
            await desk.run(erase_customers, [EraseCustomer(customer_id=customer_id)])
            return await super().create_labels(requests)

    [made] = await desk.label(work.id, carrier=Slow())
    assert (made.state, await desk.counts("parcel_label")) == ("labelled", {"parcel_label": 0})


async def test_a_label_whose_number_somebody_typed_for_another_parcel_is_set_aside_and_says_why(desk: Desk) -> None:
    shop = await a_stocked_shop(desk, 1)
    _, first = await picked(desk, 1, shop=shop)
    _, second = await picked(desk, 1, shop=shop)
    await pack(desk, first)
    wants = await desk.value("SELECT id FROM parcel")
    number = tracking_number(encode_id("pcl", wants))
    await pack(desk, second, PackedParcel(tracking_number=number))
    [stage] = [s for s in stages() if s.name == "label"]
    await pump(desk.database, desk.merchant, replace(stage, attempts_max=1))
    [row] = await desk.fetch("SELECT set_aside_at IS NOT NULL AS aside, error FROM work WHERE stage = 'label'")
    why = (
        "LabelNumberTaken: another parcel of this carrier has the tracking number of the label;"
        " correct the number of that parcel or of this one, then try again"
    )
    assert tuple(row) == (True, why)
    typed = await desk.value("SELECT id FROM parcel WHERE tracking_number IS NOT NULL")
    assert (await change(desk, typed, "1Z9991")).code == "tracking_changed"
    [made] = await desk.label(first.id)
    assert (made.id, made.tracking_number, made.state) == (wants, number, "labelled")


async def test_a_label_is_what_its_bytes_say(desk: Desk) -> None:
    _, work = await picked(desk, 1)
    await pack(desk, work, PackedParcel(tracking_number="T-001"))
    parcel_id = await desk.value("SELECT id FROM parcel")
    tried = [b"hello", b"%PDF-1.7 cut off", b"<svg></svg>", b"", b"x" * 1_048_577]
    said = [codes(await desk.run(keep_labels, [KeepLabel(parcel_id, content)])) for content in tried]
    assert said == [["label_refused"]] * 4 + [["label_too_large"]]
    for content, media_type in ((PDF, "application/pdf"), (b"^XA^FO50,50^XZ", "application/zpl")):
        assert codes(await desk.run(keep_labels, [KeepLabel(parcel_id, content)])) == ["label_kept"]
        assert await desk.value("SELECT media_type FROM parcel_label") == media_type
    assert codes(await desk.run(keep_labels, [KeepLabel(new_id(), PDF)])) == ["parcel_not_found"]
