"""What units bring, computed without a database."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwright.orders import LineMoneyRow, OrderMoneyRow
from orderwright.payments import Charges
from orderwright.platform.ids import new_id
from orderwright.returns import ReturnTerms, worth_of
from orderwright.returns.worth import at_rate, fee_on

ORDER_ID = new_id()
ORDER = OrderMoneyRow(ORDER_ID, "USD", False, 1000, 300, 0)
KEEP, GIVE = ReturnTerms(), ReturnTerms(keep_outbound_shipping=False)
RATES = st.decimals(min_value=0, max_value=1, places=6)


def a_line(
    quantity: int, subtotal: int, discount: int = 0, tax: int = 0, charge_tax: int = 0, shipping: int = 0, fees: int = 0
) -> LineMoneyRow:
    return LineMoneyRow(ORDER_ID, 1, quantity, subtotal, discount, tax + charge_tax, charge_tax, shipping, fees)


def test_the_first_units_carry_the_odd_cents() -> None:
    line = a_line(3, 1000, 100, 80)
    assert [worth_of(ORDER, line, n, 1, KEEP) for n in range(3)] == [
        Charges(lines=334, discounts=34, tax=27),
        Charges(lines=333, discounts=33, tax=27),
        Charges(lines=333, discounts=33, tax=26),
    ]


def test_delivery_comes_back_with_its_own_tax_where_the_terms_say_so() -> None:
    """Of 1.30 of tax on 10.00 of shipping and 3.00 of fees, 1.00 is on shipping."""
    line = a_line(2, 4000, tax=401, charge_tax=130, shipping=1000, fees=300)
    assert worth_of(ORDER, line, 0, 2, KEEP) == Charges(lines=4000, tax=401)
    assert worth_of(ORDER, line, 0, 2, GIVE) == Charges(lines=4000, tax=501, shipping=1000)


@given(
    st.integers(1, 12),
    st.integers(0, 5000),
    st.integers(0, 5000),
    st.integers(0, 999),
    st.integers(0, 99),
    st.integers(0, 900),
    st.data(),
)
def test_any_parts_make_the_whole(
    quantity: int, net: int, discount: int, tax: int, charge_tax: int, shipping: int, data: st.DataObject
) -> None:
    line = a_line(quantity, net + discount, discount, tax, charge_tax, shipping, 77)
    cuts = sorted({0, quantity, *data.draw(st.sets(st.integers(0, quantity)))})
    parts = [worth_of(ORDER, line, a, b - a, GIVE) for a, b in itertools.pairwise(cuts)]
    total = Charges(*(sum(column) for column in zip(*parts, strict=True)))
    assert total == worth_of(ORDER, line, 0, quantity, GIVE)
    assert (total.lines, total.discounts, total.shipping) == (net + discount, discount, shipping)
    assert tax <= total.tax <= tax + charge_tax


@given(st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 999), RATES)
def test_a_share_is_never_more_than_the_whole(net: int, discount: int, tax: int, rate: Decimal) -> None:
    worth = Charges(lines=net + discount, discounts=discount, tax=tax)
    share = at_rate(worth, rate)
    assert 0 <= share.lines - share.discounts <= net
    assert 0 <= share.discounts <= discount
    assert 0 <= share.tax <= tax
    assert fee_on(worth, rate) == share.lines - share.discounts


@pytest.mark.parametrize(("rate", "brings"), [("0.5", 1000), ("0", 0), ("1", 1999), ("0.8", 1599)])
def test_shares_are_rounded_half_up(rate: str, brings: int) -> None:
    assert at_rate(Charges(lines=1999), Decimal(rate)).lines == brings
