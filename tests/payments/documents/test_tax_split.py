"""Which tax is on what, where the order knows only each line's share of each tax."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwright.payments.documents.items import TaxPart
from orderwright.payments.documents.tax_split import TaxShare, own_taxes, parts_of

A, B = Decimal("0.19"), Decimal("0.07")


def shares(*amounts: int, rates: tuple[Decimal | None, ...] = (A, B)) -> list[TaxShare]:
    return [TaxShare("VAT", rate, amount) for rate, amount in zip(rates, amounts, strict=True)]


@pytest.mark.parametrize(
    ("given_shares", "own", "value", "inclusive", "expected"),
    [
        # 100.00 at 19 %, and half of the shipping's 0.48 at 19 % and 0.18 at 7 %
        (shares(1924, 9), 1900, 10000, False, [1900, 0]),
        # 100.00 at 7 %, and the other half
        (shares(24, 709), 700, 10000, False, [0, 700]),
        # the same with tax in the prices
        (shares(1621, 9), 1597, 10000, True, [1597, 0]),
        # nothing on shipping: all is the line's own
        (shares(1900, 700), 2600, 10000, False, [1900, 700]),
        # a line that is not taxed
        (shares(24, 9), 0, 10000, False, [0, 0]),
        # rates that do not come out: in proportion
        (shares(50, 50), 60, 10000, False, [30, 30]),
        (shares(80, 20, rates=(None, None)), 50, 10000, False, [40, 10]),
    ],
)
def test_a_lines_own_taxes_are_told_from_those_of_its_shipping(
    given_shares: list[TaxShare], own: int, value: int, inclusive: bool, expected: list[int]
) -> None:
    assert own_taxes(given_shares, own, value, inclusive=inclusive) == expected


@given(
    amounts=st.lists(st.tuples(st.sampled_from([None, A, B, Decimal(0)]), st.integers(0, 10**6)), max_size=4),
    part=st.floats(0, 1),
    value=st.integers(0, 10**7),
    inclusive=st.booleans(),
)
def test_nothing_is_lost_however_the_rates_are(
    amounts: list[tuple[Decimal | None, int]], part: float, value: int, inclusive: bool
) -> None:
    taxes = [TaxShare(None, rate, amount) for rate, amount in amounts]
    own = int(sum(amount for _, amount in amounts) * part)
    found = own_taxes(taxes, own, value, inclusive=inclusive)
    assert sum(found) == own
    assert all(0 <= mine <= tax.share_minor for mine, tax in zip(found, taxes, strict=True))
    net = max(0, value)
    parts = parts_of(taxes, found, net, split=True)
    assert sum(p.tax_minor for p in parts) == own


@pytest.mark.parametrize(
    ("rates", "amounts", "net", "expected"),
    [
        ((A, B), (48, 18), 500, [(A, 248, 48), (B, 252, 18)]),  # each on its part
        ((Decimal("0.06"), Decimal("0.02")), (300, 100), 5000,
         [(Decimal("0.06"), 5000, 300), (Decimal("0.02"), 5000, 100)]),  # a state's and a city's: on all
        ((A,), (95,), 700, [(A, 500, 95), (None, 200, 0)]),  # shipping of 5.00 taxed, a fee of 2.00 not
        ((A,), (95,), 500, [(A, 500, 95)]),
        ((None,), (95,), 500, [(None, 500, 95)]),
    ],
)  # fmt: skip
def test_on_how_much_of_the_shipping_each_tax_is(
    rates: tuple[Decimal | None, ...],
    amounts: tuple[int, ...],
    net: int,
    expected: list[tuple[Decimal | None, int, int]],
) -> None:
    taxes = [TaxShare("VAT", rate, 1) for rate in rates]
    found = parts_of(taxes, amounts, net, split=True)
    assert [(p.rate, p.base_minor, p.tax_minor) for p in found] == expected


def test_a_tax_of_nothing_is_said_by_its_name() -> None:
    zero = TaxShare("Reverse charge", Decimal(0), 0)
    assert parts_of([zero], [0], 500) == [TaxPart("Reverse charge", Decimal(0), 500, 0)]
    assert parts_of([], [], 500) == [TaxPart(None, None, 500, 0)]
