"""Whatever happens to the returns of an order, in whatever order: no unit brings its money twice, and all of them
together bring the line, to the cent. Computed without a database."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from orderwright.orders import LineMoneyRow, OrderMoneyRow
from orderwright.payments import Charges
from orderwright.platform.clock import utc_now
from orderwright.platform.ids import UUID, new_id, new_ids
from orderwright.platform.outcomes import Outcome
from orderwright.returns import (
    Counted,
    Found,
    InspectedItem,
    OrderBook,
    PolicyOf,
    RequestedLine,
    RequestReturn,
    Return,
    ReturnState,
    ReturnTerms,
    SoldRow,
    charge_again,
    decide_credits,
    inspect,
    new_return,
    refuse_return,
    settle_state,
    take_in,
)

ORDER_ID, SKU_ID, AT = new_id(), new_id(), new_id()
MOMENTS = ["scan", "receipt", "inspection"]


def a_book(units: int, subtotal: int, discount: int, tax: int) -> OrderBook:
    """One line of so many units, all of which have left."""
    now = utc_now()
    line = LineMoneyRow(ORDER_ID, 1, units, subtotal + discount, discount, tax, 0, 0, 0)
    part = SoldRow(ORDER_ID, 1, 1, SKU_ID, 1, units, units, None, False, now, now, AT)
    return OrderBook(OrderMoneyRow(ORDER_ID, "USD", False, 0, 0, 0), {1: line}, {1: [part]}, {})


class Desk:
    """Drives one book; adds up what is given back."""

    def __init__(self, book: OrderBook, terms: ReturnTerms) -> None:
        self.book = book
        self.policy = PolicyOf(1, terms)
        self.given = Charges()

    def request(self, units: int) -> Return | None:
        """Announce units, or as many as may be."""
        units = min(units, self.book.returnable(1))
        lines = [RequestedLine(line=1, quantity=units)] if units else []
        if not lines:
            return None
        assert refuse_return(self.book, self.policy.terms, lines, "label", utc_now()) is None
        return new_return(self.book, self.policy, new_id(), AT, RequestReturn(order_id=ORDER_ID, lines=lines))

    def receive(self, one: Return, units: int) -> None:
        """A parcel."""
        if one.is_open:
            take_in(self.book, one, AT, [Counted(SKU_ID, "SKU", units)])
            self.credit(one)

    def scan(self, one: Return) -> None:
        """The carrier has it."""
        if one.state is ReturnState.REQUESTED:
            one.move_to(ReturnState.IN_TRANSIT)
            one.scanned_at = utc_now()
            self.credit(one)

    def look(self, one: Return, units: int, *, accepted: bool) -> None:
        """Somebody looks at units."""
        item = InspectedItem(sku="SKU", quantity=units, grade="a", accepted=accepted, disposition="scrap")
        rows = inspect(one, AT, [Found(item, SKU_ID)], new_ids(9))
        if not isinstance(rows, Outcome):
            self.credit(one)
            settle_state(self.book, one)

    def close(self, one: Return, *, waive: bool) -> None:
        """Nothing more will come."""
        if one.is_open and not one.uninspected:
            one.move_to(ReturnState.CLOSED)
            if not waive:
                self.add([c.worth for c in charge_again(self.book, one)])

    def credit(self, one: Return) -> None:
        """What is due now."""
        self.add([c.worth for c in decide_credits(self.book, one)])

    def add(self, worths: list[Charges]) -> None:
        """Add to what was given back, which is never more than the units that were credited carry."""
        for worth in worths:
            self.given = Charges(*(a + b for a, b in zip(self.given, worth, strict=True)))
        line, units = self.book.lines[1], self.book.credited(1)
        assert 0 <= units <= line.quantity
        assert self.given.lines <= line.subtotal_minor
        assert self.given.total(prices_include_tax=False) <= line.subtotal_minor - line.discount_minor + line.tax_minor
        for one in self.book.returns.values():
            for n in one.lines.values():
                assert min(n.lines_minor, n.discounts_minor, n.tax_minor, n.shipping_minor, n.fees_minor) >= 0
                assert n.lines_minor >= n.discounts_minor
        assert self.book.back(self.book.parts(1)[0]) <= line.quantity


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["request", "scan", "receive", "look", "refuse", "close", "waive"]),
        st.integers(0, 3),
        st.integers(1, 4),
    ),
    max_size=25,
)


@given(st.integers(1, 7), st.integers(0, 9_999), st.integers(0, 500), st.integers(0, 800), _STEPS,
       st.sampled_from(MOMENTS), st.sampled_from(["1", "0.5"]))  # fmt: skip
def test_no_unit_brings_its_money_twice(
    units: int, net: int, discount: int, tax: int, steps: list[tuple[str, int, int]], moment: str, rate: str
) -> None:
    desk = Desk(
        a_book(units, net, discount, tax),
        ReturnTerms(refund_on=moment, grade_rates={"a": Decimal(rate)}),  # type: ignore[arg-type]
    )
    for step, which, count in steps:
        known: list[UUID] = list(desk.book.returns)
        if step == "request" or not known:
            desk.request(count)
            continue
        one = desk.book.returns[known[which % len(known)]]
        if step == "scan":
            desk.scan(one)
        elif step == "receive":
            desk.receive(one, count)
        elif step in ("look", "refuse"):
            desk.look(one, count, accepted=step == "look")
        else:
            desk.close(one, waive=step == "waive")


@given(st.integers(1, 7), st.integers(0, 9_999), st.integers(0, 500), st.integers(0, 800),
       st.lists(st.integers(1, 3), max_size=7), st.sampled_from(MOMENTS), st.randoms())  # fmt: skip
def test_all_units_together_bring_the_line(
    units: int, net: int, discount: int, tax: int, sizes: list[int], moment: str, chance: st.DataObject
) -> None:
    desk = Desk(a_book(units, net, discount, tax), ReturnTerms(refund_on=moment))  # type: ignore[arg-type]
    made = [one for size in [*sizes, units] if (one := desk.request(size)) is not None]
    chance.shuffle(made)  # type: ignore[attr-defined]
    for one in made:
        wanted = one.lines[1].quantity
        desk.scan(one)
        desk.receive(one, wanted)
        desk.look(one, wanted, accepted=True)
        assert one.state is ReturnState.CLOSED
    assert desk.given == Charges(lines=net + discount, discounts=discount, tax=tax)
    assert desk.book.returnable(1) == 0
