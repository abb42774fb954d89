"""Does the money of an order add up, and does proration lose nothing: to the cent, by exact values (law M2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwright.orders.contract import Amount, Charge, Discount, Line, PlaceOrder, SignedAmount, Tax, UnitPrice
from orderwright.orders.errors import Refusal
from orderwright.orders.pricing import PricedCharge, PricedOrder, price_order, subtotal_minor
from tests.builders.orders import an_order


def usd(amount: int) -> Amount:
    return Amount(amount, "USD")


def line(quantity: int, price: int | Decimal, **fields: Any) -> Line:
    return Line(sku="A", quantity=quantity, unit_price=UnitPrice(price, "USD"), **fields)


def off(amount: int, code: str | None = None) -> Discount:
    return Discount(amount=usd(amount), code=code)


def tax(amount: int, name: str = "VAT", rate: str | None = "0.19") -> Tax:
    return Tax(amount=usd(amount), name=name, rate=Decimal(rate) if rate else None)


def order(lines: list[Line], total: int, **fields: Any) -> PlaceOrder:
    return an_order("web", lines, total=usd(total), **fields)


def priced(lines: list[Line], total: int, **fields: Any) -> PricedOrder:
    result = price_order(order(lines, total, **fields))
    assert isinstance(result, PricedOrder)
    return result


def test_lines_alone() -> None:
    result = priced([line(2, 1999), line(1, 501)], 4499)

    assert result == PricedOrder(
        subtotals_minor=[3998, 501],
        charge_taxes_minor=[0, 0],
        charges=[],
        lines_minor=4499,
        shipping_minor=0,
        fees_minor=0,
        discount_minor=0,
        tax_minor=0,
        rounding_minor=0,
        total_minor=4499,
        difference_minor=0,
    )
    assert result.shares()["tax"] == [0, 0]


def test_tax_adds_to_the_total_where_prices_exclude_it() -> None:
    result = priced([line(1, 1000, taxes=[tax(190)])], 1190)
    assert (result.tax_minor, result.difference_minor) == (190, 0)


def test_tax_is_inside_the_total_where_prices_include_it() -> None:
    result = priced([line(1, 1190, taxes=[tax(190)])], 1190, prices_include_tax=True)
    assert (result.tax_minor, result.difference_minor) == (190, 0)


def test_a_wrong_total_is_told_by_how_much() -> None:
    assert priced([line(1, 1000)], 1001).difference_minor == 1
    assert priced([line(1, 1000)], 990).difference_minor == -10


def test_the_rounding_line_counts() -> None:
    result = priced([line(1, 998)], 1000, rounding=SignedAmount(2, "USD"))
    assert (result.rounding_minor, result.difference_minor) == (2, 0)
    assert priced([line(1, 1002)], 1000, rounding=SignedAmount(-2, "USD")).difference_minor == 0


def test_an_order_discount_is_shared_by_largest_remainder_and_ties_go_to_the_earlier_line() -> None:
    # 100 over three equal lines: 33.3 each, the odd cent to the first
    result = priced([line(1, 500), line(1, 500), line(1, 500)], 1400, discounts=[off(100, "TEN")])
    assert result.charges == [PricedCharge("discount", "TEN", None, None, 100, [34, 33, 33])]

    # 101 over 500, 500, 500: 33.67 each, two odd cents to the first two
    result = priced([line(1, 500), line(1, 500), line(1, 500)], 1399, discounts=[off(101)])
    assert result.shares()["discount"] == [34, 34, 33]

    # 10 over 1, 2, 4 of 7: 1.43, 2.86, 5.71: the largest remainders are the second's and the third's
    result = priced([line(1, 1), line(1, 2), line(1, 4)], 7, discounts=[off(7)], fees=[Charge(amount=usd(7))])
    assert result.shares()["discount"] == [1, 2, 4]
    result = priced([line(1, 10), line(1, 20), line(1, 40)], 60, discounts=[off(10)])
    assert result.shares()["discount"] == [1, 3, 6]


def test_an_order_discount_is_shared_by_what_line_discounts_left() -> None:
    result = priced([line(1, 1000, discounts=[off(1000, "GIFT")]), line(1, 1000)], 900, discounts=[off(100, "ORDER")])
    assert result.charges == [
        PricedCharge("discount", "GIFT", None, None, 1000, [1000, 0]),
        PricedCharge("discount", "ORDER", None, None, 100, [0, 100]),
    ]
    assert result.shares()["discount"] == [1000, 100]


def test_several_order_discounts_are_shared_one_after_the_other() -> None:
    result = priced([line(1, 300), line(1, 100)], 200, discounts=[off(100, "A"), off(100, "B")])
    assert [charge.shares_minor for charge in result.charges] == [[75, 25], [75, 25]]
    assert result.discount_minor == 200


def test_line_discounts_of_one_code_are_one_charge() -> None:
    result = priced([line(1, 500, discounts=[off(50, "LOYAL")]), line(1, 500, discounts=[off(25, "LOYAL")])], 925)
    assert result.charges == [PricedCharge("discount", "LOYAL", None, None, 75, [50, 25])]


def test_two_discounts_of_one_code_on_one_line_add_up() -> None:
    result = priced([line(1, 500, discounts=[off(50, "X"), off(30, "X")])], 420)
    assert result.charges == [PricedCharge("discount", "X", None, None, 80, [80])]


@pytest.mark.parametrize(
    ("lines", "discounts"),
    [
        ([line(1, 500, discounts=[off(501)]), line(1, 500)], []),
        ([line(1, 500, discounts=[off(300, "A"), off(300, "B")]), line(1, 500)], []),
        ([line(1, 500)], [off(501)]),
        ([line(1, 500, discounts=[off(100)])], [off(401)]),
        ([line(1, 500)], [off(300), off(300)]),
    ],
)
def test_discounts_larger_than_what_they_reduce_are_refused(lines: list[Line], discounts: list[Discount]) -> None:
    assert price_order(order(lines, 0, discounts=discounts)) == Refusal("discount_exceeds_lines", {})


def test_discounts_may_take_all() -> None:
    assert priced([line(1, 500)], 0, discounts=[off(500)]).difference_minor == 0


def test_shipping_and_fees_are_shared_by_subtotal_with_their_taxes() -> None:
    shipping = Charge(amount=usd(599), code="STANDARD", name="Standard", taxes=[tax(114)])
    fee = Charge(amount=usd(100), code="GIFT", taxes=[tax(19)])
    result = priced([line(1, 3000), line(1, 1000)], 4832, shipping=[shipping], fees=[fee])
    assert result.charges == [
        PricedCharge("shipping", "STANDARD", "Standard", None, 599, [449, 150]),
        PricedCharge("fee", "GIFT", None, None, 100, [75, 25]),
        PricedCharge("tax", None, "VAT", Decimal("0.19"), 133, [100, 33]),
    ]
    assert (result.shipping_minor, result.fees_minor, result.tax_minor, result.difference_minor) == (599, 100, 133, 0)


def test_taxes_of_one_name_and_rate_are_one_charge_wherever_they_were_charged() -> None:
    result = priced(
        [line(1, 1000, taxes=[tax(190)]), line(1, 1000, taxes=[tax(70, rate="0.07")])],
        2460,
        taxes=[tax(100)],
        shipping=[Charge(amount=usd(100))],
    )
    assert [c for c in result.charges if c.kind == "tax"] == [
        PricedCharge("tax", None, "VAT", Decimal("0.19"), 290, [240, 50]),
        PricedCharge("tax", None, "VAT", Decimal("0.07"), 70, [0, 70]),
    ]
    assert result.difference_minor == 0


def test_shipping_of_free_goods_is_shared_evenly() -> None:
    result = priced([line(1, 0), line(3, 0)], 599, shipping=[Charge(amount=usd(599))])
    assert result.shares()["shipping"] == [300, 299]


@pytest.mark.parametrize(
    ("quantity", "price", "subtotal"),
    [
        (3, Decimal("0.5"), 2),  # 1.5
        (1, Decimal("0.5"), 1),
        (1, Decimal("0.4999"), 0),
        (3, Decimal("33.333333"), 100),  # 99.999999
        (200, Decimal("1999.5"), 399_900),
        (7, Decimal("0.07"), 0),  # 0.49
        (1_000_000, Decimal("0.000001"), 1),
        (5, 1999, 9995),
    ],
)
def test_prices_finer_than_a_cent_round_half_up_once_a_line(quantity: int, price: int | Decimal, subtotal: int) -> None:
    assert subtotal_minor(quantity, UnitPrice(price, "USD")) == subtotal


@pytest.mark.parametrize("price", ["NaN", "sNaN", "Infinity", "-Infinity", "-0.01", "1e40", "1000000000000001"])
def test_an_impossible_unit_price_is_refused_and_does_not_fail_its_neighbours(price: str) -> None:
    body = msgspec.json.encode({"amount": price, "currency": "USD"})
    bad = Line(sku="A", quantity=1, unit_price=msgspec.json.decode(body, type=UnitPrice))
    sent = msgspec.structs.replace(order([line(1, 100)], 100), lines=[line(1, 100), bad])
    assert price_order(sent) == Refusal("amount_out_of_range", {"field": "lines[1].unit_price"})


@pytest.mark.parametrize("rate", ["NaN", "sNaN", "Infinity", "-0.1", "1000"])
@pytest.mark.parametrize("where", ["line", "order", "shipping", "fee"])
def test_an_impossible_tax_rate_is_refused(rate: str, where: str) -> None:
    bad = tax(1, rate=rate)
    fields: dict[str, Any] = {
        "line": {"lines": [line(1, 100, taxes=[bad])]},
        "order": {"taxes": [bad]},
        "shipping": {"shipping": [Charge(amount=usd(0), taxes=[bad])]},
        "fee": {"fees": [Charge(amount=usd(0), taxes=[bad])]},
    }[where]
    lines = fields.pop("lines", [line(1, 100)])
    result = price_order(order(lines, 101, **fields))
    assert isinstance(result, Refusal)
    assert result.code == "amount_out_of_range"


def test_sums_that_the_books_cannot_hold_are_refused() -> None:
    huge = line(1_000_000, 10**15)
    assert price_order(order([huge], 10**15)) == Refusal("amount_out_of_range", {"field": "total"})


amounts = st.integers(0, 10_000)


@given(
    prices=st.lists(st.tuples(st.integers(1, 50), amounts), min_size=1, max_size=8),
    shipping=st.lists(amounts, max_size=3),
    taxes=st.lists(amounts, max_size=3),
    part=st.fractions(0, 1),
    inclusive=st.booleans(),
)
def test_proration_loses_nothing(
    prices: list[tuple[int, int]], shipping: list[int], taxes: list[int], part: Any, inclusive: bool
) -> None:
    """Whatever is charged: the shares of each charge sum to it, and lines with their shares make the total."""
    lines = [line(quantity, price) for quantity, price in prices]
    goods = sum(quantity * price for quantity, price in prices)
    discount = int(goods * part)
    total = goods - discount + sum(shipping) + (0 if inclusive else sum(taxes))

    result = priced(
        lines,
        total,
        discounts=[off(discount)] if discount else [],
        shipping=[Charge(amount=usd(amount)) for amount in shipping],
        taxes=[tax(amount) for amount in taxes],
        prices_include_tax=inclusive,
    )

    assert result.difference_minor == 0
    for charge in result.charges:
        assert sum(charge.shares_minor) == charge.amount_minor
        assert min(charge.shares_minor) >= 0
    shares = zip(
        result.subtotals_minor,
        result.shares()["discount"],
        result.shares()["shipping"],
        result.shares()["tax"],
        strict=True,
    )
    by_line = [subtotal - less + ship + (0 if inclusive else taxed) for subtotal, less, ship, taxed in shares]
    assert sum(by_line) == total
    assert all(
        less <= subtotal for subtotal, less in zip(result.subtotals_minor, result.shares()["discount"], strict=True)
    )
