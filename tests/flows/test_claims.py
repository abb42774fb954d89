"""Claims: what went wrong with goods that left, for every kind and resolution, with the money to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from orderwright.flows.open_claims import open_claims
from orderwright.orders.contract import Address, Charge
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID, encode_id, new_id
from orderwright.returns import ClaimedLine, CountedItem, OpenClaim
from tests.builders.catalog import Shop
from tests.builders.orders import a_line, usd
from tests.helpers.claims import ClaimsDesk, child_of
from tests.helpers.desk import Desk
from tests.helpers.papers import Papers

KINDS = ("damaged", "missing", "wrong", "late", "lost")
PROPOSED = {"damaged": "carrier", "missing": "packer", "wrong": "picker", "late": "carrier", "lost": "carrier"}


@pytest.fixture
def care(database: Database) -> ClaimsDesk:
    return ClaimsDesk(Desk(database))


async def a_sale(
    care: ClaimsDesk, units: int = 3, channel: dict[str, Any] | None = None, **fields: Any
) -> tuple[Shop, UUID]:
    """Units of one SKU at 19.99, shipped for 7.00 and paid."""
    shop = await care.desk.shop(skus=2, channel=channel or {})
    for sku in shop.skus:
        await care.desk.receive(sku, shop.locations[0], 20)
    lines = [(shop.skus[0].code, units)]
    shipping = {"shipping": [Charge(amount=usd(700))], "total": usd(1999 * units + 700)} | fields
    return shop, await care.shipped(await care.bank.paid_order(shop.channel.code, lines, **shipping))


# ---- who caused it ----


@pytest.mark.parametrize("kind", KINDS)
async def test_a_cause_is_proposed_from_how_the_goods_left(care: ClaimsDesk, kind: str) -> None:
    shop, order_id = await a_sale(care)
    shipped_at = await care.desk.value("SELECT shipped_at FROM fulfillment")

    outcome = await care.open(order_id, kind, (1, 1))

    assert outcome.id is not None
    row = await care.claim(outcome.id)
    carriers = PROPOSED[kind] == "carrier"
    assert outcome.details["party"] == row["party"] == PROPOSED[kind]
    assert row["step"] == {"carrier": "deliver", "packer": "pack", "picker": "pick"}[row["party"]]
    assert row["location_id"] == shop.locations[0].id
    assert row["parcel_id"] == await care.desk.value("SELECT id FROM parcel")
    assert outcome.details["carrier_state"] == row["carrier_state"] == ("due" if carriers else "none")
    assert row["file_by"] == shipped_at.date() + timedelta(days=60)
    assert ("file_by" in outcome.details) == carriers
    assert (await care.desk.events(order_id))[-1] == "claim.opened"


async def test_what_left_late_is_put_down_to_its_location(care: ClaimsDesk) -> None:
    _, order_id = await a_sale(care)
    async with care.desk.database.transaction("acme") as tx:
        await tx.execute("UPDATE fulfillment SET due_at = shipped_at - interval '1 minute'")

    outcome = await care.open(order_id, "late", (1, 1))

    assert outcome.details == {"party": "location", "carrier_state": "none"}


async def test_staff_may_know_better(care: ClaimsDesk) -> None:
    _, order_id = await a_sale(care)
    supplier = await care.open(order_id, "damaged", (1, 1), party="supplier")
    carrier = await care.open(order_id, "missing", (1, 1), party="carrier")
    assert supplier.details == {"party": "supplier", "carrier_state": "none"}
    assert carrier.details["carrier_state"] == "due"

    assert carrier.id is not None
    outcome = await care.resolve_claim(carrier.id, "refund", party="packer")

    assert outcome.details["party"] == "packer"
    assert (await care.claim(carrier.id))["carrier_state"] == "none"
    assert supplier.id is not None
    assert (await care.resolve_claim(supplier.id, "refund", party="carrier")).code == "resolved"
    assert (await care.claim(supplier.id))["carrier_state"] == "due"


async def test_goods_of_a_counter_have_no_carrier(care: ClaimsDesk) -> None:
    shop = await care.desk.shop()
    await care.desk.receive(shop.skus[0], shop.locations[0], 5)
    line = a_line(shop.skus[0].code, 1, delivery="pickup", location=shop.locations[0].code)
    order_id = await care.desk.placed(await care.bank.paid_order(shop.channel.code, [line]))
    await care.bank.work()
    [work] = await care.desk.fulfillments(order_id)
    await care.desk.pick(work.id)
    await care.desk.pack(work.id)
    assert await care.desk.ship(work.id) == ["handed_over"]

    claim_id = await care.opened(order_id, "damaged", (1, 1))

    row = await care.claim(claim_id)
    assert (row["party"], row["parcel_id"], row["carrier_state"]) == ("location", None, "none")
    assert (await care.file(claim_id, 1999)).code == "no_parcel"


async def test_of_lines_in_several_parcels_the_carriers_one_is_named(care: ClaimsDesk) -> None:
    shop = await care.desk.shop(locations=2)
    for at in shop.locations:
        await care.desk.receive(shop.skus[0], at, 1)
    order_id = await care.shipped(await care.bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    parcels = await care.desk.fetch("SELECT id, tracking_number FROM parcel ORDER BY tracking_number")
    assert len(parcels) == 2

    which = await care.open(order_id, "lost", (1, 1))
    assert (which.code, which.details["tracking_numbers"]) == ("parcel_needed", [p["tracking_number"] for p in parcels])
    assert (await care.open(order_id, "lost", (1, 1), tracking_number="1Z-OTHER")).code == "unknown_parcel"
    assert (await care.open(order_id, "missing", (1, 1))).details["party"] == "unknown"
    claim_id = await care.opened(order_id, "lost", (1, 1), tracking_number=parcels[1]["tracking_number"])
    assert (await care.claim(claim_id))["parcel_id"] == parcels[1]["id"]


# ---- what may be claimed ----


async def test_what_cannot_be_claimed_says_why(care: ClaimsDesk) -> None:
    shop, order_id = await a_sale(care)
    waiting = await care.desk.placed(await care.bank.paid_order(shop.channel.code, [(shop.skus[0].code, 1)]))

    assert (await care.open(new_id(), "lost", (1, 1))).code == "order_not_found"
    assert (await care.open(order_id, "lost", (1, 1), (1, 1))).code == "duplicate_line"
    assert (await care.open(order_id, "lost", (2, 1))).code == "unknown_line"
    assert (await care.open(waiting, "lost", (1, 1))).code == "not_shipped"
    over = await care.open(order_id, "lost", (1, 4))
    assert (over.code, over.details) == ("exceeds_claimable", {"line": 1, "claimable": 3})
    assert await care.desk.counts("claim", "claim_line") == {"claim": 0, "claim_line": 0}


async def test_a_claim_of_another_channels_order_is_not_found(care: ClaimsDesk) -> None:
    _, order_id = await a_sale(care)
    claim_id = await care.opened(order_id, "lost", (1, 1))
    other = await care.desk.shop()
    every = care.desk.ctx
    for limits in ({"channels": frozenset({other.channel.id})}, {"locations": frozenset({other.locations[0].id})}):
        care.desk.ctx = replace(every, **limits)  # type: ignore[arg-type]
        assert (await care.open(order_id, "lost", (1, 1))).code == "order_not_found"
        assert (await care.resolve_claim(claim_id, "refund")).code == "claim_not_found"
        assert (await care.reject(claim_id)).code == "claim_not_found"
        assert (await care.file(claim_id, 100)).code == "claim_not_found"
        assert (await care.answered(claim_id)).code == "claim_not_found"


async def test_a_unit_is_in_one_procedure_at_a_time(care: ClaimsDesk) -> None:
    _, order_id = await a_sale(care)
    first = await care.opened(order_id, "damaged", (1, 2))
    assert (await care.open(order_id, "lost", (1, 2))).details == {"line": 1, "claimable": 1}

    await care.requested(order_id, (1, 1))
    assert (await care.open(order_id, "lost", (1, 1))).details == {"line": 1, "claimable": 0}
    assert (await care.reject(first)).code == "rejected"
    assert (await care.open(order_id, "lost", (1, 3))).details == {"line": 1, "claimable": 2}
    await care.requested(order_id, (1, 2))


async def test_a_claim_gives_way_to_goods_that_are_sent_back(care: ClaimsDesk) -> None:
    _, order_id = await a_sale(care)
    claim_id = await care.opened(order_id, "damaged", (1, 2))

    return_id = await care.requested(order_id, (1, 3))

    for how in ("refund", "reship"):
        assert (await care.resolve_claim(claim_id, how)).details == {"line": 1, "claimable": 0}
    assert (await care.cancel(return_id)).code == "cancelled"
    assert (await care.resolve_claim(claim_id, "refund")).details["amount_minor"] == 3998
    assert (await care.request(order_id, (1, 2))).details == {"line": 1, "returnable": 1}


# ---- what the customer gets ----

# 3 x 19.99, shipping 7.00: a unit is 19.99, of the shipping the first has 2.34, the others 2.33.
REFUNDS = {"damaged": 1999, "missing": 1999, "wrong": 1999, "late": 2233, "lost": 2233}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_refund_gives_the_units_back_and_brings_no_goods(care: ClaimsDesk, kind: str) -> None:
    shop, order_id = await a_sale(care)
    claim_id = await care.opened(order_id, kind, (1, 1))

    outcome = await care.resolve_claim(claim_id, "refund")

    assert (outcome.code, outcome.details["amount_minor"]) == ("resolved", REFUNDS[kind])
    assert await care.refunded(order_id) == REFUNDS[kind]
    assert await care.bank.due(order_id) == 0
    assert await care.returned(order_id) == {}
    assert await care.desk.stock(shop.skus[0], shop.locations[0]) == {"available": 17}
    kinds = {entry[2] for entry in await care.booked(claim_id)}
    assert kinds == {"claim"}
    assert "claim.resolved" in await care.desk.events(order_id)
    assert (await care.resolve_claim(claim_id, "refund")).details == {"state": "resolved"}


async def test_delivery_is_refunded_as_staff_say(care: ClaimsDesk) -> None:
    _, order_id = await a_sale(care)
    damaged, lost = await care.opened(order_id, "damaged", (1, 1)), await care.opened(order_id, "lost", (1, 2))
    assert (await care.resolve_claim(damaged, "refund", with_shipping=True)).details["amount_minor"] == 2233
    assert (await care.resolve_claim(lost, "refund", with_shipping=False)).details["amount_minor"] == 3998


async def test_all_units_together_bring_the_line_and_its_delivery(care: ClaimsDesk) -> None:
    _, order_id = await a_sale(care)
    amounts = []
    for _ in range(3):
        claim_id = await care.opened(order_id, "lost", (1, 1))
        amounts.append((await care.resolve_claim(claim_id, "refund")).details["amount_minor"])
    assert amounts == [2233, 2232, 2232]
    assert await care.refunded(order_id) == 3 * 1999 + 700


@pytest.mark.parametrize("kind", KINDS)
async def test_the_same_goods_are_sent_again_at_no_price(care: ClaimsDesk, kind: str) -> None:
    shop, order_id = await a_sale(care)
    claim_id = await care.opened(order_id, kind, (1, 2))

    outcome = await care.resolve_claim(claim_id, "reship")

    child_id = child_of(outcome)
    [child] = await care.desk.fetch(
        "SELECT kind, parent_id, external_id, total_minor, unit_count FROM orders WHERE id = $1", child_id
    )
    assert tuple(child) == ("replacement", order_id, encode_id("clm", claim_id), 0, 2)
    assert await care.desk.atp(shop.skus[0], shop.pool_id) == (15, 2, 0)
    await care.bank.work()
    [work] = await care.desk.fulfillments(child_id)
    assert (await care.desk.pick(work.id)).code == "picked"
    assert await care.desk.pack(work.id) == ["packed"]
    await care.bank.work()
    assert await care.desk.ship(work.id) == ["shipped"]
    assert await care.refunded(order_id) == 0
    assert await care.bank.listed() == {}
    assert (await care.open(order_id, kind, (1, 2))).details == {"line": 1, "claimable": 1}


@pytest.mark.parametrize("kind", KINDS)
async def test_other_goods_are_sent_instead(care: ClaimsDesk, kind: str) -> None:
    shop, order_id = await a_sale(care)
    claim_id = await care.opened(order_id, kind, (1, 1))
    items = [CountedItem(sku=shop.skus[1].code, quantity=2)]

    assert (await care.resolve_claim(claim_id, "replace")).code == "items_needed"
    assert (await care.resolve_claim(claim_id, "refund", items=items)).code == "items_needed"
    child_id = child_of(await care.resolve_claim(claim_id, "replace", items=items))

    assert await care.desk.units(child_id) == {(1, 1): {"promised": 2}}
    assert (await care.claim(claim_id))["resolution"] == "replace"


async def test_lines_of_one_claim_are_sent_and_refunded(care: ClaimsDesk) -> None:
    shop = await care.desk.shop(skus=2)
    for sku in shop.skus:
        await care.desk.receive(sku, shop.locations[0], 9)
    lines = [(sku.code, 2) for sku in shop.skus]
    order_id = await care.shipped(await care.bank.paid_order(shop.channel.code, lines))
    claim_id = await care.opened(order_id, "damaged", (1, 1), (2, 2))

    assert (await care.resolve_claim(claim_id, "reship", refund_lines=[3])).code == "line_not_claimed"
    assert (await care.resolve_claim(claim_id, "refund", refund_lines=[1])).code == "line_not_claimed"
    assert (await care.resolve_claim(claim_id, "reship", refund_lines=[1, 2])).code == "nothing_to_send"
    outcome = await care.resolve_claim(claim_id, "reship", refund_lines=[2])

    assert outcome.details["amount_minor"] == 3998
    [child] = await care.desk.fetch("SELECT sku_code, quantity FROM order_line WHERE order_id = $1", child_of(outcome))
    assert tuple(child) == (shop.skus[0].code, 1)
    rows = await care.desk.fetch("SELECT credited, replaced FROM claim_line ORDER BY line_n")
    assert [tuple(row) for row in rows] == [(0, 1), (2, 0)]
    assert await care.refunded(order_id) == 3998


async def test_what_came_late_is_allowed_for(care: ClaimsDesk) -> None:
    _, order_id = await a_sale(care)
    claim_id = await care.opened(order_id, "late", (1, 1))

    assert (await care.resolve_claim(claim_id, "allowance")).code == "amount_needed"
    assert (await care.resolve_claim(claim_id, "refund", amount=500)).code == "amount_needed"
    over = await care.resolve_claim(claim_id, "allowance", amount=2234)
    assert (over.code, over.details) == ("exceeds_worth", {"worth": 2233})
    assert (await care.resolve_claim(claim_id, "allowance", amount=500)).details["amount_minor"] == 500

    assert await care.refunded(order_id) == 500
    assert await care.booked(claim_id) == [("allowances", "receivable", "claim_allowance", 500)]
    assert (await care.open(order_id, "late", (1, 3))).details == {"line": 1, "claimable": 2}
    damaged = await care.opened(order_id, "damaged", (1, 3))
    assert (await care.resolve_claim(damaged, "allowance", amount=1)).code == "allowance_for_late_only"
    assert (await care.resolve_claim(damaged, "refund")).details["amount_minor"] == 5997
    assert await care.refunded(order_id) == 6497


async def test_what_came_back_is_not_allowed_for(care: ClaimsDesk) -> None:
    """Fault: one of two lines came back for its money, then brought as much as an allowance, out of the other's."""
    shop = await care.desk.shop(skus=2)
    for sku in shop.skus:
        await care.desk.receive(sku, shop.locations[0], 1)
    order_id = await care.shipped(await care.bank.paid_order(shop.channel.code, [(sku.code, 1) for sku in shop.skus]))
    late = await care.opened(order_id, "late", (1, 1))
    return_id = await care.requested(order_id, (1, 1))

    announced = await care.resolve_claim(late, "allowance", amount=1999)
    await care.receive(return_id, (shop.skus[0], 1))
    await care.inspect(return_id, shop.skus[0], 1)
    credited = await care.resolve_claim(late, "allowance", amount=1999)

    assert announced.details == credited.details == {"line": 1, "claimable": 0}
    assert await care.refunded(order_id) == 1999


async def test_nobody_is_allowed_and_refunded_more_than_was_paid(care: ClaimsDesk) -> None:
    _, order_id = await a_sale(care)
    late = await care.opened(order_id, "late", (1, 3))
    await care.resolve_claim(late, "allowance", amount=1000)
    lost = await care.opened(order_id, "lost", (1, 3))

    assert (await care.resolve_claim(lost, "refund")).code == "resolved"

    assert await care.refunded(order_id) == 6697
    assert await care.bank.due(order_id) == 0


@pytest.mark.parametrize("kind", KINDS)
async def test_a_rejected_claim_brings_nothing(care: ClaimsDesk, kind: str) -> None:
    _, order_id = await a_sale(care)
    claim_id = await care.opened(order_id, kind, (1, 1))

    assert (await care.reject(claim_id, "arrived")).code == "rejected"

    row = await care.claim(claim_id)
    assert (row["state"], row["reason"], row["carrier_state"]) == ("rejected", "arrived", "none")
    assert await care.refunded(order_id) == 0
    assert (await care.reject(claim_id)).code == "wrong_state"
    assert (await care.resolve_claim(claim_id, "refund")).code == "wrong_state"
    await care.requested(order_id, (1, 3))


async def test_a_kit_is_claimed_whole(care: ClaimsDesk) -> None:
    shop = await care.desk.shop(skus=2)
    cup, saucer = shop.skus
    await care.desk.receive(cup, shop.locations[0], 10)
    await care.desk.receive(saucer, shop.locations[0], 9)
    kit = await care.desk.kit((cup, 2), (saucer, 1))
    order_id = await care.shipped(await care.bank.paid_order(shop.channel.code, [(kit.code, 3)]))
    assert (await care.open(order_id, "lost", (1, 4))).details == {"line": 1, "claimable": 3}

    refund, reship = await care.opened(order_id, "lost", (1, 1)), await care.opened(order_id, "wrong", (1, 2))
    assert (await care.resolve_claim(refund, "refund")).details["amount_minor"] == 1999
    child_id = child_of(await care.resolve_claim(reship, "reship"))

    assert await care.desk.units(child_id) == {(1, 1): {"promised": 4}, (1, 2): {"promised": 2}}
    assert await care.refunded(order_id) == 1999


async def test_what_left_first_is_refunded_while_the_rest_is_still_to_leave(care: ClaimsDesk) -> None:
    shop = await care.desk.shop(locations=2)
    for at in shop.locations:
        await care.desk.receive(shop.skus[0], at, 1)
    order_id = await care.desk.placed(await care.bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    await care.bank.work()
    first, second = await care.desk.fulfillments(order_id)
    for work in (first, second):
        await care.desk.pick(work.id)
        await care.desk.pack(work.id)
    await care.bank.work()
    await care.desk.ship(first.id)
    await care.bank.work()
    assert (await care.open(order_id, "lost", (1, 2))).details == {"line": 1, "claimable": 1}
    claim_id = await care.opened(order_id, "lost", (1, 1))

    await care.resolve_claim(claim_id, "refund")

    assert await care.refunded(order_id) == 1999
    assert await care.desk.ship(second.id) == ["shipped"]
    assert await care.refunded(order_id) == 1999
    assert await care.bank.sums(order_id) == [(3998, 0, 3998, 1999)]
    assert await care.bank.due(order_id) == 0


# ---- what cannot be sent ----


async def test_what_is_short_is_refused_and_the_claim_stays_open(care: ClaimsDesk) -> None:
    shop, order_id = await a_sale(care, channel={"short_line_policy": "reject"})
    await care.desk.adjust(shop.skus[0], shop.locations[0], -17)
    claim_id = await care.opened(order_id, "lost", (1, 1))

    assert (await care.resolve_claim(claim_id, "reship")).code == "out_of_stock"
    unknown = await care.resolve_claim(claim_id, "replace", items=[CountedItem(sku="NO-SUCH", quantity=1)])

    assert unknown.code == "unknown_sku"
    assert (await care.claim(claim_id))["state"] == "open"
    assert await care.desk.value("SELECT count(*) FROM orders") == 1
    assert (await care.resolve_claim(claim_id, "refund")).code == "resolved"


async def test_what_is_short_waits_where_the_channel_lets_it(care: ClaimsDesk) -> None:
    shop, order_id = await a_sale(care, channel={"short_line_policy": "backorder"})
    await care.desk.adjust(shop.skus[0], shop.locations[0], -17)

    child_id = child_of(await care.resolve_claim(await care.opened(order_id, "lost", (1, 1)), "reship"))

    assert await care.desk.units(child_id) == {(1, 1): {"backordered": 1}}


async def test_goods_go_to_another_address_where_one_is_said(care: ClaimsDesk) -> None:
    _, order_id = await a_sale(care)
    claim_id = await care.opened(order_id, "lost", (1, 1))
    there = Address(country="US", name="Mary Kay", line1="9 Elm St", city="Dayton", region="OH", postal_code="45402")

    child_id = child_of(await care.resolve_claim(claim_id, "reship", ship_to=there))

    assert await care.desk.value("SELECT line1 FROM contact WHERE order_id = $1 AND role = 'ship_to'", child_id) == (
        "9 Elm St"
    )


async def test_units_may_be_claimed_again_when_their_replacement_was_cancelled(care: ClaimsDesk) -> None:
    _, order_id = await a_sale(care)
    claim_id = await care.opened(order_id, "lost", (1, 3))
    child_id = child_of(await care.resolve_claim(claim_id, "reship"))
    assert (await care.open(order_id, "lost", (1, 1))).code == "exceeds_claimable"

    assert (await care.desk.cancel(child_id)).code == "cancelled"

    again = await care.opened(order_id, "lost", (1, 3))
    assert (await care.resolve_claim(again, "refund")).details["amount_minor"] == 6697


async def test_a_replacement_cost_nothing_so_it_is_sent_again(care: ClaimsDesk) -> None:
    _, order_id = await a_sale(care)
    child_id = child_of(await care.resolve_claim(await care.opened(order_id, "lost", (1, 1)), "reship"))
    await care.bank.work()
    [work] = await care.desk.fulfillments(child_id)
    await care.desk.pick(work.id)
    await care.desk.pack(work.id)
    await care.bank.work()
    assert await care.desk.ship(work.id) == ["shipped"]

    again = await care.opened(child_id, "damaged", (1, 1))

    assert (await care.resolve_claim(again, "refund")).code == "nothing_to_refund"
    grandchild = child_of(await care.resolve_claim(again, "reship"))
    assert await care.desk.value("SELECT parent_id FROM orders WHERE id = $1", grandchild) == child_id


# ---- claims and returns of the same units ----


@pytest.mark.parametrize("refund_on", ["receipt", "inspection"])
async def test_goods_of_a_refunded_claim_that_turn_up_bring_no_money(care: ClaimsDesk, refund_on: str) -> None:
    shop, order_id = await a_sale(care, units=2)
    await care.terms(shop.channel.code, refund_on=refund_on)
    lost = await care.opened(order_id, "lost", (1, 1))
    await care.resolve_claim(lost, "refund")
    assert (await care.request(order_id, (1, 2))).details == {"line": 1, "returnable": 1}
    assert await care.refunded(order_id) == 1999 + 350

    parked = await care.park(shop.locations[0].code, (shop.skus[0], 1))
    assert parked.id is not None
    matched = await care.resolve(parked.id, order_id)
    return_id = await care.desk.value("SELECT matched_id FROM unexpected_return")
    await care.inspect(return_id, shop.skus[0], 1)

    assert matched.code == "matched"
    assert await care.returned(order_id) == {(1, 1): 1}
    assert await care.refunded(order_id) == 1999 + 350
    rows = await care.desk.fetch("SELECT credited, refused, claimed FROM return_line")
    assert [tuple(row) for row in rows] == [(0, 0, 1)]
    # The other unit may still come back, for its money.
    other = await care.requested(order_id, (1, 1))
    await care.receive(other, (shop.skus[0], 1))
    await care.inspect(other, shop.skus[0], 1)
    assert await care.refunded(order_id) == 2 * 1999 + 350


async def test_what_was_missing_cannot_turn_up(care: ClaimsDesk) -> None:
    shop, order_id = await a_sale(care, units=2)
    await care.terms(shop.channel.code, refund_on="receipt")
    await care.resolve_claim(await care.opened(order_id, "missing", (1, 1)), "refund")

    parked = await care.park(shop.locations[0].code, (shop.skus[0], 1))
    assert parked.id is not None
    await care.resolve(parked.id, order_id)

    assert await care.refunded(order_id) == 2 * 1999


async def test_an_announced_unit_brings_its_money_beside_a_refunded_one(care: ClaimsDesk) -> None:
    shop, order_id = await a_sale(care)
    await care.terms(shop.channel.code, refund_on="receipt")
    await care.resolve_claim(await care.opened(order_id, "damaged", (1, 1)), "refund")
    return_id = await care.requested(order_id, (1, 1))

    await care.receive(return_id, (shop.skus[0], 2))

    rows = await care.desk.fetch("SELECT credited, refused, claimed FROM return_line")
    assert [tuple(row) for row in rows] == [(1, 0, 1)]
    assert await care.refunded(order_id) == 2 * 1999
    assert (await care.request(order_id, (1, 2))).details == {"line": 1, "returnable": 1}


async def test_units_that_came_back_meanwhile_are_not_refunded_twice(care: ClaimsDesk) -> None:
    shop, order_id = await a_sale(care, units=1)
    await care.terms(shop.channel.code, refund_on="receipt")
    claim_id = await care.opened(order_id, "damaged", (1, 1))
    parked = await care.park(shop.locations[0].code, (shop.skus[0], 1))
    assert parked.id is not None
    assert (await care.resolve(parked.id, order_id)).code == "matched"

    for resolution in ("refund", "reship"):
        refused = await care.resolve_claim(claim_id, resolution)
        assert (refused.code, refused.details) == ("exceeds_claimable", {"line": 1, "claimable": 0})
    assert (await care.reject(claim_id, "returned")).code == "rejected"
    assert await care.refunded(order_id) == 1999


# ---- carriers ----


async def test_a_carrier_may_be_asked_for_what_others_are_blamed_for(care: ClaimsDesk) -> None:
    _, order_id = await a_sale(care)
    claim_id = await care.opened(order_id, "missing", (1, 1))
    assert (await care.file(claim_id, 1999)).code == "filed"
    await care.resolve_claim(claim_id, "refund", party="customer")
    assert (await care.claim(claim_id))["carrier_state"] == "filed"


async def test_a_carrier_pays_after_it_had_denied(care: ClaimsDesk) -> None:
    _, order_id = await a_sale(care)
    claim_id = await care.opened(order_id, "lost", (1, 1))
    await care.resolve_claim(claim_id, "refund")
    before = await care.bank.balances(order_id)

    assert (await care.answered(claim_id, 100)).code == "wrong_state"
    assert (await care.file(claim_id, 0)).code == "carrier_amount_needed"
    assert (await care.file(claim_id, 1999)).code == "filed"
    assert (await care.file(claim_id, 1999)).code == "wrong_state"
    assert (await care.answered(claim_id, reason="no_scan")).code == "denied"
    assert (await care.claim(claim_id))["carrier_reason"] == "no_scan"
    assert (await care.file(claim_id, 1500, reference=None)).code == "filed"
    assert (await care.answered(claim_id, 1200)).code == "paid"

    row = await care.claim(claim_id)
    assert (row["carrier_state"], row["carrier_reference"], row["carrier_reason"]) == ("paid", "CLM-77", None)
    assert (row["expected_minor"], row["recovered_minor"]) == (1500, 1200)
    assert await care.bank.balances(order_id) == before  # none of it is the order's money
    told = [name for name in await care.desk.events(order_id) if name.startswith("claim.")]
    assert told == [
        "claim.opened", "claim.resolved", "claim.carrier_filed", "claim.carrier_settled", "claim.carrier_filed",
        "claim.carrier_settled",
    ]  # fmt: skip
    assert (await care.answered(claim_id, 100)).code == "wrong_state"


async def test_carriers_take_claims_as_long_as_the_setting_says(care: ClaimsDesk) -> None:
    _, order_id = await a_sale(care)
    shipped_at = await care.desk.value("SELECT shipped_at FROM fulfillment")
    command = OpenClaim(order_id=order_id, kind="lost", lines=[ClaimedLine(line=1, quantity=1)])

    [outcome] = await care.desk.run(partial(open_claims, filing_days=30), [command])

    assert outcome.details["file_by"] == shipped_at.date() + timedelta(days=30)


# ---- documents ----


async def test_a_refunded_claim_has_a_credit_note_and_what_is_sent_instead_no_invoice(care: ClaimsDesk) -> None:
    papers = Papers(care.desk)
    shop = await care.desk.shop(skus=2)
    await papers.company()
    await papers.invoiced(shop.channel.code, "shipment")
    await care.desk.receive(shop.skus[0], shop.locations[0], 9)
    order_id = await care.shipped(await care.bank.paid_order(shop.channel.code, [(shop.skus[0].code, 3)]))
    await care.resolve_claim(await care.opened(order_id, "damaged", (1, 1)), "refund")
    child_id = child_of(await care.resolve_claim(await care.opened(order_id, "lost", (1, 1)), "reship"))
    await care.bank.work()
    [work] = await care.desk.fulfillments(child_id)
    await care.desk.pick(work.id)
    await care.desk.pack(work.id)
    await care.bank.work()
    await care.desk.ship(work.id)
    await care.bank.work()

    rows = await care.desk.fetch("SELECT order_id, kind, gross_minor FROM document ORDER BY n")
    assert [tuple(row) for row in rows] == [(order_id, "invoice", 5997), (order_id, "credit_note", 1999)]
