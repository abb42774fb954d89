"""Taxes to the cent: by line, by order, on top and inside."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwright.payments.taxes import Rounding, TaxShare
from orderwright.payments.taxes.amounts import Portion, Rate, portions_along, round_half_up, tax_portions
from tests.payments.taxes.pages import amounts, ids, minor, percent, table

_ONE = table("prices", "price", "quantity", "discounts", "rates", "taxes", "net", "gross")
_ROUNDED = table("prices", "lines", "rate", "by line", "by order", "shares by order")


def rates_of(text: str) -> tuple[Rate, ...]:
    """`5 % + 9.5 % on all` as rates."""
    parts = text.split(" + ")
    return tuple(
        Rate(f"T{n}", percent(part.removesuffix("on all")), "X", part.endswith("on all"))
        for n, part in enumerate(parts)
    )


@pytest.mark.parametrize("row", _ONE, ids=ids)
def test_an_amount_is_taxed_as_the_page_says(row: dict[str, str]) -> None:
    price, currency = row["price"].split()
    amount = int(row["quantity"]) * minor(price, currency) - sum(amounts(row["discounts"], currency))
    inclusive = row["prices"] == "include"
    taxes = tax_portions([Portion("1", amount, rates_of(row["rates"]))], inclusive=inclusive)["1"]
    made = [tax.amount_minor for tax in taxes]
    assert made == amounts(row["taxes"], currency)
    net = amount - sum(made) if inclusive else amount
    assert (net, net + sum(made)) == (minor(row["net"], currency), minor(row["gross"], currency))


@pytest.mark.parametrize("row", _ROUNDED, ids=ids)
def test_rounding_per_line_and_per_order_differ_by_a_cent_saleor_12348_odoo_109628(row: dict[str, str]) -> None:
    parts = [part.split() for part in row["lines"].split(" + ")]
    currency = parts[0][1]
    rates = rates_of(row["rate"])
    portions = [Portion(f"{n}", minor(part[0], currency), rates) for n, part in enumerate(parts)]
    inclusive = row["prices"] == "include"
    found = {
        rounding: [
            sum(tax.amount_minor for tax in taxes)
            for taxes in tax_portions(portions, inclusive=inclusive, rounding=rounding).values()
        ]
        for rounding in Rounding
    }
    assert sum(found[Rounding.LINE]) == minor(row["by line"], currency)
    assert sum(found[Rounding.ORDER]) == minor(row["by order"], currency)
    assert found[Rounding.ORDER] == amounts(row["shares by order"], currency)


def test_portions_of_one_item_are_told_together_by_tax() -> None:
    high, low = Rate("MwSt", Decimal("0.19"), "DE"), Rate("MwSt", Decimal("0.07"), "DE")
    goods = [Portion("a", 6000, (high,)), Portion("b", 2000, (low,)), Portion("c", 2000, (high,))]
    shipping = portions_along("shipping", 499, goods)
    assert shipping == [Portion("shipping", 399, (high,)), Portion("shipping", 100, (low,))]
    taxes = tax_portions([*shipping, Portion("shipping", 100, (high,))], inclusive=False)
    assert taxes == {
        "shipping": [
            TaxShare("MwSt", Decimal("0.19"), 76 + 19, "DE"),
            TaxShare("MwSt", Decimal("0.07"), 7, "DE"),
        ]
    }


def test_taxes_of_one_name_and_rate_stay_apart_where_others_take_them() -> None:
    county, city = Rate("Local", Decimal("0.01"), "US-IL 606"), Rate("Local", Decimal("0.01"), "US-IL 60601")
    (shares,) = tax_portions([Portion("1", 150, (county, city))], inclusive=False).values()
    assert [(share.jurisdiction, share.amount_minor) for share in shares] == [("US-IL 606", 2), ("US-IL 60601", 2)]


def test_a_charge_of_nothing_and_one_without_goods() -> None:
    rate = (Rate("MwSt", Decimal("0.19"), "DE"),)
    assert portions_along("shipping", 0, [Portion("a", 6000, rate)]) == [Portion("shipping", 0, rate)]
    assert portions_along("shipping", 499, []) == []


def test_a_negative_amount_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        tax_portions([Portion("1", -1, ())], inclusive=False)


_RATES = st.decimals("0", "1", places=6)
_RATE_SETS = st.lists(
    st.lists(st.builds(Rate, st.sampled_from("ABC"), _RATES, st.none(), st.booleans()), max_size=3).map(tuple),
    min_size=1,
    max_size=3,
)


@st.composite
def portions_strategy(draw: st.DrawFn) -> list[Portion]:
    """Lines of an order, some of which share their rates."""
    sets = draw(_RATE_SETS)
    lines = draw(st.lists(st.tuples(st.integers(0, 10**9), st.sampled_from(sets)), min_size=1, max_size=8))
    return [Portion(f"{n}", amount, rates) for n, (amount, rates) in enumerate(lines)]


@given(portions_strategy(), st.booleans(), st.sampled_from(Rounding))
def test_shares_are_as_near_to_exact_as_rounding_allows(
    portions: list[Portion], inclusive: bool, rounding: Rounding
) -> None:
    """Half a unit where a line is rounded by itself. Where an order is, half a unit of its tax and less than one of
    sharing it."""
    each = Fraction(1, 2) if rounding is Rounding.LINE else Fraction(3, 2)
    taxes = tax_portions(portions, inclusive=inclusive, rounding=rounding)
    for portion in portions:
        simple = sum((Fraction(r.rate) for r in portion.rates if not r.compound), Fraction(0))
        whole = 1 + simple
        for rate in portion.rates:
            whole *= 1 + Fraction(rate.rate) if rate.compound else 1
        exact = portion.amount_minor * (whole - 1) / (whole if inclusive else 1)
        tax = sum(share.amount_minor for share in taxes[portion.key])
        assert tax >= 0
        assert abs(tax - exact) <= each * (1 if inclusive else len(portion.rates))
        if inclusive:
            assert tax <= portion.amount_minor  # net and tax make the gross, and neither is negative


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=20), _RATES, st.booleans())
def test_shares_sum_to_the_tax_of_the_order(lines: list[int], rate: Decimal, inclusive: bool) -> None:
    portions = [Portion(f"{n}", amount, (Rate("T", rate, "X"),)) for n, amount in enumerate(lines)]
    taxes = tax_portions(portions, inclusive=inclusive, rounding=Rounding.ORDER)
    exact = sum(lines) * Fraction(rate) / (1 + Fraction(rate) if inclusive else 1)
    assert sum(share.amount_minor for shares in taxes.values() for share in shares) == round_half_up(exact)


@given(st.integers(0, 10**12), _RATES)
def test_inclusive_net_and_tax_make_the_gross_and_the_net_is_the_nearest(gross: int, rate: Decimal) -> None:
    (tax,) = tax_portions([Portion("1", gross, (Rate("T", rate, "X"),))], inclusive=True)["1"]
    net = gross - tax.amount_minor
    assert abs(net - gross / (1 + Fraction(rate))) <= Fraction(1, 2)
