"""Whatever is claimed and returned of a line, in whatever order: no unit brings its money twice. And what a claim comes
to, to the cent. Computed without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwright.orders import LineMoneyRow, OrderMoneyRow
from orderwright.orders.contract import Amount
from orderwright.payments import Account, Charges, Entry
from orderwright.platform.ids import UUID, new_id
from orderwright.platform.outcomes import Outcome
from orderwright.returns import (
    Cause,
    Claim,
    ClaimedLine,
    OpenClaim,
    OrderBook,
    RejectClaim,
    ResolveClaim,
    ReturnTerms,
    SentRow,
    SoldRow,
    entries_of_claim,
    find_cause,
    new_claim,
    propose_party,
    refuse_open,
    refuse_resolve,
    reject,
    resolve,
)
from tests.returns.test_books import AT, MOMENTS, ORDER_ID, SKU_ID, Desk, a_book

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NOBODY = Cause("unknown", None, None, None)


# ---- claims and returns of the same units ----


class ClaimDesk(Desk):
    """Drives claims of the book, too."""

    def claim(self, kind: Any, units: int) -> Claim | None:
        """Claim units, or as many as may be."""
        units = min(units, self.book.claimable(1, kind))
        if not units:
            return None
        command = OpenClaim(order_id=ORDER_ID, kind=kind, lines=[ClaimedLine(line=1, quantity=units)])
        assert refuse_open(self.book, command) is None
        return new_claim(self.book, new_id(), command, NOBODY)

    def resolve(self, claim: Claim, how: Any) -> None:
        """Refund or send again, unless units came back meanwhile."""
        command = ResolveClaim(claim_id=claim.id, resolution=how, with_shipping=False)
        if refuse_resolve(self.book, claim, command) is None:
            self.add([c.worth for c in resolve(self.book, claim, command, None if how == "refund" else new_id())])


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["request", "scan", "receive", "look", "refuse", "close", "lost", "damaged", "missing", "refund", "reship",
             "reject"]
        ),
        st.integers(0, 3),
        st.integers(1, 4),
    ),
    max_size=30,
)  # fmt: skip


@given(st.integers(1, 7), st.integers(1, 9_999), st.integers(0, 500), st.integers(0, 800), _STEPS,
       st.sampled_from(MOMENTS))  # fmt: skip
def test_no_unit_brings_its_money_twice(
    units: int, net: int, discount: int, tax: int, steps: list[tuple[str, int, int]], moment: str
) -> None:
    desk = ClaimDesk(a_book(units, net, discount, tax), ReturnTerms(refund_on=moment))  # type: ignore[arg-type]
    for what, which, count in steps:
        returns, claims = list(desk.book.returns.values()), list(desk.book.claims.values())
        if what == "request":
            desk.request(count)
        elif what in ("lost", "damaged", "missing"):
            desk.claim(what, count)
        elif what in ("refund", "reship") and claims:
            desk.resolve(claims[which % len(claims)], what)
        elif what == "reject" and claims:
            claim = claims[which % len(claims)]
            reject(claim, RejectClaim(claim_id=claim.id))
        elif returns:
            one = returns[which % len(returns)]
            if what == "scan":
                desk.scan(one)
            elif what == "receive":
                desk.receive(one, count)
            elif what in ("look", "refuse"):
                desk.look(one, count, accepted=what == "look")
            elif what == "close":
                desk.close(one, waive=False)
        settled = sum(n.credited + n.replaced for c in desk.book.claims.values() for n in c.lines.values())
        credited_by_claims = sum(n.credited for c in desk.book.claims.values() for n in c.lines.values())
        assert settled <= units
        assert desk.book.turned_up(1) <= credited_by_claims
        assert desk.book.claimable(1, "lost") <= desk.book.returnable(1) <= units - desk.book.credited(1)


def test_what_is_not_announced_is_taken_for_what_was_refunded() -> None:
    desk = ClaimDesk(a_book(3, 3000, 0, 0), ReturnTerms(refund_on="receipt"))
    claim = desk.claim("lost", 1)
    assert claim is not None
    desk.resolve(claim, "refund")
    one = desk.request(1)
    assert one is not None

    desk.receive(one, 3)

    assert (one.lines[1].credited, one.lines[1].claimed) == (2, 1)
    assert desk.given.lines == 3000
    assert desk.book.returnable(1) == 0


# ---- to the cent ----


def two_lines(*, inclusive: bool = False) -> OrderBook:
    """3 x 33.34 less 10.00 with 9.01 of tax, and 2 x 5.00; 10.00 of shipping with 1.00 of tax on it, split 9.01 + 0.99
    and 0.91 + 0.09."""
    lines = {
        1: LineMoneyRow(ORDER_ID, 1, 3, 10_002, 1_000, 901 + 91, 91, 901, 0),
        2: LineMoneyRow(ORDER_ID, 2, 2, 1_000, 0, 90 + 9, 9, 99, 0),
    }
    sold = {
        n: [SoldRow(ORDER_ID, n, 1, SKU_ID, 1, row.quantity, row.quantity, None, False, NOW, NOW, AT)]
        for n, row in lines.items()
    }
    return OrderBook(OrderMoneyRow(ORDER_ID, "USD", inclusive, 1_000, 0, 0), lines, sold, {})


def claimed(book: OrderBook, kind: Any, *lines: tuple[int, int]) -> Claim:
    """A claim of lines, as (n, units)."""
    named = [ClaimedLine(line=n, quantity=units) for n, units in lines]
    command = OpenClaim(order_id=ORDER_ID, kind=kind, lines=named)
    assert refuse_open(book, command) is None
    return new_claim(book, new_id(), command, NOBODY)


def refunded(book: OrderBook, claim: Claim, **how: Any) -> list[Charges]:
    """What its lines bring."""
    command = ResolveClaim(claim_id=claim.id, resolution="refund", **how)
    assert refuse_resolve(book, claim, command) is None
    return [credit.worth for credit in resolve(book, claim, command, None)]


@pytest.mark.parametrize("kind", ["damaged", "missing", "wrong"])
def test_goods_are_refunded_without_their_delivery(kind: str) -> None:
    book = two_lines()
    assert refunded(book, claimed(book, kind, (1, 2), (2, 1))) == [
        Charges(lines=6668, discounts=667, tax=601),
        Charges(lines=500, tax=45),
    ]
    assert refunded(book, claimed(book, kind, (1, 1), (2, 1))) == [
        Charges(lines=3334, discounts=333, tax=300),
        Charges(lines=500, tax=45),
    ]


@pytest.mark.parametrize("kind", ["late", "lost"])
def test_what_came_late_or_never_is_refunded_with_its_delivery(kind: str) -> None:
    book = two_lines()
    assert refunded(book, claimed(book, kind, (1, 2), (2, 1))) == [
        Charges(lines=6668, shipping=601, discounts=667, tax=601 + 61),
        Charges(lines=500, shipping=50, tax=45 + 5),
    ]
    assert refunded(book, claimed(book, kind, (1, 1), (2, 1))) == [
        Charges(lines=3334, shipping=300, discounts=333, tax=300 + 30),
        Charges(lines=500, shipping=49, tax=45 + 4),
    ]


@pytest.mark.parametrize(("inclusive", "worth"), [(False, 6668 - 667 + 601 + 601 + 61), (True, 6668 - 667 + 601)])
def test_an_allowance_is_at_most_what_units_and_delivery_cost(*, inclusive: bool, worth: int) -> None:
    book = two_lines(inclusive=inclusive)
    claim = claimed(book, "late", (1, 2))

    def asked(cents: int) -> Outcome | None:
        command = ResolveClaim(claim_id=claim.id, resolution="allowance", amount=Amount(cents, "USD"))
        return refuse_resolve(book, claim, command)

    assert asked(worth) is None
    over = asked(worth + 1)
    assert over is not None
    assert (over.code, over.details) == ("exceeds_worth", {"worth": worth})
    euros = ResolveClaim(claim_id=claim.id, resolution="allowance", amount=Amount(1, "EUR"))
    refused = refuse_resolve(book, claim, euros)
    assert refused is not None
    assert (refused.code, refused.details) == ("currency_differs", {"currency": "USD"})


def test_the_entries_of_a_claim_balance() -> None:
    book = two_lines(inclusive=True)
    claim = claimed(book, "lost", (2, 2))
    made = resolve(book, claim, ResolveClaim(claim_id=claim.id, resolution="refund"), None)

    def entry(debit: Account, credit: Account, cents: int) -> Entry:
        return Entry(ORDER_ID, debit, credit, cents, "claim", subject_id=claim.id)

    assert entries_of_claim(book, claim, made) == [
        entry(Account.LINES, Account.RECEIVABLE, 1000),
        entry(Account.SHIPPING, Account.RECEIVABLE, 99),
        entry(Account.TAX, Account.TAX_INCLUDED, 99),
    ]


# ---- who caused it ----


def sent(parcel: UUID | None = None, at: UUID = AT, late: bool = False) -> SentRow:
    """A line that left."""
    due = NOW - timedelta(hours=1) if late else NOW + timedelta(hours=1)
    number = None if parcel is None else f"1Z{parcel}"
    return SentRow(ORDER_ID, 1, new_id(), at, due, NOW, parcel, number, "SKU", None)


P = new_id()


@pytest.mark.parametrize(
    ("kind", "rows", "party"),
    [
        ("missing", [sent(P)], "packer"),
        ("missing", [sent(P), sent(P, at=new_id())], "unknown"),
        ("missing", [], "unknown"),
        ("wrong", [sent(P)], "picker"),
        ("wrong", [sent(None)], "picker"),
        ("damaged", [sent(P)], "carrier"),
        ("damaged", [sent(None)], "location"),
        ("lost", [sent(P)], "carrier"),
        ("lost", [sent(None)], "location"),
        ("late", [sent(P)], "carrier"),
        ("late", [sent(P, late=True)], "location"),
        ("late", [sent(None)], "location"),
    ],
)
def test_who_is_likely_to_have_caused_it(kind: Any, rows: list[SentRow], party: str) -> None:
    assert propose_party(kind, rows) == party


def test_a_cause_names_parcel_location_and_the_last_day_to_claim() -> None:
    other = new_id()
    rows = [sent(P), sent(other), sent(new_id())._replace(line_n=2)]
    command = OpenClaim(
        order_id=ORDER_ID, kind="lost", lines=[ClaimedLine(line=1, quantity=1)], tracking_number=f"1Z{other}"
    )
    assert find_cause(command, rows, 30) == Cause("carrier", AT, other, datetime(2026, 12, 20, tzinfo=UTC).date())
    without = OpenClaim(order_id=ORDER_ID, kind="lost", lines=command.lines)
    refused = find_cause(without, rows, 30)
    assert isinstance(refused, Outcome)
    assert refused.code == "parcel_needed"
    said = OpenClaim(order_id=ORDER_ID, kind="lost", lines=command.lines, party="customer")
    assert find_cause(said, rows, 30) == Cause("customer", AT, None, None)


def test_a_named_parcel_is_that_of_all_claimed_lines() -> None:
    """Fault: a line that left in another parcel was put down to the named one, too."""
    other = new_id()
    rows = [sent(P), sent(other)._replace(line_n=2)]
    lines = [ClaimedLine(line=n, quantity=1) for n in (1, 2)]
    command = OpenClaim(order_id=ORDER_ID, kind="lost", lines=lines, tracking_number=f"1Z{P}")
    refused = find_cause(command, rows, 30)
    assert isinstance(refused, Outcome)
    assert refused.code == "unknown_parcel"
    assert find_cause(command, [*rows, sent(P)._replace(line_n=2)], 30) == Cause(
        "carrier", AT, P, datetime(2026, 12, 20, tzinfo=UTC).date()
    )
