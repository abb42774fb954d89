"""What becomes of taxes when an order changes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwright.payments.taxes import Place, TaxAnswer, TaxedKind, TaxedLine, TaxItem, TaxQuestion, TaxShare
from orderwright.payments.taxes.amounts import Portion, Rate, tax_portions
from orderwright.payments.taxes.as_placed import AsPlaced, assess_as_placed, own_taxes
from orderwright.payments.taxes.recompute import (
    RecomputedLine,
    TaxCharge,
    items_to_ask,
    recompute,
    tax_charges,
    taxes_by_line,
)
from tests.payments.taxes.pages import ids, minor, percent, table

_CHANGES = table(
    "prices", "quantity", "amount", "tax", "rates", "of it on shipping", "becomes quantity", "amount then", "tax then",
    "difference",
)  # fmt: skip
HIGH, LOW = Decimal("0.19"), Decimal("0.07")
BERLIN = Place("DE", None, "10115")


def a_line(key: str, amount: int, tax: int, rate: Decimal | None = HIGH, **rest: object) -> TaxedLine:
    return TaxedLine(key, amount_minor=amount, taxes=[TaxShare("MwSt", rate, tax)], **{"quantity": 1, **rest})  # type: ignore[arg-type]


def the_same(line: TaxedLine) -> TaxItem:
    return TaxItem(line.key, line.amount_minor, line.tax_class, line.quantity)


def a_question(items: list[TaxItem], placed: list[TaxedLine], *, inclusive: bool = False) -> TaxQuestion:
    return TaxQuestion("EUR", inclusive, BERLIN, BERLIN, date(2026, 5, 1), items, placed=placed)


@pytest.mark.parametrize("row", _CHANGES, ids=ids)
def test_a_changed_line_is_taxed_as_the_page_says(row: dict[str, str]) -> None:
    amount, currency = row["amount"].split()
    rate = None if row["rates"] == "unknown" else percent(row["rates"])
    line = TaxedLine(
        "1", int(row["quantity"]), minor(amount, currency), [TaxShare("T", rate, minor(row["tax"], currency))],
        charge_tax_minor=minor(row["of it on shipping"], currency),
    )  # fmt: skip
    quantity = int(row["becomes quantity"])
    after = [TaxItem("1", minor(row["amount then"], currency), quantity=quantity)] if quantity else []
    assert items_to_ask([line], after) == []
    (found,) = recompute([line], after, prices_include_tax=row["prices"] == "include")
    assert [tax.amount_minor for tax in found.taxes] == [minor(row["tax then"], currency)]
    assert found.difference_minor == minor(row["difference"], currency)


def test_unchanged_lines_keep_their_share_whatever_their_rate_would_make() -> None:
    lines = [a_line("1", 99, 19), a_line("2", 99, 18), a_line("3", 1000, 777)]
    after = [*map(the_same, lines)]
    assert recompute(lines, after, prices_include_tax=False) == [RecomputedLine(x.key, x.taxes, 0) for x in lines]


def test_a_new_line_is_asked_of_the_engine_and_others_are_not() -> None:
    lines = [a_line("1", 2000, 380), a_line("2", 500, 95)]
    after = [the_same(lines[0]), TaxItem("3", 1000)]
    asked = items_to_ask(lines, after)
    assert asked == [TaxItem("3", 1000)]
    with pytest.raises(KeyError):
        recompute(lines, after, prices_include_tax=False)
    answer = TaxAnswer({"3": [TaxShare("MwSt", LOW, 70, "DE")]})
    assert recompute(lines, after, answer, prices_include_tax=False) == [
        RecomputedLine("1", lines[0].taxes, 0),
        RecomputedLine("2", [TaxShare("MwSt", HIGH, 0)], -95),
        RecomputedLine("3", [TaxShare("MwSt", LOW, 70, "DE")], 70),
    ]


def test_another_address_asks_everything_and_keeps_the_tax_on_shipping() -> None:
    line = a_line("1", 2000, 475, charge_tax_minor=95)
    assert items_to_ask([line], [the_same(line)], everything=True) == [the_same(line)]
    answer = TaxAnswer({"1": [TaxShare("TVA", Decimal("0.20"), 400, "FR")]})
    (found,) = recompute([line], [the_same(line)], answer, prices_include_tax=False, everything=True)
    assert found == RecomputedLine("1", [TaxShare("TVA", Decimal("0.20"), 400, "FR"), TaxShare("MwSt", HIGH, 95)], 20)


def test_the_tax_on_shipping_is_told_from_that_of_the_goods_by_their_rates() -> None:
    """Food at 1 %, 100.00 of it; the line's share of the shipping, 10.00, at 6.25 %."""
    food, state = TaxShare("Food", Decimal("0.01"), 100), TaxShare("State", Decimal("0.0625"), 63)
    line = TaxedLine("1", 2, 10_000, [food, state], charge_tax_minor=63)
    assert own_taxes(line) == [100, 0]
    (found,) = recompute([line], [TaxItem("1", 5000)], prices_include_tax=False)
    assert [tax.amount_minor for tax in found.taxes] == [50, 63]
    # where no rate says so, all give in proportion
    assert own_taxes(line._replace(taxes=[food._replace(rate=None), state])) == [61, 39]


def test_a_line_too_small_for_its_tax_to_show_is_asked() -> None:
    small, free, taxed = TaxedLine("1", 1, 3), TaxedLine("2", 1, 0), a_line("3", 1000, 190)
    after = [TaxItem("1", 200, quantity=100), TaxItem("2", 500), the_same(taxed)]
    assert items_to_ask([small, free, taxed], after) == after[:2]
    assert items_to_ask([small, free, taxed], [*map(the_same, (small, free, taxed))]) == []


def test_a_line_without_tax_stays_without() -> None:
    exempt, taxed = TaxedLine("1", 1, 1000), a_line("2", 1000, 190)
    after = [TaxItem("1", 3000, quantity=3), the_same(taxed)]
    assert items_to_ask([exempt, taxed], after) == []
    assert recompute([exempt, taxed], after, prices_include_tax=False)[0] == RecomputedLine("1", [], 0)
    assert items_to_ask([TaxedLine("1", 1, 4), taxed], [TaxItem("1", 200), the_same(taxed)]) == []  # it would show
    assert items_to_ask([TaxedLine("1", 1, 2)], [TaxItem("1", 200)]) == []  # in an order without any tax


def test_several_taxes_of_a_line_go_each_by_its_rate() -> None:
    gst, qst = TaxShare("GST", Decimal("0.05"), 500), TaxShare("QST", Decimal("0.09975"), 998)
    line = TaxedLine("1", 2, 10_000, [gst, qst])
    (found,) = recompute([line], [TaxItem("1", 5000)], prices_include_tax=False)
    assert [tax.amount_minor for tax in found.taxes] == [250, 499]
    assert found.difference_minor == -749


def test_taxes_of_an_order_and_of_its_lines_are_the_same_thing_twice() -> None:
    charges = [
        TaxCharge("MwSt", HIGH, [380, 0, 19]),
        TaxCharge("MwSt", LOW, [0, 70, 1]),
        TaxCharge(None, None, [5, 5, 5]),
    ]
    by_line = taxes_by_line(charges, 3)
    assert by_line == [
        [TaxShare("MwSt", HIGH, 380), TaxShare(None, None, 5)],
        [TaxShare("MwSt", LOW, 70), TaxShare(None, None, 5)],
        [TaxShare("MwSt", HIGH, 19), TaxShare("MwSt", LOW, 1), TaxShare(None, None, 5)],
    ]
    assert sorted(tax_charges(by_line), key=str) == sorted(charges, key=str)


_AMOUNTS = st.integers(1, 10**9)


_STEPS = st.lists(st.integers(0, 1000), min_size=1, max_size=6)


@given(_AMOUNTS, st.integers(1, 1000), _STEPS, st.booleans(), st.decimals("0", "0.3", places=4))
def test_scaling_by_quantity_loses_nothing(
    unit: int, quantity: int, steps: list[int], inclusive: bool, rate: Decimal
) -> None:
    """Up and down by a line's own rate, each step from what the one before made, also over nothing: what was added and
    taken off on the way makes what the line is taxed then, and at the first quantity it is what it was."""
    placed = tax_portions([Portion("1", unit * quantity, (Rate("T", rate, "X"),))], inclusive=inclusive)["1"]
    line = TaxedLine("1", quantity, unit * quantity, placed)
    sum_of_differences = 0
    for step in [*steps, quantity]:
        (found,) = recompute([line], [TaxItem("1", unit * step, quantity=step)], prices_include_tax=inclusive)
        sum_of_differences += found.difference_minor
        line = TaxedLine("1", step, unit * step, found.taxes)
        exact = tax_portions([Portion("1", unit * step, (Rate("T", rate, "X"),))], inclusive=inclusive)["1"]
        assert line.taxes == exact
        assert sum_of_differences == exact[0].amount_minor - placed[0].amount_minor
    assert sum_of_differences == 0


@given(_AMOUNTS, st.integers(1, 1000), st.integers(0, 2000), st.integers(0, 10**8))
def test_without_a_rate_the_tax_goes_with_the_quantity(unit: int, quantity: int, then: int, tax: int) -> None:
    line = a_line("1", unit * quantity, tax, None, quantity=quantity)
    (found,) = recompute([line], [TaxItem("1", unit * then, quantity=then)], prices_include_tax=False)
    assert abs(found.taxes[0].amount_minor - Fraction(tax * then, quantity)) <= Fraction(1, 2)
    assert found.difference_minor == found.taxes[0].amount_minor - tax


@given(
    st.lists(st.tuples(_AMOUNTS, st.sampled_from([HIGH, LOW, None]), st.integers(0, 100)), min_size=1, max_size=6),
    st.data(),
)
def test_differences_make_the_whole(lines: list[tuple[int, Decimal | None, int]], data: st.DataObject) -> None:
    before = [
        a_line(f"{n}", amount, amount * 19 // 100 + on_charges, rate, charge_tax_minor=on_charges)
        for n, (amount, rate, on_charges) in enumerate(lines)
    ]
    after = [TaxItem(line.key, data.draw(_AMOUNTS)) for line in before if data.draw(st.booleans())] + [
        TaxItem("new", 5)
    ]
    answer = assess_as_placed(a_question(items_to_ask(before, after), before))
    found = recompute(before, after, answer, prices_include_tax=False)
    was = sum(tax.amount_minor for line in before for tax in line.taxes)
    will = sum(tax.amount_minor for line in found for tax in line.taxes)
    assert will - was == sum(line.difference_minor for line in found)
    charges = tax_charges([line.taxes for line in found])
    assert sum(sum(charge.shares_minor) for charge in charges) == will
    assert all(tax.amount_minor >= 0 for line in found for tax in line.taxes)
    kept = {line.key: line.charge_tax_minor for line in before}
    assert all(sum(t.amount_minor for t in line.taxes) >= kept.get(line.key, 0) for line in found)


def rates_given(placed: list[TaxedLine], item: TaxItem, *, inclusive: bool = False) -> list[tuple[Decimal | None, int]]:
    answer = assess_as_placed(a_question([item], placed, inclusive=inclusive))
    return [(tax.rate, tax.amount_minor) for tax in answer.taxes[item.key]]


async def test_as_placed_takes_the_rates_of_the_class_and_else_those_of_most_goods() -> None:
    placed = [a_line("1", 5000, 950), a_line("2", 3000, 210, LOW, tax_class="food"), a_line("3", 2500, 175, LOW)]
    assert rates_given(placed, TaxItem("new", 1000)) == [(LOW, 70)]
    assert rates_given(placed[:2], TaxItem("new", 1000, "food")) == [(LOW, 70)]
    assert rates_given(placed[:2], TaxItem("new", 1000, "books")) == [(HIGH, 190)]
    assert rates_given([], TaxItem("new", 1000)) == []
    assert rates_given([TaxedLine("1", 1, 900)], TaxItem("new", 1000, kind=TaxedKind.SHIPPING)) == []
    (answer,) = await AsPlaced().assess([a_question([TaxItem("new", 1000)], placed)])
    assert ([(note.code, note.keys) for note in answer.notes], answer.tax_minor) == ([("as_placed", ["new"])], 70)
    assert answer.item_tax_minor("new") == 70


def test_as_placed_without_rates_goes_by_what_the_tax_came_to() -> None:
    placed = [a_line("1", 3000, 250, None), a_line("2", 2000, 160 + 40, None, charge_tax_minor=40)]
    assert rates_given(placed, TaxItem("new", 1000)) == [(Decimal("0.082000"), 82)]
    gross = [a_line("1", 11_900, 1900, None)]
    assert rates_given(gross, TaxItem("new", 5950), inclusive=True) == [(Decimal("0.190000"), 950)]
    assert rates_given([a_line("1", 0, 0, None)], TaxItem("new", 1000)) == [(Decimal(0), 0)]
