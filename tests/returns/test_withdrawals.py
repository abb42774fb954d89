"""What becomes of a withdrawal, computed without a database."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwright.orders import CancelLine, CancelPlan, ComponentRow, LineMoneyRow, OrderMoneyRow, decide_cancel
from orderwright.orders.queries import LockedOrder
from orderwright.payments import Charges
from orderwright.platform.ids import encode_id, new_id
from orderwright.platform.outcomes import Outcome
from orderwright.returns import OrderBook, PolicyOf, ReturnTerms, SoldRow, worth_of
from orderwright.returns.outbound import Outbound, outbound_of
from orderwright.returns.policy import WithdrawalTerms
from orderwright.returns.withdrawals import (
    Withdrawal,
    WithdrawFacts,
    WithdrawnLine,
    WithdrawOrder,
    apply_plan,
    cancelling,
    content_hash,
    decide_withdrawal,
    delivery_back,
    lawful_terms,
)
from orderwright.returns.withdrawals.queries import EarlierRow, WithdrawableRow

ORDER_ID, AT = new_id(), new_id()
NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)  # a Wednesday
DELIVERED = datetime(2026, 6, 22, 9, tzinfo=UTC)
EU = ReturnTerms(withdrawal=WithdrawalTerms(enabled=True, time_zone="Europe/Berlin"))


def facts_of(
    *lines: dict[str, Any], terms: ReturnTerms = EU, kind: str = "sale", earlier: Iterable[EarlierRow] = ()
) -> WithdrawFacts:
    """An order of lines: `units`, how many are `shipped` and `delivered`, `cancelled`, or `external`; amounts."""
    components, money, sold, texts = {}, {}, {}, {}
    for n, line in enumerate(lines, 1):
        units, shipped, external = line.get("units", 1), line.get("shipped", 0), line.get("external", 0)
        cancelled, delivered = line.get("cancelled", 0), line.get("delivered", 0)
        promised = units - shipped - cancelled - external
        sku = new_id()
        components[n] = [
            ComponentRow(ORDER_ID, n, 1, sku, units, 0, external, cancelled, 0, promised, 0, 0, 0, shipped, delivered)
        ]
        money[n] = LineMoneyRow(
            ORDER_ID, n, units, line.get("price", 1000) * units, 0, line.get("charge_tax", 0),
            line.get("charge_tax", 0), line.get("shipping", 0), line.get("fees", 0),
        )  # fmt: skip
        if not external:
            at = line.get("at", DELIVERED) if delivered else None
            sold[n] = [SoldRow(ORDER_ID, n, 1, sku, 1, shipped, delivered, None, False, DELIVERED, at, AT)]
        texts[n] = WithdrawableRow(ORDER_ID, n, f"SKU-{n}", f"Thing {n}", line.get("exempt"), kind)
    order = OrderMoneyRow(ORDER_ID, "EUR", True, sum(m.shipping_minor for m in money.values()), 0, 0)
    book = OrderBook(order, money, sold, {})
    return WithdrawFacts(
        book=book, components=components, texts=texts, policy=PolicyOf(3, terms), earlier=list(earlier)
    )


def said(*lines: tuple[int, int], **fields: Any) -> WithdrawOrder:
    named = [WithdrawnLine(line=n, quantity=units) for n, units in lines] or None
    return WithdrawOrder(order_id=ORDER_ID, lines=named, **fields)


def decided(facts: WithdrawFacts, command: WithdrawOrder, now: datetime = NOW) -> Withdrawal:
    made = decide_withdrawal(facts, command, new_id(), now)
    assert isinstance(made, Withdrawal), made
    return made


def refused(facts: WithdrawFacts | None, command: WithdrawOrder, now: datetime = NOW) -> str:
    outcome = decide_withdrawal(facts, command, new_id(), now)
    assert isinstance(outcome, Outcome), outcome
    return outcome.code


def by_line(made: Withdrawal) -> list[tuple[int, int, int, int, str | None]]:
    return [(n.line_n, n.quantity, n.cancelled, n.returned, n.refused) for n in made.lines]


SENT = {"units": 2, "shipped": 2, "delivered": 2}


@pytest.mark.parametrize(
    ("lines", "command", "code"),
    [
        ([SENT], said((1, 1), (1, 1)), "duplicate_line"),
        ([SENT], said((2, 1)), "unknown_line"),
        ([SENT], said((1, 3)), "exceeds_withdrawable"),
        ([{"units": 2, "cancelled": 2}], said(), "nothing_left"),
        ([{"units": 2, "cancelled": 2}], said((1, 1)), "exceeds_withdrawable"),
    ],
)
def test_what_cannot_be_understood(lines: list[dict[str, Any]], command: WithdrawOrder, code: str) -> None:
    assert refused(facts_of(*lines), command) == code


def test_it_is_offered_to_consumers_in_the_eu() -> None:
    assert refused(None, said()) == "order_not_found"
    assert refused(facts_of(SENT, terms=ReturnTerms()), said((1, 9), (1, 9))) == "not_offered"
    assert refused(facts_of(SENT, kind="wholesale"), said()) == "not_offered"
    assert refused(facts_of(SENT, kind="transfer"), said()) == "not_offered"
    assert decided(facts_of(SENT, kind="exchange"), said()).code == "withdrawn"


@pytest.mark.parametrize(
    ("lines", "command", "expected"),
    [
        ([SENT], said(), [(1, 2, 0, 2, None)]),
        ([{"units": 3}], said(), [(1, 3, 3, 0, None)]),
        ([{"units": 3, "shipped": 1}], said(), [(1, 3, 2, 1, None)]),
        ([{"units": 3, "shipped": 2}], said((1, 2)), [(1, 2, 1, 1, None)]),
        ([{"units": 3, "shipped": 1, "cancelled": 1}], said(), [(1, 2, 1, 1, None)]),
        ([SENT, {"units": 1, "exempt": "perishable"}], said(), [(1, 2, 0, 2, None), (2, 1, 0, 0, "exempt")]),
        ([SENT, {"units": 1, "exempt": "perhaps"}], said(), [(1, 2, 0, 2, None), (2, 1, 1, 0, None)]),
        ([SENT, {"units": 1, "external": 1}], said(), [(1, 2, 0, 2, None), (2, 1, 0, 0, "no_goods")]),
        ([SENT, {"units": 1}], said((2, 1)), [(2, 1, 1, 0, None)]),
    ],
)
def test_units_that_have_not_left_are_cancelled_and_the_others_come_back(
    lines: list[dict[str, Any]], command: WithdrawOrder, expected: list[tuple[int, int, int, int, str | None]]
) -> None:
    assert by_line(decided(facts_of(*lines), command)) == expected


def test_the_days_that_follow() -> None:
    """Said on Wednesday, 1 July: fourteen days later is Wednesday, 15 July."""
    sent, here = decided(facts_of(SENT), said()), decided(facts_of({"units": 1}), said())
    assert (sent.send_back_by, sent.refund_by, sent.closes_on) == (
        date(2026, 7, 15),
        date(2026, 7, 15),
        date(2026, 7, 6),
    )
    assert (here.send_back_by, here.refund_by, here.closes_on) == (None, date(2026, 7, 15), None)
    assert sent.zone == "Europe/Berlin"


LATE = datetime(2026, 7, 6, 22, tzinfo=UTC)  # midnight after the last day, in Berlin


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([SENT], "withdrawal_closed"),
        ([SENT, {"units": 1}], "withdrawn"),  # the last goods were not delivered
        ([SENT, {"units": 1, "shipped": 1}], "withdrawn"),
        ([SENT, {"units": 1, "cancelled": 1}], "withdrawal_closed"),
        ([SENT, {"units": 1, "external": 1}], "withdrawal_closed"),
        ([SENT, SENT | {"at": datetime(2026, 6, 23, 9, tzinfo=UTC)}], "withdrawn"),  # one day later than the first
    ],
)
def test_the_last_goods_of_the_order_count(lines: list[dict[str, Any]], code: str) -> None:
    made = decided(facts_of(*lines), said(), LATE)
    assert made.code == code
    assert (made.refund_by is None) == (code != "withdrawn")


def test_who_was_not_informed_has_a_year_more() -> None:
    terms = msgspec.structs.replace(EU, withdrawal=WithdrawalTerms(enabled=True, informed=False))
    assert decided(facts_of(SENT, terms=terms), said(), LATE).code == "withdrawn"
    assert decided(facts_of(SENT, terms=terms), said(), datetime(2027, 7, 7, tzinfo=UTC)).code == "withdrawal_closed"


def test_what_was_accepted_is_not_taken_twice_and_what_was_refused_is_judged_anew() -> None:
    first = content_hash(said((1, 1)))

    def earlier(code: str) -> list[EarlierRow]:
        return [EarlierRow(AT, ORDER_ID, first, code, DELIVERED)]

    assert refused(facts_of(SENT, earlier=earlier("withdrawn")), said((1, 1))) == "unchanged"
    assert decided(facts_of(SENT, earlier=earlier("withdrawn")), said((1, 2))).code == "withdrawn"
    assert decided(facts_of(SENT, earlier=earlier("exempt")), said((1, 1))).code == "withdrawn"
    late = decide_withdrawal(facts_of(SENT, earlier=earlier("withdrawal_closed")), said((1, 1)), new_id(), LATE)
    assert isinstance(late, Outcome)
    assert (late.code, late.details["received_at"]) == ("withdrawal_closed", DELIVERED)
    assert late.details["withdrawal_id"] == encode_id("wdr", AT)


def test_the_hash_is_of_what_was_said() -> None:
    one = content_hash(said((1, 1), (2, 3)))
    assert len(one) == 32
    assert one == content_hash(said((2, 3), (1, 1), method="label", location="BERLIN"))
    others = [said(), said((1, 1)), said((1, 1), (2, 2)), said((1, 1), (2, 3), reference="b")]
    assert len({one, *map(content_hash, others)}) == 5


def test_the_terms_are_those_of_the_law_whatever_the_channel_says() -> None:
    channel = msgspec.structs.replace(
        EU, accepts_returns=False, restocking_rate=Decimal("0.2"), label_fee_minor=400, refund_on="scan",
        withdrawal=WithdrawalTerms(enabled=True, standard_shipping_minor=490),
    )  # fmt: skip
    law = lawful_terms(channel)
    assert (law.accepts_returns, law.restocking_rate, law.keep_outbound_shipping) == (True, 0, False)
    assert (law.outbound_shipping_max_minor, law.label_fee_minor, law.refund_on) == (490, 400, "scan")
    assert law.conditions == ["unopened", "opened", "used", "damaged"]
    assert lawful_terms(EU).outbound_shipping_max_minor is None


# ---- the delivery ----


@pytest.mark.parametrize(
    ("paid", "standard", "back"),
    [
        ([700], None, [700]),
        ([700], 700, [700]),
        ([700], 900, [700]),
        ([1295], 499, [499]),
        ([401, 100], 250, [200, 50]),
        ([333, 333, 334], 100, [33, 33, 34]),
        ([1, 1, 1], 2, [1, 1, 0]),
        ([0, 500], 200, [0, 200]),
        ([500], 0, [0]),
    ],
)
def test_no_more_than_the_standard_delivery_goes_back(paid: list[int], standard: int | None, back: list[int]) -> None:
    facts = facts_of(*({"shipping": amount} for amount in paid))
    terms = ReturnTerms(keep_outbound_shipping=False, outbound_shipping_max_minor=standard)
    found = outbound_of(facts.book.lines.values(), terms)
    assert [part.shipping_minor for part in found.values()] == back


def test_its_tax_goes_back_with_it() -> None:
    """Of 1.90 of tax on 10.00 of delivery and 2.00 of fees, 0.79 are on the standard 5.00."""
    facts = facts_of({"shipping": 1000, "fees": 200, "charge_tax": 190})
    half = ReturnTerms(keep_outbound_shipping=False, outbound_shipping_max_minor=500)
    assert outbound_of(facts.book.lines.values(), half) == {1: Outbound(500, 79)}
    assert worth_of(facts.book.order, facts.book.lines[1], 0, 1, half, facts.book.lines.values()) == Charges(
        lines=1000, shipping=500, tax=79
    )


def planned(facts: WithdrawFacts, made: Withdrawal) -> CancelPlan | None:
    """The plan of what a withdrawal cancels, as the flow has it made."""
    command = cancelling(facts, made)
    if command is None:
        return None
    order = LockedOrder(ORDER_ID, 1, AT, "placed", 0, 1, 1, 0)
    parts = [c for rows in facts.components.values() for c in rows]
    plan = decide_cancel(order, command, parts, {n: m.quantity for n, m in facts.book.lines.items()}, {})
    assert isinstance(plan, CancelPlan), plan
    return plan


def test_of_units_that_had_not_left_the_last_shares_go_back() -> None:
    facts = facts_of({"units": 3, "shipped": 1, "shipping": 700})
    made = decided(facts, said())
    assert cancelling(facts, made) is not None
    apply_plan(facts, made, planned(facts, made))
    assert delivery_back(made) == Charges(shipping=466)  # 2.33 and 2.33; the first of 2.34 comes with its return


def test_where_nothing_is_left_nothing_goes_back_besides() -> None:
    facts = facts_of({"units": 2, "shipping": 700}, {"units": 1, "external": 1})
    made = decided(facts, said())
    command = cancelling(facts, made)
    assert command is not None
    assert command.lines == [CancelLine(line=1, quantity=2), CancelLine(line=2)]
    apply_plan(facts, made, planned(facts, made))
    assert delivery_back(made) == Charges()
    assert by_line(made) == [(1, 2, 2, 0, None), (2, 1, 1, 0, None)]


def test_a_download_stays_with_what_is_left_of_the_order() -> None:
    facts = facts_of({"units": 2, "shipped": 1}, {"units": 1, "external": 1})
    made = decided(facts, said())
    apply_plan(facts, made, planned(facts, made))
    assert by_line(made) == [(1, 2, 1, 1, None), (2, 1, 0, 0, "no_goods")]


@given(st.integers(1, 9), st.integers(0, 9), st.integers(0, 3000), st.integers(0, 400), st.data())
def test_whatever_the_parts_they_bring_the_standard_delivery_to_the_cent(
    units: int, sent: int, shipping: int, tax: int, data: st.DataObject
) -> None:
    """Units that had left by their returns, the others with their cancellation."""
    sent = min(sent, units - 1) or 1 if units > 1 else 1
    standard = data.draw(st.none() | st.integers(0, 3500))
    terms = msgspec.structs.replace(EU, withdrawal=WithdrawalTerms(enabled=True, standard_shipping_minor=standard))
    cuts = sorted({0, units - sent, *data.draw(st.sets(st.integers(0, units - sent)))})
    back = Charges()
    cancelled = 0
    for a, b in itertools.pairwise(cuts):
        facts = facts_of(
            {"units": units, "shipped": sent, "cancelled": cancelled, "shipping": shipping, "charge_tax": tax},
            terms=terms,
        )
        made = decided(facts, said((1, b - a)))
        apply_plan(facts, made, planned(facts, made))
        back = Charges(*(x + y for x, y in zip(back, delivery_back(made), strict=True)))
        cancelled += b - a
    facts = facts_of({"units": units, "shipped": sent, "shipping": shipping, "charge_tax": tax}, terms=terms)
    line = facts.book.lines[1]
    brought = worth_of(facts.book.order, line, 0, sent, lawful_terms(terms), [line])
    most = shipping if standard is None else min(standard, shipping)
    assert back.shipping + brought.shipping == most
    assert back.tax + brought.tax == outbound_of([line], lawful_terms(terms))[1].tax_minor
