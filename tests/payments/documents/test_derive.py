"""Whatever happens to an order, its documents come to what is charged, and saying it again says nothing."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from orderwright.orders import LineMoneyRow, OrderMoneyRow
from orderwright.payments.accounts import Account
from orderwright.payments.documents.derive import Draft, Invoiced, Issued, derive
from orderwright.payments.documents.items import Item, TaxPart
from orderwright.payments.documents.tax_split import TaxShare
from orderwright.payments.shares import LineUnits, OrderUnits, charged, earned_minor
from orderwright.platform.ids import UUID, new_id
from orderwright.platform.money import prorate

ORDER = new_id()
RATES = (Decimal("0.19"), Decimal("0.07"))


@st.composite
def orders(draw: st.DrawFn) -> tuple[OrderMoneyRow, list[LineMoneyRow], dict[int, list[TaxShare]]]:
    """An order of up to four lines with odd cents everywhere, of prices with tax or without it."""
    inclusive = draw(st.booleans())
    count = draw(st.integers(1, 4))
    subtotals = [draw(st.integers(0, 9_999)) for _ in range(count)]
    shipping, fees = draw(st.integers(0, 999)), draw(st.integers(0, 99))
    charge_tax = draw(st.integers(0, (shipping + fees) // 6))
    on_charges, by_line = prorate(charge_tax, subtotals), prorate(shipping, subtotals)
    fee_shares = prorate(fees, subtotals)
    lines, taxes = [], {}
    for n, subtotal in enumerate(subtotals, 1):
        discount = draw(st.integers(0, subtotal))
        own = draw(st.integers(0, (subtotal - discount) // 6))
        lines.append(
            LineMoneyRow(ORDER, n, draw(st.integers(1, 5)), subtotal, discount, own + on_charges[n - 1],
                         on_charges[n - 1], by_line[n - 1], fee_shares[n - 1])
        )  # fmt: skip
        first, second = prorate(own + on_charges[n - 1], [3, 1])
        taxes[n] = [TaxShare("VAT", RATES[0], first), TaxShare("VAT", RATES[1], second)]
    return OrderMoneyRow(ORDER, "EUR", inclusive, shipping, fees, draw(st.integers(0, 2))), lines, taxes


def gross(issued: list[Issued]) -> int:
    signs = {"invoice": 1, "credit_note": -1, "receipt": 0}
    return sum(signs[document.kind] * item.gross_minor for document in issued for item in document.items.values())


def issue(order: Invoiced, issued: list[Issued]) -> list[Draft]:
    drafts = derive(order, issued)
    issued += [Issued(new_id(), draft.kind, draft.items) for draft in drafts]
    assert derive(order, issued) == []
    return drafts


def ledger(units: OrderUnits, allowance: int) -> dict[Account, int]:
    """What the accounts stand at."""
    now = charged(units)
    included = now.tax if units.order.prices_include_tax else 0
    return {
        Account.LINES: -now.lines, Account.SHIPPING: -now.shipping, Account.FEES: -now.fees,
        Account.DISCOUNTS: now.discounts, Account.TAX: -now.tax, Account.TAX_INCLUDED: included,
        Account.ROUNDING: -now.rounding, Account.ALLOWANCES: allowance,
    }  # fmt: skip


@given(made=orders(), steps=st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=12), placement=st.booleans())
def test_documents_come_to_what_is_charged_and_what_has_left(
    made: tuple[OrderMoneyRow, list[LineMoneyRow], dict[int, list[TaxShare]]],
    steps: list[tuple[int, bool]],
    placement: bool,
) -> None:
    """Units leave or are cancelled one after the other, in any order of lines."""
    order, lines, taxes = made
    left, cancelled = [0] * len(lines), [0] * len(lines)
    issued: list[Issued] = []
    for which, ships in [(0, None), *steps]:
        i = which % len(lines)
        if ships is not None and left[i] + cancelled[i] < lines[i].quantity:
            (left if ships else cancelled)[i] += 1
        counted = [LineUnits(line, c, out) for line, c, out in zip(lines, cancelled, left, strict=True)]
        still_open = any(u.cancelled + u.left < u.line.quantity for u in counted)
        units = OrderUnits(order, counted, still_open)
        state = Invoiced("placement" if placement else "shipment", False, units, taxes, ledger(units, 0), [])
        drafts = issue(state, issued)
        all_of_it = charged(units).total(prices_include_tax=order.prices_include_tax)
        assert gross(issued) == (all_of_it if placement else earned_minor(units))
        for draft in drafts:
            for item in draft.items.values():
                assert sum(tax.tax_minor for tax in item.taxes) == item.tax_minor
    assert {document.kind for document in issued} <= {"invoice", "credit_note"}


@given(made=orders(), allowance=st.integers(0, 20_000))
def test_what_is_given_up_is_credited_once_as_much_is_invoiced(
    made: tuple[OrderMoneyRow, list[LineMoneyRow], dict[int, list[TaxShare]]], allowance: int
) -> None:
    order, lines, taxes = made
    units = OrderUnits(order, [LineUnits(line, 0, line.quantity) for line in lines], open_units=False)
    total = charged(units).total(prices_include_tax=order.prices_include_tax)
    issued: list[Issued] = []
    issue(Invoiced("shipment", False, units, taxes, ledger(units, 0), []), issued)
    issue(Invoiced("shipment", False, units, taxes, ledger(units, allowance), []), issued)
    assert gross(issued) == (total - allowance if allowance <= total else total)


def test_what_is_returned_is_credited_with_its_tax() -> None:
    """One of two lamps at 5.00 and 19 % comes back: the ledger says 5.00 and 0.95."""
    line = LineMoneyRow(ORDER, 1, 2, 1000, 0, 190, 0, 0, 0)
    units = OrderUnits(OrderMoneyRow(ORDER, "EUR", False, 0, 0, 0), [LineUnits(line, 0, 2)], open_units=False)
    taxes = {1: [TaxShare("VAT", RATES[0], 190)]}
    issued: list[Issued] = []
    issue(Invoiced("shipment", False, units, taxes, ledger(units, 0), []), issued)
    after = {**ledger(units, 0), Account.LINES: -500, Account.TAX: -95}

    [draft] = issue(Invoiced("shipment", False, units, taxes, after, []), issued)

    assert draft.kind == "credit_note"
    assert draft.items == {("allowance", 0): Item(0, 500, 95, [TaxPart("VAT", RATES[0], 500, 95)])}


def test_a_credit_note_refers_to_the_newest_invoice_that_has_the_line() -> None:
    """Two lines on two invoices, both of which are reduced at once: a credit note each."""
    lines = [LineMoneyRow(ORDER, n, 2, 1000, 0, 0, 0, 0, 0) for n in (1, 2)]
    order = OrderMoneyRow(ORDER, "EUR", True, 0, 0, 0)

    def state(*left: int, cancelled: int = 0) -> Invoiced:
        counted = [LineUnits(line, cancelled, out) for line, out in zip(lines, left, strict=True)]
        units = OrderUnits(order, counted, open_units=not cancelled)
        return Invoiced("shipment", False, units, {1: [], 2: []}, ledger(units, 0), [])

    issued: list[Issued] = []
    issue(state(1, 0), issued)
    issue(state(1, 1), issued)
    first, second = (document.id for document in issued)
    drafts = issue(state(0, 0, cancelled=2), issued)
    assert [(d.kind, d.refers_to, list(d.items)) for d in drafts] == [
        ("credit_note", first, [("line", 1)]),
        ("credit_note", second, [("line", 2)]),
    ]
    assert isinstance(first, UUID)
    assert gross(issued) == 0
