"""What of an order cannot be written down: it refuses one that may be refused, and is left out of one that may not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from orderwright.orders import Draft, PlaceOrder, Refusal, understand
from orderwright.orders.contract import Amount, Charge, Discount, Person, ReportedPayment, Tax
from orderwright.orders.drafts import HoldDraft
from orderwright.platform.ids import new_id
from orderwright.platform.json_values import refuse_json
from tests.builders.facts import some_catalogue, some_channel, some_sku
from tests.builders.orders import a_line, an_address, an_order
from tests.helpers.contexts import a_context

POOL = new_id()
THING = some_sku(code="THING")
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ALL = ("source", "release", "ship")
DEEP: Any = None
for _ in range(40):
    DEEP = [DEEP]


def the_order(**fields: Any) -> PlaceOrder:
    return msgspec.structs.replace(an_order("web", [("THING", 1)], placed_at=NOW), **fields)


def understood(order: PlaceOrder, kind: str = "storefront") -> Draft | Refusal:
    known = some_catalogue(some_channel(POOL, code="web", kind=kind), THING)
    return understand(a_context(now=NOW), order, known)


def taken(order: PlaceOrder) -> Draft:
    """The order, as one of a marketplace."""
    result = understood(order, "marketplace")
    assert isinstance(result, Draft), result
    return result


def in_currency(order: PlaceOrder, currency: str) -> PlaceOrder:
    text = msgspec.json.encode(order).decode().replace('"USD"', f'"{currency}"')
    return msgspec.json.decode(text.encode(), type=PlaceOrder)


CASES: list[tuple[dict[str, Any], str, dict[str, Any], HoldDraft]] = [
    (
        {"customer": Person(name="Ada", email="a\0@b.org")},
        "unstorable_value",
        {"field": "customer.email"},
        HoldDraft("content_dropped", ALL, {"fields": ["customer.email"]}),
    ),
    (
        {"ship_to": an_address(postal_code="62701\0\0", name="\0")},
        "unstorable_value",
        {"field": "ship_to.name"},
        HoldDraft("content_dropped", ALL, {"fields": ["ship_to.name", "ship_to.postal_code"]}),
    ),
    (
        {"lines": [a_line("THING", name="Mug\0", taxes=[Tax(amount=Amount(0, "USD"), name="V\0")])]},
        "unstorable_value",
        {"field": "lines[0].name"},
        HoldDraft("content_dropped", ALL, {"fields": ["lines[0].name", "lines[0].taxes[0].name"]}),
    ),
    (
        {"metadata": {"a": "\0", "b": 1}},
        "unstorable_value",
        {"field": "metadata"},
        HoldDraft("content_dropped", ALL, {"fields": ["metadata"]}),
    ),
    (
        {"metadata": {"deep": DEEP}},
        "unstorable_value",
        {"field": "metadata"},
        HoldDraft("content_dropped", ALL, {"fields": ["metadata"]}),
    ),
    (
        {"metadata": {"a": "x" * 17_000}},
        "metadata_too_large",
        {"field": "metadata"},
        HoldDraft("content_dropped", ALL, {"fields": ["metadata"]}),
    ),
    (
        {"taxes": [Tax(amount=Amount(0, "USD"), name="VAT", rate=Decimal(1_000))]},
        "amount_out_of_range",
        {"field": "taxes"},
        HoldDraft("content_dropped", ALL, {"fields": ["taxes"]}),
    ),
    (
        {"placed_at": NOW + timedelta(days=1, seconds=1)},
        "implausible_time",
        {"field": "placed_at"},
        HoldDraft("implausible_time", ALL, {"placed_at": "2026-03-03T12:00:01+00:00"}),
    ),
    (
        {"placed_at": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))},
        "implausible_time",
        {"field": "placed_at"},
        HoldDraft("implausible_time", ALL, {"placed_at": "0001-01-01T00:00:00+14:00"}),
    ),
    (
        {"placed_at": datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-12)))},
        "implausible_time",
        {"field": "placed_at"},
        HoldDraft("implausible_time", ALL, {"placed_at": "9999-12-31T23:00:00-12:00"}),
    ),
]


@pytest.mark.parametrize(("fields", "code", "details", "hold"), CASES)
def test_what_cannot_be_written_down_refuses_an_order_or_holds_it(
    fields: dict[str, Any], code: str, details: dict[str, Any], hold: HoldDraft
) -> None:
    order = the_order(**fields)
    assert understood(order) == Refusal(code, details)
    assert taken(order).holds == [hold]


def test_nothing_that_the_order_is_made_of_can_hide_a_nul() -> None:
    amount = Amount(0, "USD")
    texts: list[dict[str, Any]] = [
        *({"customer": Person(**{name: "\0"})} for name in ("name", "email", "phone")),
        *(
            {role: an_address(**{name: "x\0"})}
            for role in ("ship_to", "bill_to")
            for name in ("name", "company", "email", "phone", "line1", "line2", "city", "region", "postal_code")
        ),
        {"lines": [a_line("THING", discounts=[Discount(amount=amount, name="\0")])]},
        {"shipping": [Charge(amount=amount, name="\0")]},
        {"fees": [Charge(amount=amount, taxes=[Tax(amount=amount, name="\0")])]},
        {"discounts": [Discount(amount=amount, name="\0")]},
        {"taxes": [Tax(amount=amount, name="\0")]},
        {"payments": [ReportedPayment(method="card", state="pending", amount=amount, provider="\0")]},
        {"payments": [ReportedPayment(method="card", state="pending", amount=amount, reference="\0")]},
    ]
    for fields in texts:
        order = the_order(**fields)
        assert isinstance(refusal := understood(order), Refusal)
        assert refusal.code == "unstorable_value", fields
        result = taken(order)
        assert [hold.type for hold in result.holds] == ["content_dropped"]
        assert b"\\u0000" not in msgspec.json.encode(result.command)


def test_every_text_of_the_contract_is_one_of_those_or_cannot_hold_a_nul() -> None:
    """Fault that this prevents: a new text that nobody looks at makes PostgreSQL refuse the batch that it stands in."""

    def free(kind: Any, path: str) -> set[str]:
        info = msgspec.inspect
        if isinstance(kind, info.StrType):
            return set() if kind.pattern else {path}
        if isinstance(kind, info.StructType):
            return {found for f in kind.fields for found in free(f.type, f"{path}.{f.name}")}
        if isinstance(kind, info.UnionType):
            return {found for part in kind.types for found in free(part, path)}
        return free(kind.item_type, path) if isinstance(kind, info.ListType) else set()

    names = {path.rpartition(".")[2] for path in free(msgspec.inspect.type_info(PlaceOrder), "")}
    assert names == {
        "name", "email", "phone", "company", "line1", "line2", "city", "region", "postal_code", "provider", "reference",
    }  # fmt: skip


def test_what_is_left_of_it() -> None:
    order = the_order(
        customer=Person(name="Ada\0 Love\0", email="a\0@b.org"),
        ship_to=an_address(company="\0"),
        metadata={"small": 1, "nul": ["\0"], "large": "x" * 17_000, "half": "y" * 9_000, "other": "z" * 9_000},
        placed_at=datetime(2056, 1, 1, tzinfo=UTC),
    )
    command = taken(order).command
    assert (command.customer, command.ship_to) == (Person(name="Ada Love", email="a@b.org"), an_address())
    assert command.metadata == {"small": 1, "half": "y" * 9_000}
    assert command.placed_at == NOW
    assert [hold.type for hold in taken(order).holds] == ["content_dropped", "implausible_time"]


@pytest.mark.parametrize("entry", ["x", 1, 1.5e300, ["x"], {"a": {"b": None}}, "é" * 5])
def test_metadata_is_cut_to_what_fits(entry: Any) -> None:
    metadata = {f"k{n}": entry for n in range(9_000)}
    kept = taken(the_order(metadata=metadata)).command.metadata
    assert refuse_json(kept) is None
    assert 0 < len(kept) < len(metadata)
    assert kept.items() <= metadata.items()


def test_payments_in_another_currency_are_left_out_and_told() -> None:
    def payment(amount: int, currency: str) -> ReportedPayment:
        return ReportedPayment(method="card", state="captured", amount=Amount(amount, currency))

    order = the_order(payments=[payment(900, "USD"), payment(1_000, "EUR"), payment(1_099, "USD")])
    result = understood(order)  # captured: never refused
    assert isinstance(result, Draft)
    assert [p.amount.amount for p in result.command.payments] == [900, 1_099]
    detail = {"payments": [{"payment": 2, "amount": 1_000, "currency": "EUR"}]}
    assert result.holds == [HoldDraft("currency_mismatch", ALL, detail)]
    pending = msgspec.structs.replace(order, payments=[msgspec.structs.replace(order.payments[1], state="pending")])
    assert understood(pending) == Refusal("currency_mismatch", {"currency": "USD"})


def test_an_unknown_currency_can_be_written_down() -> None:
    order = in_currency(the_order(), "ZZZ")
    assert understood(order) == Refusal("unknown_currency", {"currency": "ZZZ"})
    result = taken(order)
    assert result.holds == [HoldDraft("unknown_currency", ALL, {"currency": "ZZZ"})]
    assert result.command.currency == "ZZZ"


@pytest.mark.parametrize(
    "placed_at", [NOW + timedelta(days=1), NOW - timedelta(days=9_000), datetime(1990, 1, 1, tzinfo=UTC)]
)
def test_histories_and_clocks_that_are_ahead_a_little_are_fine(placed_at: datetime) -> None:
    result = understood(the_order(placed_at=placed_at))
    assert isinstance(result, Draft)
    assert (result.holds, result.command.placed_at) == ([], placed_at)


def test_an_inactive_channel_holds_what_is_paid() -> None:
    known = some_catalogue(some_channel(POOL, code="web", active=False), THING)
    paid = [ReportedPayment(method="card", state="captured", amount=Amount(1999, "USD"))]
    result = understand(a_context(now=NOW), the_order(payments=paid), known)
    assert isinstance(result, Draft)
    assert result.holds == [HoldDraft("channel_inactive", ALL, {"channel": "web"})]
    assert understand(a_context(now=NOW), the_order(), known) == Refusal("channel_inactive", {"channel": "web"})
