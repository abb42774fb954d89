"""A consumer withdraws: what has not left is cancelled, what has comes back, and the money follows to the cent."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from orderwright.catalog import CloseLocation
from orderwright.flows.close_locations import close_locations
from orderwright.flows.edit_orders import edit_orders
from orderwright.flows.withdraw_orders import withdraw_orders
from orderwright.orders import EditOrder, PlaceOrder
from orderwright.orders.contract import Charge, Tax
from orderwright.orders.edit_contract import RemoveLine, SetShipping
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.ids import UUID, decode_id, new_id
from orderwright.returns.policy import WithdrawalTerms
from orderwright.returns.withdrawals import WithdrawnLine, WithdrawOrder
from tests.builders.catalog import Shop
from tests.builders.orders import a_line, an_order, usd
from tests.helpers.desk import Desk, codes
from tests.helpers.withdrawals import WithdrawalsDesk

MONDAY = datetime(2031, 3, 3, 10, tzinfo=UTC)


@pytest.fixture
def eu(desk: Desk) -> WithdrawalsDesk:
    return WithdrawalsDesk(desk)


async def an_order_of(eu: WithdrawalsDesk, shop: Shop, units: int = 3, shipping: int = 700) -> PlaceOrder:
    """Units of the first SKU at 19.99, with delivery."""
    fields = {"shipping": [Charge(amount=usd(shipping))], "total": usd(1999 * units + shipping)}
    lines = [a_line(shop.skus[0].code, units)]
    paid = await eu.bank.authorized(1999 * units + shipping)
    return an_order(shop.channel.code, lines, **fields, payments=[paid])


def at(eu: WithdrawalsDesk, moment: datetime) -> None:
    """It is another time."""
    eu.desk.ctx = replace(eu.desk.ctx, now=moment)


async def entries(eu: WithdrawalsDesk, order_id: UUID) -> list[tuple[str, str, int]]:
    """What withdrawals booked of the order's delivery: debit, credit, amount."""
    rows = await eu.desk.fetch(
        "SELECT debit, credit, amount_minor FROM money_entry WHERE order_id = $1 AND kind = 'withdrawal' ORDER BY id",
        order_id,
    )
    return [tuple(row) for row in rows]


async def test_before_shipping_the_order_is_cancelled_and_nothing_is_charged(eu: WithdrawalsDesk) -> None:
    shop = await eu.eu_shop()
    order_id = await eu.paid(await an_order_of(eu, shop))
    at(eu, MONDAY)

    said = await eu.said(order_id)

    assert (said.code, said.ok) == ("withdrawn", True)
    assert said.details == {
        "received_at": MONDAY, "return_id": None, "send_back_by": None, "refund_by": date(2031, 3, 17),
        "lines": [{"line": 1, "quantity": 3, "cancelled": 3, "returned": 0}],
    }  # fmt: skip
    assert await eu.desk.status(order_id) == "cancelled"
    assert await eu.desk.stock(shop.skus[0], shop.locations[0]) == {"available": 20}
    await eu.bank.work()
    assert await eu.bank.sums(order_id) == [(6697, 6697, 0, 0)]
    assert await eu.bank.balances(order_id) == {}
    assert await entries(eu, order_id) == []
    told = await eu.desk.events(order_id)
    assert [e for e in told if e.startswith(("order.with", "order.canc", "return"))] == [
        "order.withdrawn", "order.cancelled",
    ]  # fmt: skip


async def test_what_is_packed_is_recalled(eu: WithdrawalsDesk) -> None:
    shop = await eu.eu_shop()
    order_id = await eu.paid(await an_order_of(eu, shop))
    [work] = await eu.desk.fulfillments(order_id)
    await eu.desk.pick(work.id)
    assert await eu.desk.pack(work.id) == ["packed"]

    assert (await eu.said(order_id, (1, 3))).code == "withdrawn"

    assert await eu.desk.states(order_id) == ["cancelled"]
    assert "fulfillment.recalled" in await eu.desk.events(order_id)
    assert await eu.desk.stock(shop.skus[0], shop.locations[0]) == {"available": 20}


async def test_delivery_of_which_a_part_was_given_back_is_not_changed(eu: WithdrawalsDesk) -> None:
    """New shares of another amount would give a part of it back twice."""
    shop = await eu.eu_shop()
    order_id = await eu.paid(await an_order_of(eu, shop))
    assert (await eu.said(order_id, (1, 1))).code == "withdrawn"
    assert [amount for _, _, amount in await entries(eu, order_id)] == [233]
    revision = await eu.desk.value("SELECT revision FROM orders")
    cheaper = SetShipping(shipping=[Charge(amount=usd(100))])

    [outcome] = await eu.desk.run(edit_orders, [EditOrder(order_id=order_id, revision=revision, changes=[cheaper])])

    assert outcome.code == "delivery_given_back"
    assert await eu.desk.value("SELECT revision FROM orders") == revision


async def test_after_shipping_goods_come_back_on_the_terms_of_the_law(eu: WithdrawalsDesk) -> None:
    """Whatever the channel says: no fee for restocking, no final sale, and the delivery comes back too."""
    terms = {"restocking_rate": Decimal("0.2"), "accepts_returns": False, "keep_outbound_shipping": True}
    shop = await eu.eu_shop(terms=terms)
    order_id = await eu.shipped(await an_order_of(eu, shop))
    assert (await eu.request(order_id, (1, 1))).code == "not_returnable"
    at(eu, MONDAY)

    said = await eu.said(order_id)

    assert said.details["lines"] == [{"line": 1, "quantity": 3, "cancelled": 0, "returned": 3}]
    assert (said.details["send_back_by"], said.details["refund_by"]) == (date(2031, 3, 17), date(2031, 3, 17))
    return_id = decode_id("ret", said.details["return_id"])
    assert await eu.desk.fetch("SELECT line_n, quantity, reason, restocking_rate FROM return_line") == [
        (1, 3, "withdrawal", 0)
    ]
    inspected = await eu.back_and_seen(return_id, shop.skus[0], 3)
    assert inspected.details == {"amount_minor": 6697, "state": "closed"}
    assert await eu.refunded(order_id) == 6697
    assert await eu.bank.balances(order_id) == {}


async def test_the_label_costs_what_the_channel_says_and_wear_costs_by_its_grade(eu: WithdrawalsDesk) -> None:
    shop = await eu.eu_shop(terms={"label_fee_minor": 450, "grade_rates": {"c": Decimal("0.5")}})
    order_id = await eu.shipped(await an_order_of(eu, shop, units=2))

    said = await eu.said(order_id)

    assert said.id is not None
    assert await eu.desk.value("SELECT label_fee_minor FROM withdrawal") == 450
    inspected = await eu.back_and_seen(await eu.return_of(said.id), shop.skus[0], 2, "c")
    assert inspected.details["amount_minor"] == 1999 + 700 - 450  # the half of two, and the delivery
    assert await eu.refunded(order_id) == 2249


async def test_a_way_back_without_a_label_costs_nothing(eu: WithdrawalsDesk) -> None:
    shop = await eu.eu_shop(terms={"label_fee_minor": 450, "methods": ["drop_off"]})
    order_id = await eu.shipped(await an_order_of(eu, shop))

    said = await eu.said(order_id)

    assert said.id is not None
    assert await eu.desk.fetch("SELECT method FROM customer_return") == [("drop_off",)]
    await eu.back_and_seen(await eu.return_of(said.id), shop.skus[0], 3)
    assert await eu.refunded(order_id) == 6697


async def test_of_an_express_delivery_the_standard_part_comes_back(eu: WithdrawalsDesk) -> None:
    """12.95 were paid; the least expensive delivery is 4.99, so 7.96 are kept."""
    shop = await eu.eu_shop(standard_shipping_minor=499)
    order_id = await eu.shipped(await an_order_of(eu, shop, shipping=1295))
    brought = []
    for _ in range(3):
        said = await eu.said(order_id, (1, 1), reference=f"c-{len(brought)}")
        assert said.id is not None, said
        seen = await eu.back_and_seen(await eu.return_of(said.id), shop.skus[0], 1)
        brought.append(seen.details["amount_minor"])

    assert brought == [1999 + 167, 1999 + 166, 1999 + 166]
    assert await eu.refunded(order_id) == 3 * 1999 + 499
    assert await eu.bank.balances(order_id) == {"shipping": -796, "captured": 796}


async def test_partial_withdrawals_before_shipping_bring_their_share_and_together_all_of_it(
    eu: WithdrawalsDesk,
) -> None:
    shop = await eu.eu_shop()
    order_id = await eu.paid(await an_order_of(eu, shop))

    # when one of three is withdrawn from, then the last share goes back, before anything else is known
    assert (await eu.said(order_id, (1, 1))).code == "withdrawn"
    assert await entries(eu, order_id) == [("shipping", "receivable", 233)]
    assert await eu.bank.due(order_id) == 6697 - 1999 - 233
    assert (await eu.said(order_id, (1, 1), reference="second")).code == "withdrawn"
    assert await eu.bank.due(order_id) == 1999 + 234
    # and when nothing is left, nothing is charged
    assert (await eu.said(order_id, (1, 1), reference="third")).code == "withdrawn"
    await eu.bank.work()
    assert await eu.bank.balances(order_id) == {}
    assert await eu.bank.sums(order_id) == [(6697, 6697, 0, 0)]


async def test_a_cancellation_of_the_rest_does_not_give_the_delivery_back_twice(eu: WithdrawalsDesk) -> None:
    shop = await eu.eu_shop()
    order_id = await eu.paid(await an_order_of(eu, shop))
    await eu.said(order_id, (1, 2))
    assert await entries(eu, order_id) == [("shipping", "receivable", 466)]

    assert (await eu.desk.cancel(order_id)).code == "cancelled"

    assert await entries(eu, order_id) == [("shipping", "receivable", 466), ("receivable", "shipping", 466)]
    await eu.bank.work()
    assert await eu.bank.balances(order_id) == {}


async def test_of_an_order_sent_in_two_parts_one_is_cancelled_and_one_comes_back(eu: WithdrawalsDesk) -> None:
    """Line 1 has left and line 2 waits for stock: together they bring all, the delivery to the cent."""
    shop = await eu.eu_shop(skus=2, stock=0)
    await eu.desk.receive(shop.skus[0], shop.locations[0], 5)
    lines = [a_line(shop.skus[0].code, 2), a_line(shop.skus[1].code, 1, 999)]
    fields = {"shipping": [Charge(amount=usd(501))], "total": usd(5498)}
    order = an_order(shop.channel.code, lines, **fields, payments=[await eu.bank.authorized(5498)])
    order_id = await eu.shipped(order)
    assert (await eu.desk.units(order_id))[2, 1] == {"backordered": 1}
    at(eu, MONDAY)
    await eu.delivered(order_id, MONDAY)
    # long after the delivery of the first part: the period has not begun, since the last goods are not there
    at(eu, MONDAY + timedelta(days=200))

    said = await eu.said(order_id)

    assert said.details["lines"] == [
        {"line": 1, "quantity": 2, "cancelled": 0, "returned": 2},
        {"line": 2, "quantity": 1, "cancelled": 1, "returned": 0},
    ]
    shares = await eu.desk.fetch("SELECT n, shipping_minor FROM order_line WHERE order_id = $1 ORDER BY n", order_id)
    assert [tuple(row) for row in shares] == [(1, 401), (2, 100)]
    assert await entries(eu, order_id) == [("shipping", "receivable", 100)]
    seen = await eu.back_and_seen(decode_id("ret", said.details["return_id"]), shop.skus[0], 2)
    assert seen.details == {"amount_minor": 2 * 1999 + 401, "state": "closed"}
    await eu.bank.work()
    assert await eu.bank.balances(order_id) == {}


async def test_what_has_not_left_goes_before_what_has(eu: WithdrawalsDesk) -> None:
    shop = await eu.eu_shop(stock=2)
    order_id = await eu.shipped(await an_order_of(eu, shop))
    assert (await eu.desk.units(order_id))[1, 1] == {"backordered": 1, "shipped": 2}

    first = await eu.said(order_id, (1, 2))

    assert first.details["lines"] == [{"line": 1, "quantity": 2, "cancelled": 1, "returned": 1}]
    assert await entries(eu, order_id) == [("shipping", "receivable", 233)]
    more = await eu.said(order_id, (1, 2), reference="again")
    assert (more.code, more.details) == ("exceeds_withdrawable", {"line": 1, "withdrawable": 1})


async def test_one_that_comes_too_late_is_kept_acknowledged_and_refused(eu: WithdrawalsDesk) -> None:
    """Delivered on Monday, 3 March: the last day is Monday, 17 March, in Berlin."""
    shop = await eu.eu_shop()
    order_id = await eu.shipped(await an_order_of(eu, shop))
    at(eu, MONDAY)
    await eu.delivered(order_id, MONDAY)
    at(eu, datetime(2031, 3, 17, 23, tzinfo=UTC))  # midnight there

    late = await eu.said(order_id)

    assert (late.code, late.ok) == ("withdrawal_closed", False)
    assert late.details["closed_on"] == date(2031, 3, 17)
    assert late.details["lines"] == [
        {"line": 1, "quantity": 3, "cancelled": 0, "returned": 0, "refused": "withdrawal_closed"}
    ]
    [row] = await eu.desk.fetch("SELECT id, code, received_at, refund_by, closes_on FROM withdrawal")
    assert tuple(row)[1:] == ("withdrawal_closed", eu.desk.ctx.now, None, date(2031, 3, 17))
    assert decode_id("wdr", late.details["withdrawal_id"]) == row["id"]
    assert (await eu.desk.events(order_id))[-1] == "order.withdrawal_refused"
    assert await eu.desk.counts("customer_return") == {"customer_return": 0}
    # asked again, the same one is answered
    again = await eu.said(order_id)
    assert again.details == late.details
    assert await eu.desk.counts("withdrawal") == {"withdrawal": 1}


async def test_it_is_in_time_until_the_end_of_the_last_day_there(eu: WithdrawalsDesk) -> None:
    shop = await eu.eu_shop()
    order_id = await eu.shipped(await an_order_of(eu, shop))
    at(eu, MONDAY)
    await eu.delivered(order_id, MONDAY)
    at(eu, datetime(2031, 3, 17, 22, 59, 59, tzinfo=UTC))

    assert (await eu.said(order_id)).code == "withdrawn"


async def test_saying_it_twice_is_harmless(eu: WithdrawalsDesk) -> None:
    shop = await eu.eu_shop()
    order_id = await eu.shipped(await an_order_of(eu, shop))
    first = await eu.said(order_id, (1, 1))

    again = await eu.said(order_id, (1, 1))

    assert (again.code, again.ok, again.id) == ("unchanged", True, first.id)
    assert again.details == {"received_at": first.details["received_at"]}
    assert await eu.desk.counts("withdrawal", "customer_return") == {"withdrawal": 1, "customer_return": 1}
    assert (await eu.said(order_id)).details["lines"] == [{"line": 1, "quantity": 2, "cancelled": 0, "returned": 2}]
    assert (await eu.said(order_id, reference="more")).code == "nothing_left"


async def test_from_what_is_exempt_there_is_no_right(eu: WithdrawalsDesk) -> None:
    shop = await eu.eu_shop()
    ring = await eu.desk.sku(attributes={"withdrawal_exempt": "custom_made"})
    await eu.desk.receive(ring, shop.locations[0], 5)
    order_id = await eu.shipped(await eu.bank.paid_order(shop.channel.code, [(shop.skus[0].code, 1), (ring.code, 1)]))

    exempt = await eu.said(order_id, (2, 1))
    assert (exempt.code, exempt.ok) == ("exempt", False)
    [line] = exempt.details["lines"]
    assert (line["refused"], line["exemption"]) == ("exempt", "custom_made")
    whole = await eu.said(order_id)

    assert whole.code == "withdrawn"
    assert whole.details["lines"] == [
        {"line": 1, "quantity": 1, "cancelled": 0, "returned": 1},
        {"line": 2, "quantity": 1, "cancelled": 0, "returned": 0, "refused": "exempt", "exemption": "custom_made"},
    ]
    assert await eu.desk.fetch("SELECT code FROM withdrawal ORDER BY id") == [("exempt",), ("withdrawn",)]


async def test_a_download_goes_with_an_order_that_is_cancelled_and_else_is_left_to_people(eu: WithdrawalsDesk) -> None:
    shop = await eu.eu_shop()
    code = shop.skus[0].code
    lines = [a_line(code, 1), a_line(code, 1, 500, delivery="digital")]
    order_id = await eu.paid(await eu.bank.paid_order(shop.channel.code, lines))
    sent_id = await eu.shipped(await eu.bank.paid_order(shop.channel.code, lines))

    whole = await eu.said(order_id)
    left = await eu.said(sent_id)
    alone = await eu.said(sent_id, (2, 1))

    assert whole.details["lines"][1] == {"line": 2, "quantity": 1, "cancelled": 1, "returned": 0}
    assert await eu.desk.status(order_id) == "cancelled"
    assert left.details["lines"][1] == {
        "line": 2, "quantity": 1, "cancelled": 0, "returned": 0, "refused": "no_goods",
    }  # fmt: skip
    assert alone.code == "no_goods"
    assert (await eu.desk.holds(order_id), await eu.desk.holds(sent_id)) == ([], ["withdrawal"])


async def test_what_cannot_be_understood_is_refused_and_not_kept(eu: WithdrawalsDesk) -> None:
    shop = await eu.eu_shop()
    order_id = await eu.paid(await an_order_of(eu, shop))
    other = await eu.desk.shop()
    abroad = await eu.desk.placed(an_order(other.channel.code, [(other.skus[0].code, 1)]))

    assert (await eu.said(new_id())).code == "order_not_found"
    assert (await eu.said(abroad)).code == "not_offered"
    assert (await eu.said(order_id, (1, 1), (1, 1))).code == "duplicate_line"
    assert (await eu.said(order_id, (2, 1))).code == "unknown_line"
    assert (await eu.said(order_id, (1, 4))).details == {"line": 1, "withdrawable": 3}
    twice = await eu.desk.run(withdraw_orders, [WithdrawOrder(order_id=order_id)] * 2)
    assert codes(twice) == ["withdrawn", "duplicate_in_batch"]
    assert await eu.desk.counts("withdrawal") == {"withdrawal": 1}


async def test_a_wholesale_order_is_no_consumers(eu: WithdrawalsDesk) -> None:
    shop = await eu.eu_shop()
    order_id = await eu.desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)], kind="wholesale"))

    assert (await eu.said(order_id)).code == "not_offered"


async def test_a_key_of_another_channel_does_not_see_the_order(eu: WithdrawalsDesk) -> None:
    shop = await eu.eu_shop()
    order_id = await eu.paid(await an_order_of(eu, shop))
    other = await eu.desk.shop()
    every = eu.desk.ctx

    eu.desk.ctx = replace(every, channels=frozenset({other.channel.id}))
    assert (await eu.said(order_id)).code == "order_not_found"
    eu.desk.ctx = replace(every, permissions=frozenset({"returns.read", "orders.cancel"}))
    with pytest.raises(PermissionDenied, match=r"returns\.write"):
        await eu.said(order_id)


async def test_a_kit_is_withdrawn_from_whole(eu: WithdrawalsDesk) -> None:
    shop = await eu.eu_shop(skus=2)
    cup, plate = shop.skus
    kit = await eu.desk.kit((cup, 2), (plate, 1))
    order = an_order(shop.channel.code, [a_line(kit.code, 2, 5000)], payments=[await eu.bank.authorized(10000)])
    order_id = await eu.paid(order)

    said = await eu.said(order_id, (1, 1))

    assert said.details["lines"] == [{"line": 1, "quantity": 1, "cancelled": 1, "returned": 0}]
    assert await eu.bank.due(order_id) == 5000
    units = await eu.desk.units(order_id)
    assert (units[1, 1]["cancelled"], units[1, 2]["cancelled"]) == (2, 1)


async def test_the_delivery_of_a_taxed_order_comes_back_with_its_tax(eu: WithdrawalsDesk) -> None:
    """Prices include 19 % of tax: 5.95 of delivery hold 0.95, of which the share of the last of two units is 0.47."""
    shop = await eu.eu_shop(standard_shipping_minor=None)
    vat = Tax(amount=usd(95), rate=Decimal("0.19"), name="VAT")
    order = an_order(
        shop.channel.code, [a_line(shop.skus[0].code, 2, 1190)], prices_include_tax=True, total=usd(2975),
        shipping=[Charge(amount=usd(595), taxes=[vat])], payments=[await eu.bank.authorized(2975)],
    )  # fmt: skip
    order_id = await eu.paid(order)

    await eu.said(order_id, (1, 1))

    assert await entries(eu, order_id) == [("shipping", "receivable", 297), ("tax", "tax_included", 47)]
    assert await eu.bank.due(order_id) == 2975 - 1190 - 297


async def test_a_partial_withdrawal_of_a_paid_order_is_refunded_while_the_rest_is_to_leave(
    eu: WithdrawalsDesk,
) -> None:
    shop = await eu.eu_shop()
    order = await an_order_of(eu, shop)
    order_id = await eu.shipped(order)
    at(eu, MONDAY)
    said = await eu.said(order_id, (1, 2))
    assert said.id is not None
    await eu.scan(await eu.return_of(said.id))
    await eu.back_and_seen(await eu.return_of(said.id), shop.skus[0], 2)

    assert await eu.refunded(order_id) == 2 * 1999 + 467  # the first two of 2.34, 2.33, 2.33
    assert await eu.bank.balances(order_id) == {"lines": -1999, "shipping": -233, "captured": 2232}


async def test_two_who_say_the_same_at_once_are_one(eu: WithdrawalsDesk) -> None:
    shop = await eu.eu_shop()
    order_id = await eu.shipped(await an_order_of(eu, shop))
    command = WithdrawOrder(order_id=order_id, lines=[WithdrawnLine(line=1, quantity=2)])

    both = await asyncio.gather(*(eu.desk.run(withdraw_orders, [command], audited=False) for _ in range(2)))

    assert sorted(outcome.code for [outcome] in both) == ["unchanged", "withdrawn"]
    assert len({outcome.id for [outcome] in both}) == 1
    assert await eu.desk.counts("withdrawal", "customer_return") == {"withdrawal": 1, "customer_return": 1}
    await eu.desk.audit()


async def test_what_comes_back_by_itself_and_by_a_withdrawal_brings_each_unit_once(eu: WithdrawalsDesk) -> None:
    """One unit is returned on the channel's terms, which keep the delivery; the others bring their shares of it."""
    shop = await eu.eu_shop()
    order_id = await eu.shipped(await an_order_of(eu, shop))
    plain = await eu.requested(order_id, (1, 1))
    assert (await eu.said(order_id, (1, 3))).details == {"line": 1, "withdrawable": 2}
    said = await eu.said(order_id)
    assert said.id is not None

    first = await eu.back_and_seen(plain, shop.skus[0], 1)
    rest = await eu.back_and_seen(await eu.return_of(said.id), shop.skus[0], 2)

    assert [first.details["amount_minor"], rest.details["amount_minor"]] == [1999, 2 * 1999 + 466]
    assert await eu.refunded(order_id) == 3 * 1999 + 466
    assert await eu.bank.balances(order_id) == {"shipping": -234, "captured": 234}


async def test_an_edit_of_the_rest_does_not_give_the_delivery_back_twice(eu: WithdrawalsDesk) -> None:
    shop = await eu.eu_shop()
    order_id = await eu.paid(await an_order_of(eu, shop))
    await eu.said(order_id, (1, 1))
    revision = await eu.desk.value("SELECT revision FROM orders")
    edit = EditOrder(order_id=order_id, revision=revision, changes=[RemoveLine(line=1)])

    [edited] = await eu.desk.run(edit_orders, [edit])

    assert edited.code == "edited", edited
    await eu.bank.work()
    assert await eu.bank.balances(order_id) == {}


async def test_a_location_that_was_closed_since_keeps_nobody_from_withdrawing(eu: WithdrawalsDesk) -> None:
    shop = await eu.eu_shop()
    order_id = await eu.shipped(await an_order_of(eu, shop))
    await eu.desk.run(close_locations, [CloseLocation(location=place.code) for place in shop.locations])

    named = await eu.said(order_id, location=shop.locations[0].code)
    assert (named.code, await eu.desk.counts("withdrawal")) == ("location_inactive", {"withdrawal": 0})
    assert (await eu.said(order_id)).code == "withdrawn"


async def test_what_was_said_is_meant_again_once_its_return_came_to_nothing(eu: WithdrawalsDesk) -> None:
    """Fault: "unchanged", while nothing was to come back any more."""
    shop = await eu.eu_shop()
    order_id = await eu.shipped(await an_order_of(eu, shop))
    first = await eu.said(order_id, (1, 3))
    assert first.id is not None
    assert (await eu.cancel(await eu.return_of(first.id))).code == "cancelled"

    second = await eu.said(order_id, (1, 3))
    assert (second.code, second.details["lines"][0]["returned"]) == ("withdrawn", 3)
    assert second.id is not None
    assert (await eu.close(await eu.return_of(second.id))).code == "closed"
    third = await eu.said(order_id, (1, 3))
    assert third.code == "withdrawn"
    assert third.id is not None
    return_id = await eu.return_of(third.id)
    await eu.back_and_seen(return_id, shop.skus[0], 1)
    assert (await eu.close(return_id)).code == "closed"

    assert (await eu.said(order_id, (1, 3))).code == "unchanged"
    assert await eu.desk.counts("withdrawal") == {"withdrawal": 3}


async def test_the_whole_order_is_what_is_left_of_it_by_now(eu: WithdrawalsDesk) -> None:
    """Fault: what was added since the first time was not withdrawn from."""
    shop = await eu.eu_shop()
    order_id = await eu.shipped(await an_order_of(eu, shop))
    parent = await eu.said(order_id)
    assert parent.id is not None
    return_id = await eu.return_of(parent.id)
    await eu.back_and_seen(return_id, shop.skus[0], 1)
    assert (await eu.said(order_id)).code == "unchanged"
    assert (await eu.close(return_id)).code == "closed"

    again = await eu.said(order_id)

    assert (again.code, again.details["lines"][0]["returned"]) == ("withdrawn", 2)
    assert (await eu.said(order_id)).code == "unchanged"


async def test_a_kit_of_which_a_part_has_left_is_kept_for_people(eu: WithdrawalsDesk) -> None:
    """Fault: "nothing is left", and what was said was kept nowhere."""
    shop = await eu.desk.shop(skus=2, locations=2)
    await eu.terms(shop.channel.code, withdrawal=WithdrawalTerms(enabled=True))
    for sku, at in zip(shop.skus, shop.locations, strict=True):
        await eu.desk.receive(sku, at, 5)
    kit = await eu.desk.kit((shop.skus[0], 1), (shop.skus[1], 2))
    order_id = await eu.paid(await eu.bank.paid_order(shop.channel.code, [(kit.code, 1)]))
    works = await eu.desk.fulfillments(order_id)
    assert len(works) == 2
    await eu.desk.pick(works[0].id)
    await eu.desk.pack(works[0].id)
    await eu.bank.work()
    assert await eu.desk.ship(works[0].id) == ["shipped"]

    whole, named = await eu.said(order_id), await eu.said(order_id, (1, 1))

    assert (whole.code, named.code) == ("no_goods", "no_goods")
    assert whole.details["lines"] == [{"line": 1, "quantity": 1, "cancelled": 0, "returned": 0, "refused": "no_goods"}]
    assert await eu.desk.counts("withdrawal") == {"withdrawal": 2}
    # the rest stays until somebody has decided; once all of it has left it may come back
    assert await eu.desk.holds(order_id) == ["withdrawal"]
    assert (await eu.desk.release_holds(order_id, "withdrawal")).code == "released"
    await eu.desk.pick(works[1].id)
    await eu.desk.pack(works[1].id)
    await eu.bank.work()
    assert await eu.desk.ship(works[1].id) == ["shipped"]
    assert (await eu.said(order_id)).details["lines"][0]["returned"] == 1


async def test_a_label_that_the_channel_does_not_offer_is_not_bought(eu: WithdrawalsDesk) -> None:
    """Fault: asked for, it was bought, and cost the consumer nothing."""
    shop = await eu.eu_shop(terms={"methods": ["drop_off"]})
    order_id = await eu.shipped(await an_order_of(eu, shop))

    assert (await eu.said(order_id, method="label")).code == "withdrawn"

    assert await eu.desk.fetch("SELECT method FROM customer_return") == [("drop_off",)]
    assert await eu.desk.queue("return_label") == set()
