"""Orders understood, and every reason to refuse or hold one, in its precedence."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from orderwright.orders import Draft, PlaceOrder, Refusal, understand
from orderwright.orders.contract import (
    Amount,
    Charge,
    Discount,
    Line,
    ReportedPayment,
    SignedAmount,
    Tax,
    UnitPrice,
)
from orderwright.orders.drafts import Catalogue, DraftComponent, HoldDraft
from orderwright.orders.errors import REFUSALS
from orderwright.orders.queries import ParentRow
from orderwright.platform.ids import new_id
from tests.builders.facts import some_catalogue, some_channel, some_kit, some_location, some_sku
from tests.builders.orders import a_line, a_payment, an_order
from tests.helpers.contexts import a_context

POOL = new_id()
THING = some_sku(code="THING")
OTHER = some_sku(code="OTHER", backorder_limit=7)
GONE = some_sku(code="GONE", active=False)
SONG = some_sku(code="SONG", kind="digital")
KIT = some_kit((THING, 2), (OTHER, 1), code="KIT", price_minor=4999)
KIT_WITH_SONG = some_kit((THING, 1), (SONG, 1), code="KIT-SONG")
OLD_KIT = some_kit((THING, 2), code="OLD-KIT", active=False)
STORE = some_location(POOL, code="STORE", kind="store")
CLOSED = some_location(POOL, code="CLOSED", kind="store", active=False)
PARENT, PARENT_CHANNEL = new_id(), new_id()


def catalogue(**channel: Any) -> Catalogue:
    return some_catalogue(
        some_channel(POOL, **{"code": "web"} | channel),
        *(THING, OTHER, GONE, SONG, KIT, KIT_WITH_SONG, OLD_KIT),
        locations=(STORE, CLOSED),
        ord_parent=ParentRow(PARENT, PARENT_CHANNEL, [STORE.id]),
    )


def paid(total: int, state: Any = "captured") -> list[ReportedPayment]:
    return [ReportedPayment(method="card", state=state, amount=Amount(total, "USD"))]


def understood(order: PlaceOrder, known: Catalogue | None = None, **ctx: Any) -> Draft | Refusal:
    return understand(a_context(**ctx), order, known or catalogue())


def draft(order: PlaceOrder, known: Catalogue | None = None) -> Draft:
    result = understood(order, known)
    assert isinstance(result, Draft), result
    return result


def refusal(order: PlaceOrder, known: Catalogue | None = None, **ctx: Any) -> Refusal:
    result = understood(order, known, **ctx)
    assert isinstance(result, Refusal), result
    return result


# ---- what is understood ----


def test_a_plain_order() -> None:
    result = draft(an_order("web", [("THING", 2), ("OTHER", 1)]))

    assert [line.components for line in result.lines] == [
        [DraftComponent(1, 1, THING.id, 2, "stock", None)],
        [DraftComponent(2, 1, OTHER.id, 1, "stock", 7)],
    ]
    assert (result.holds, result.never_refused, result.priced.total_minor) == ([], False, 5997)


def test_a_kit_becomes_its_components_with_their_own_limits() -> None:
    [line] = draft(an_order("web", [("KIT", 3)])).lines
    assert line.components == [
        DraftComponent(1, 1, THING.id, 6, "stock", None),
        DraftComponent(1, 2, OTHER.id, 3, "stock", 7),
    ]


def test_a_digital_part_of_a_kit_needs_no_stock() -> None:
    [line] = draft(an_order("web", [("KIT-SONG", 2)])).lines
    assert line.components == [
        DraftComponent(1, 1, THING.id, 2, "stock", None),
        DraftComponent(1, 2, SONG.id, 2, "external", None),
    ]


@pytest.mark.parametrize(
    ("line", "delivery"),
    [
        (a_line("SONG"), "digital"),
        (a_line("THING", delivery="digital"), "digital"),
        (a_line("THING", delivery="channel"), "channel"),
        (a_line("KIT", delivery="channel"), "channel"),
    ],
)
def test_what_needs_no_stock_of_ours_is_external(line: Line, delivery: str) -> None:
    [made] = draft(an_order("web", [line])).lines
    assert made.delivery == delivery
    assert [(c.quantity, c.mode) for c in made.components] == [(1, "external")]


def test_a_pick_up_line_names_its_location() -> None:
    [line] = draft(an_order("web", [a_line("THING", delivery="pickup", location="STORE")], ship_to=None)).lines
    assert (line.delivery, line.location) == ("pickup", STORE)


def test_an_unknown_and_an_inactive_sku_hold_the_order_and_are_pending() -> None:
    order = an_order("web", [("THING", 1), ("NOPE", 2), ("GONE", 3), ("NADA", 4), ("OLD-KIT", 5)])
    result = draft(order)
    assert [[(c.sku, c.quantity, c.mode) for c in line.components] for line in result.lines[1:]] == [
        [(None, 2, "pending")],
        [(GONE.id, 3, "pending")],
        [(None, 4, "pending")],
        [(OLD_KIT.id, 5, "pending")],
    ]
    assert result.holds == [
        HoldDraft("unknown_sku", ("source",), {"lines": [2, 4], "skus": ["NOPE", "NADA"]}),
        HoldDraft("inactive_sku", ("source",), {"lines": [3, 5], "skus": ["GONE", "OLD-KIT"]}),
    ]


def test_a_known_parent() -> None:
    assert draft(an_order("web", [("THING", 1)], parent="ord_parent", kind="exchange")).parent_id == PARENT
    assert draft(an_order("web", [("THING", 1)])).parent_id is None


def test_a_parent_that_the_caller_may_not_see_is_unknown() -> None:
    known = catalogue()
    web = known.channels["web"].id
    order = an_order("web", [a_line("THING", location="STORE")], parent="ord_parent")
    assert refusal(order, known, channels=frozenset({web})).code == "unknown_parent"
    assert isinstance(understood(order, known, channels=frozenset({web, PARENT_CHANNEL})), Draft)
    assert isinstance(understood(order, known, locations=frozenset({STORE.id})), Draft)
    elsewhere = known._replace(parents={"ord_parent": ParentRow(PARENT, PARENT_CHANNEL, [new_id()])})
    assert refusal(order, elsewhere, locations=frozenset({STORE.id})).code == "unknown_parent"


def test_who_is_limited_to_locations_names_one_in_each_line() -> None:
    here, at, anywhere = frozenset({STORE.id}), a_line("THING", location="STORE"), a_line("THING")
    assert isinstance(understood(an_order("web", [at, at]), locations=here), Draft)
    for lines, n in (([anywhere], 1), ([at, anywhere], 2), ([at, at, a_line("THING", location="NONE")], 3)):
        for payments in ([], paid(1999 * len(lines))):  # paid or not: it is not the caller's to place
            order = an_order("web", lines, payments=payments)
            assert refusal(order, locations=here) == Refusal("location_not_allowed", {"line": n})
    assert refusal(an_order("web", [at]), locations=frozenset({new_id()})).code == "location_not_allowed"
    assert refusal(an_order("web", [at]), locations=here, channels=frozenset()).code == "channel_not_allowed"
    assert refusal(faulty("currency_mismatch"), locations=here).code == "location_not_allowed"


@pytest.mark.parametrize("kind", ["storefront", "marketplace", "social", "app", "pos", "b2b", "agent"])
@pytest.mark.parametrize("state", ["pending", "authorized", "captured"])
def test_who_is_never_refused(kind: str, state: str) -> None:
    """What a marketplace sent, what is paid, and what was handed over at a till: all of them are facts."""
    order = an_order("web", [("THING", 1)], payments=paid(1999, state))
    assert draft(order, catalogue(kind=kind)).never_refused is (kind in ("marketplace", "pos") or state == "captured")


def test_what_was_handed_over_at_a_till_is_a_fact() -> None:
    """Also where the SKU is not sold any more: the goods are gone all the same."""
    lines = [
        a_line("THING", 1, delivery="pickup", location="STORE"),
        a_line("GONE", 1, delivery="pickup", location="STORE"),
        a_line("KIT", 1, delivery="pickup", location="STORE"),
        a_line("NOPE", 1, delivery="pickup", location="STORE"),
        a_line("THING", 1),
        a_line("SONG", 1, delivery="pickup", location="STORE"),
    ]
    result = draft(an_order("web", lines), catalogue(kind="pos"))
    assert [[c.mode for c in line.components] for line in result.lines] == [
        ["handed"], ["handed"], ["handed", "handed"], ["pending"], ["stock"], ["external"],
    ]  # fmt: skip
    assert [hold.type for hold in result.holds] == ["unknown_sku"]


def test_what_left_a_till_at_an_inactive_location_is_a_fact() -> None:
    lines = [a_line(code, 1, delivery="pickup", location="CLOSED") for code in ("THING", "WHAT")]
    result = draft(an_order("web", lines), catalogue(kind="pos"))
    assert [hold.type for hold in result.holds] == ["unknown_sku"]
    sent = draft(an_order("web", [a_line("THING", 1, location="CLOSED")]), catalogue(kind="pos"))
    assert [hold.type for hold in sent.holds] == ["location_inactive"]


# ---- refusals, from the last in precedence to the first: each order has the fault of its step and all later ones ----

WRONG_PRICE = {"lines": [a_line("THING", 1, 1998)], "total": Amount(1998, "USD")}
ALL = ("source", "release", "ship")
FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("price_differs", WRONG_PRICE),
    ("totals_do_not_add_up", {"total": Amount(5, "USD")}),
    ("discount_exceeds_lines", {"discounts": [Discount(amount=Amount(9_999, "USD"))]}),
    ("amount_out_of_range", {"taxes": [Tax(amount=Amount(1, "USD"), rate=Decimal("NaN"))]}),
    (
        "store_credit_not_pending",
        {"payments": [a_payment(1, "store_credit", state="authorized", provider="store_credit")]},
    ),
    ("provider_reserved", {"payments": [a_payment(1, state="authorized", provider="exchange")]}),
    ("address_needed", {"ship_to": None}),
    ("location_needed", {"lines": [a_line("THING", 1, 1998), a_line("THING", 1, 1998, delivery="pickup")]}),
    ("location_inactive", {"lines": [a_line("THING", 1, 1998, delivery="pickup", location="CLOSED")]}),
    ("unknown_location", {"lines": [a_line("THING", 1, 1998, delivery="pickup", location="NOWHERE")]}),
    ("unknown_parent", {"parent": "ord_unknown"}),
    ("implausible_time", {"placed_at": datetime(1980, 1, 1, tzinfo=UTC)}),
    ("metadata_too_large", {"metadata": {"note": "x" * 17_000}}),
    ("unstorable_value", {"metadata": {"note": "x" * 17_000 + "\0"}}),
    ("unknown_currency", {"currency": "ZZZ"}),
    ("currency_mismatch", {"rounding": SignedAmount(0, "EUR")}),
]


def faulty(upto: str) -> PlaceOrder:
    """An order with this fault and all that come later in precedence."""
    order = an_order("web", [("THING", 1)])
    for code, fields in FAULTS:
        named = code == "unknown_currency"
        order = in_currency(order, "ZZZ") if named else msgspec.structs.replace(order, **fields)
        if code == upto:
            return order
    raise AssertionError(upto)


def in_currency(order: PlaceOrder, currency: str) -> PlaceOrder:
    text = msgspec.json.encode(order).decode().replace('"USD"', f'"{currency}"')
    return msgspec.convert(msgspec.json.decode(text.encode()), PlaceOrder)


@pytest.mark.parametrize("code", [code for code, _ in FAULTS])
def test_refusals_come_in_their_precedence(code: str) -> None:
    assert refusal(faulty(code), catalogue(verify_prices=True)).code == code


def test_channel_refusals_come_first() -> None:
    order = faulty("currency_mismatch")
    known = catalogue(verify_prices=True)
    assert refusal(order, known, channels=frozenset()).code == "channel_not_allowed"
    assert refusal(faulty("metadata_too_large"), catalogue(active=False)).code == "metadata_too_large"
    assert refusal(faulty("unknown_parent"), catalogue(active=False)) == Refusal("channel_inactive", {"channel": "web"})
    assert refusal(msgspec.structs.replace(order, channel="nope"), known).code == "unknown_channel"
    assert refusal(order, known, channels=frozenset({known.channels["web"].id})).code == "currency_mismatch"


def test_the_table_of_refusals_lists_them_in_that_order() -> None:
    faults = [code for code, _ in reversed(FAULTS)]
    at = faults.index("unknown_parent")
    limits = ["channel_not_allowed", "location_not_allowed"]
    found_here = ["unknown_channel", *limits, *faults[:at], "channel_inactive", *faults[at:]]
    assert [code for code in REFUSALS if code in found_here] == found_here
    assert set(REFUSALS) - set(found_here) == {"order_differs", "out_of_stock", "backorder_limit"}


EUR = Amount(1, "EUR")
MIXED: list[dict[str, Any]] = [
    {"total": Amount(1999, "EUR")},
    {"rounding": SignedAmount(0, "EUR")},
    {"lines": [Line(sku="THING", quantity=1, unit_price=UnitPrice(1999, "EUR"))]},
    {"lines": [a_line("THING", discounts=[Discount(amount=EUR)])]},
    {"lines": [a_line("THING", taxes=[Tax(amount=EUR)])]},
    {"shipping": [Charge(amount=EUR)]},
    {"shipping": [Charge(amount=Amount(1, "USD"), taxes=[Tax(amount=EUR)])]},
    {"fees": [Charge(amount=EUR)]},
    {"fees": [Charge(amount=Amount(1, "USD"), taxes=[Tax(amount=EUR)])]},
    {"discounts": [Discount(amount=EUR)]},
    {"taxes": [Tax(amount=EUR)]},
    {"payments": [ReportedPayment(method="card", state="pending", amount=EUR)]},
]


@pytest.mark.parametrize("fields", MIXED)
def test_one_currency_throughout(fields: dict[str, Any]) -> None:
    order = msgspec.structs.replace(an_order("web", [("THING", 1)]), **fields)
    assert refusal(order) == Refusal("currency_mismatch", {"currency": "USD"})


def test_a_wrong_total_says_what_was_expected() -> None:
    order = an_order("web", [("THING", 1)], total=Amount(2000, "USD"))
    assert refusal(order) == Refusal("totals_do_not_add_up", {"difference": 1, "expected": 1999})


def test_prices_are_compared_only_where_the_channel_asks_and_the_catalogue_has_one_in_that_currency() -> None:
    order = msgspec.structs.replace(an_order("web", [("THING", 1)]), **WRONG_PRICE)
    assert draft(order).holds == []
    assert refusal(order, catalogue(verify_prices=True)) == Refusal(
        "price_differs", {"line": 1, "catalogue_price": {"amount": 1999, "currency": "USD"}}
    )
    fine = an_order("web", [Line(sku="THING", quantity=1, unit_price=UnitPrice(Decimal("1999.0"), "USD"))])
    assert draft(fine, catalogue(verify_prices=True)).holds == []
    assert draft(in_currency(order, "EUR"), catalogue(verify_prices=True, currency="EUR")).holds == []
    assert [h.type for h in draft(an_order("web", [("NOPE", 1)]), catalogue(verify_prices=True)).holds] == [
        "unknown_sku"
    ]


# ---- never refused: held ----


def test_a_paid_order_with_a_wrong_total_is_held_and_its_books_are_right() -> None:
    order = an_order("web", [("THING", 1)], total=Amount(2004, "USD"), payments=paid(2004))
    result = draft(order)
    assert result.holds == [
        HoldDraft("totals_mismatch", ("source", "release", "ship"), {"difference": 5, "expected": 1999})
    ]
    assert (result.priced.rounding_minor, result.priced.total_minor, result.priced.difference_minor) == (5, 2004, 0)


def test_a_paid_order_whose_discounts_exceed_its_lines_is_held_too() -> None:
    lines = [a_line("THING", 1, 1000, discounts=[Discount(amount=Amount(1500, "USD"))]), a_line("THING", 1, 500)]
    order = an_order(
        "web", lines, total=Amount(0, "USD"), payments=paid(0), discounts=[Discount(amount=Amount(700, "USD"))]
    )
    result = draft(order)
    assert [hold.type for hold in result.holds] == ["discount_exceeds_lines"]
    assert result.priced.shares()["discount"] == [1000, 500]
    assert (result.priced.discount_minor, result.priced.rounding_minor, result.priced.total_minor) == (1500, 0, 0)


@pytest.mark.parametrize(
    ("fields", "hold"),
    [
        ({"ship_to": None}, HoldDraft("address_needed", ("source", "release", "ship"), {})),
        (
            {"lines": [a_line("THING", delivery="pickup", location="NOWHERE")]},
            HoldDraft("unknown_location", ("source", "release", "ship"), {"line": 1, "location": "NOWHERE"}),
        ),
        (
            {"lines": [a_line("THING", delivery="pickup", location="CLOSED")]},
            HoldDraft("location_inactive", ("source", "release", "ship"), {"line": 1, "location": "CLOSED"}),
        ),
        (
            {"lines": [a_line("THING", delivery="pickup")]},
            HoldDraft("location_needed", ("source", "release", "ship"), {"line": 1}),
        ),
        ({"parent": "ord_gone"}, HoldDraft("unknown_parent", ("source", "release", "ship"), {"parent": "ord_gone"})),
    ],
)
@pytest.mark.parametrize("channel", [{"kind": "marketplace"}, {}])
def test_what_would_refuse_another_order_holds_one_that_is_never_refused(
    fields: dict[str, Any], hold: HoldDraft, channel: dict[str, Any]
) -> None:
    payments = [] if channel else paid(1999)
    order = msgspec.structs.replace(an_order("web", [("THING", 1)], payments=payments), **fields)
    assert draft(order, catalogue(**channel)).holds == [hold]


def test_a_price_that_differs_holds_a_paid_order() -> None:
    order = msgspec.structs.replace(an_order("web", [("THING", 1)], payments=paid(1998)), **WRONG_PRICE)
    detail = {"line": 1, "catalogue_price": {"amount": 1999, "currency": "USD"}}
    assert draft(order, catalogue(verify_prices=True)).holds == [HoldDraft("price_differs", ("source",), detail)]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"channel": "nope"}, "unknown_channel"),
        ({"lines": [Line(sku="THING", quantity=1, unit_price=UnitPrice(1999, "EUR"))]}, "currency_mismatch"),
        (
            {"lines": [Line(sku="THING", quantity=1, unit_price=UnitPrice(Decimal("NaN"), "USD"))]},
            "amount_out_of_range",
        ),
        ({"lines": [a_line("BIG", 1_000_000)]}, "amount_out_of_range"),
    ],
)
def test_what_cannot_be_written_down_is_refused_even_when_paid(fields: dict[str, Any], code: str) -> None:
    """It stands in the inbox then; nothing is lost. ADR 9 lists them."""
    big = some_kit((THING, 3_000), code="BIG")
    known = some_catalogue(some_channel(POOL, code="web", kind="marketplace"), THING, big)
    order = msgspec.structs.replace(an_order("web", [("THING", 1)], payments=paid(1999)), **fields)
    assert refusal(order, known).code == code


# ---- money that holds any order ----


def test_a_currency_that_is_not_the_channel_s_holds_any_order() -> None:
    order = in_currency(an_order("web", [("THING", 1)]), "EUR")
    detail = {"currency": "EUR", "channel": "USD"}
    assert draft(order).holds == [HoldDraft("currency_differs", ALL, detail)]
    assert draft(order, catalogue(currency="EUR")).holds == []


@pytest.mark.parametrize("state", ["pending", "authorized", "captured"])
def test_more_reported_than_the_total_holds_any_order(state: str) -> None:
    order = an_order("web", [("THING", 1)], payments=[*paid(1999, state), *paid(1, state)])
    assert draft(order).holds == [HoldDraft("overpaid", ("release", "ship"), {"reported": 2000, "total": 1999})]
    assert draft(an_order("web", [("THING", 1)], payments=paid(1999, state))).holds == []
    assert draft(an_order("web", [("THING", 1)], payments=paid(5, state))).holds == []
