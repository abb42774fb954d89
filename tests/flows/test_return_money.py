"""What comes back brings its money: to the cent, once, at the moment of the policy, where it came from."""

from __future__ import annotations

from decimal import Decimal

import pytest

from orderwright.orders.contract import Charge, Discount, Tax
from orderwright.payments import AskKind
from orderwright.payments.providers.builtin import Mode
from orderwright.platform.ids import UUID
from orderwright.returns import (
    RequestedLine,
)
from tests.builders.orders import a_line, an_order, usd
from tests.helpers.desk import Desk
from tests.helpers.returns import ReturnsDesk


@pytest.fixture
def back(desk: Desk) -> ReturnsDesk:
    return ReturnsDesk(desk)


async def test_partial_returns_in_any_order_add_up_to_the_line(back: ReturnsDesk) -> None:
    """10.00 off three at 33.34: 100.02 less 10.00 and 9.00 of tax, to the last cent."""
    shop = await back.desk.shop()
    sku = shop.skus[0]
    await back.desk.receive(sku, shop.locations[0], 9)
    lines = [a_line(sku.code, 3, 3334, discounts=[Discount(amount=usd(700)), Discount(amount=usd(300))],
                    taxes=[Tax(amount=usd(901))])]  # fmt: skip
    order = an_order(shop.channel.code, lines, total=usd(9903), payments=[await back.bank.authorized(9903)])
    order_id = await back.shipped(order)
    first, second = await back.requested(order_id, (1, 1)), await back.requested(order_id, (1, 2))

    # the later return is dealt with first
    await back.receive(second, (sku, 2))
    two = await back.inspect(second, sku, 2)
    await back.receive(first, (sku, 1))
    one = await back.inspect(first, sku, 1)

    assert two.details["amount_minor"] == 6668 - (334 + 333) + (301 + 300)
    assert one.details["amount_minor"] == 3334 - 333 + 300
    assert await back.booked(second) == [
        ("lines", "receivable", "return", 6668),
        ("receivable", "discounts", "return", 667),
        ("tax", "receivable", "return", 601),
    ]
    assert await back.refunded(order_id) == 9903
    assert await back.bank.balances(order_id) == {}


async def test_prices_with_tax_in_them(back: ReturnsDesk) -> None:
    """Two at 59.50 with 19.00 of tax in them: one brings 59.50, of which 9.50 was tax."""
    shop = await back.desk.shop()
    sku = shop.skus[0]
    await back.desk.receive(sku, shop.locations[0], 9)
    order = an_order(
        shop.channel.code, [a_line(sku.code, 2, 5950, taxes=[Tax(amount=usd(1900))])], prices_include_tax=True,
        shipping=[Charge(amount=usd(595), taxes=[Tax(amount=usd(95))])], total=usd(12495),
        payments=[await back.bank.authorized(12495)],
    )  # fmt: skip
    order_id = await back.shipped(order)
    await back.terms(shop.channel.code, keep_outbound_shipping=False, refund_on="receipt")
    one, other = await back.requested(order_id, (1, 1)), await back.requested(order_id, (1, 1))

    await back.receive(one, (sku, 1))
    # a half of 5.95 of shipping, the odd cent first, and of the 0.95 of tax in it
    assert await back.booked(one) == [
        ("lines", "receivable", "return", 5950),
        ("shipping", "receivable", "return", 298),
        ("tax", "tax_included", "return", 950 + 48),
    ]
    assert await back.refunded(order_id) == 6248
    await back.receive(other, (sku, 1))
    assert await back.refunded(order_id) == 12495
    assert await back.bank.balances(order_id) == {}


@pytest.mark.parametrize("moment", ["scan", "receipt", "inspection"])
async def test_money_goes_back_once_at_the_moment_of_the_policy(back: ReturnsDesk, moment: str) -> None:
    shop, order_id = await back.sale()
    await back.terms(shop.channel.code, refund_on=moment)
    return_id = await back.requested(order_id, (1, 2))

    seen = {}
    assert (await back.scan(return_id)).code == "scanned"
    seen["scan"] = await back.refunded(order_id)
    assert (await back.scan(return_id)).code == "unchanged"
    await back.receive(return_id, (shop.skus[0], 2))
    seen["receipt"] = await back.refunded(order_id)
    await back.inspect(return_id, shop.skus[0], 2)
    seen["inspection"] = await back.refunded(order_id)

    later = list(seen)[list(seen).index(moment) :]
    assert seen == {name: 3998 if name in later else 0 for name in seen}
    assert await back.state(return_id) == "closed"


@pytest.mark.parametrize(("waive", "refunded", "due"), [(False, 3998, 1999), (True, 3998, 0)])
async def test_what_was_refunded_on_scan_and_never_came_is_charged_again(
    back: ReturnsDesk, waive: bool, refunded: int, due: int
) -> None:
    shop, order_id = await back.sale()
    await back.terms(shop.channel.code, refund_on="scan")
    return_id = await back.requested(order_id, (1, 2))
    await back.scan(return_id)
    assert await back.refunded(order_id) == 3998
    await back.receive(return_id, (shop.skus[0], 1))
    await back.inspect(return_id, shop.skus[0], 1)

    await back.close(return_id, waive=waive)

    assert await back.refunded(order_id) == refunded
    assert await back.bank.due(order_id) == due
    # a unit that was waived is paid for: it cannot bring its money again
    assert (await back.request(order_id, (1, 3))).details["returnable"] == (1 if waive else 2)


async def test_a_worn_unit_brings_less_and_a_refused_one_nothing(back: ReturnsDesk) -> None:
    shop, order_id = await back.sale()
    sku, [at] = shop.skus[0], shop.locations
    await back.terms(shop.channel.code, grade_rates={"c": Decimal("0.5")})
    return_id = await back.requested(order_id, (1, 3))
    await back.receive(return_id, (sku, 3))

    worn = await back.inspect(return_id, sku, 1, "c", disposition="refurbish")
    assert worn.details == {"amount_minor": 1000, "state": "received"}  # half of 19.99, half a cent up
    refused = await back.inspect(return_id, sku, 1, "d", accepted=False, disposition="send_back")
    assert refused.details == {"amount_minor": 0, "state": "received"}
    assert (await back.inspect(return_id, sku, 2)).code == "not_received"
    scrapped = await back.inspect(return_id, sku, 1, "d")

    assert scrapped.details == {"amount_minor": 1999, "state": "closed"}
    assert await back.desk.stock(sku, at) == {"available": 17, "damaged": 1}
    assert await back.returned(order_id) == {(1, 1): 2}
    assert await back.refunded(order_id) == 2999
    assert await back.bank.due(order_id) == 0


async def test_units_are_refused_only_while_their_money_is_not_back(back: ReturnsDesk) -> None:
    shop, order_id = await back.sale()
    await back.terms(shop.channel.code, refund_on="receipt")
    return_id = await back.requested(order_id, (1, 1))
    await back.receive(return_id, (shop.skus[0], 1))

    assert (await back.inspect(return_id, shop.skus[0], 1, accepted=False)).code == "already_credited"
    assert (await back.inspect(return_id, shop.skus[0], 1, disposition="send_back")).code == "wrong_disposition"
    assert (await back.inspect(return_id, shop.skus[0], 1, disposition="return_to_vendor")).code == "inspected"
    assert await back.desk.stock(shop.skus[0], shop.locations[0]) == {"available": 17}


async def test_fees_are_kept_unless_the_reason_is_ours(back: ReturnsDesk) -> None:
    """15 percent of 39.98 and a label at 5.00 are kept; for a fault nothing is."""
    shop, order_id = await back.sale()
    await back.terms(shop.channel.code, restocking_rate=Decimal("0.15"), label_fee_minor=500, refund_on="receipt")
    quoted = await back.quote(order_id, (1, 2))
    assert quoted.details["payments"][0]["amount_minor"] == 2898

    return_id = await back.requested(order_id, (1, 2))
    await back.receive(return_id, (shop.skus[0], 2))
    assert await back.booked(return_id) == [
        ("lines", "receivable", "return", 3998), ("receivable", "fees", "return_fee", 600 + 500),
    ]  # fmt: skip
    assert await back.refunded(order_id) == 2898

    faulty = await back.requested(order_id, RequestedLine(line=1, quantity=1, reason="damaged"))
    await back.receive(faulty, (shop.skus[0], 1))
    assert await back.refunded(order_id) == 2898 + 1999
    assert await back.bank.balances(order_id) == {"captured": 1100, "fees": -1100}


async def test_a_quote_says_what_goes_back_where_and_why_not(back: ReturnsDesk) -> None:
    _, order_id = await back.sale()

    quoted = await back.quote(order_id, (1, 2), (7, 1))

    [payment] = await back.bank.payments(order_id)
    lines = quoted.details["lines"]
    assert {k: lines[0][k] for k in ("eligible", "refund_minor", "fee_minor", "tax_minor")} == {
        "eligible": True, "refund_minor": 3998, "fee_minor": 0, "tax_minor": 0,
    }  # fmt: skip
    assert (lines[1]["eligible"], lines[1]["code"], lines[1]["override"]) == (False, "unknown_line", False)
    assert quoted.details["total_minor"] == 3998
    assert [p["amount_minor"] for p in quoted.details["payments"]] == [3998]
    assert quoted.details["payments"][0]["payment_id"].startswith("pay_")
    assert payment.refunding_minor == 0
    assert "return.requested" not in await back.desk.events(order_id)


async def test_several_payments_are_given_back_in_their_order(back: ReturnsDesk) -> None:
    shop = await back.desk.shop()
    await back.desk.receive(shop.skus[0], shop.locations[0], 9)
    payments = [await back.bank.authorized(1000), await back.bank.authorized(2998)]
    order_id = await back.shipped(an_order(shop.channel.code, [(shop.skus[0].code, 2)], payments=payments))
    return_id = await back.requested(order_id, (1, 1))
    await back.receive(return_id, (shop.skus[0], 1))
    await back.inspect(return_id, shop.skus[0], 1)

    await back.refunded(order_id)

    assert [row[3] for row in await back.bank.sums(order_id)] == [1000, 999]


async def test_a_refund_that_fails_keeps_no_parcel_out(back: ReturnsDesk) -> None:
    shop, order_id = await back.sale()
    await back.terms(shop.channel.code, refund_on="scan")
    return_id = await back.requested(order_id, (1, 2))
    await back.bank.fails(AskKind.REFUND, Mode.DECLINE, code="refund_failed")
    await back.scan(return_id)
    await back.bank.work()
    assert await back.bank.due(order_id) == -3998

    assert (await back.receive(return_id, (shop.skus[0], 2))).code == "received"
    assert (await back.inspect(return_id, shop.skus[0], 2)).details == {"amount_minor": 0, "state": "closed"}
    await back.bank.work()
    assert await back.bank.due(order_id) == -3998
    assert list(await back.bank.listed()) == [order_id]


async def test_what_is_still_to_leave_keeps_its_authorization_and_what_came_back_is_refunded(back: ReturnsDesk) -> None:
    """20.00 left, came back and goes back; 10.01 is still to leave, and is captured when it does."""
    shop = await back.desk.shop(locations=2, skus=2)
    (first, second), (here, there) = shop.skus, shop.locations
    await back.desk.receive(first, here, 2)
    await back.desk.receive(second, there, 1)
    lines = [a_line(first.code, 2, 1000), a_line(second.code, 1, 1001)]
    order_id = await back.desk.placed(an_order(shop.channel.code, lines, payments=[await back.bank.authorized(3001)]))
    await back.bank.work()
    works = {work.location_id: work.id for work in await back.desk.fulfillments(order_id)}

    async def leave(at: UUID) -> None:
        await back.desk.pick(works[at])
        await back.desk.pack(works[at])
        await back.bank.work()
        assert await back.desk.ship(works[at]) == ["shipped"]
        await back.bank.work()

    await leave(here.id)
    return_id = await back.requested(order_id, (1, 2))
    await back.receive(return_id, (first, 2))
    await back.inspect(return_id, first, 2)
    assert await back.refunded(order_id) == 2000
    await leave(there.id)

    assert await back.bank.sums(order_id) == [(3001, 0, 3001, 2000)]
    assert await back.bank.due(order_id) == 0
