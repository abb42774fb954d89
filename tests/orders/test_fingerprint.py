"""Fingerprints: equal for the same content however spelled, and naming exactly the fields that differ."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderwright.orders import fingerprint as module
from orderwright.orders.contract import PlaceOrder
from orderwright.orders.fingerprint import (
    FIELDS,
    basket_hash,
    canonical_decimal,
    differing_fields,
    fingerprint,
    spell,
)

KEY = b"a key of 32 bytes, for the tests"
OTHER_KEY = b"b key of 32 bytes, for the tests"


def usd(amount: int | str) -> dict[str, Any]:
    return {"amount": amount, "currency": "USD"}


BODY: dict[str, Any] = {
    "channel": "web",
    "external_id": "1001",
    "currency": "USD",
    "placed_at": "2026-01-05T10:00:00Z",
    "total": usd(4498),
    "customer": {"external_id": "c1", "name": "Jane Doe", "email": "jane@example.com", "phone": "+16175550132"},
    "ship_to": {
        "country": "US",
        "name": "Jane Doe",
        "line1": "1 Main St",
        "city": "Boston",
        "region": "MA",
        "postal_code": "02139",
        "latitude": 42.0,
        "longitude": -71.1,
    },
    "shipping": [{"amount": usd(500), "name": "ground", "taxes": [{"amount": usd(31), "rate": "0.0625"}]}],
    "payments": [{"method": "card", "state": "authorized", "amount": usd(4498), "provider": "p", "reference": "r"}],
    "lines": [
        {
            "sku": "A",
            "quantity": 2,
            "unit_price": usd(1000),
            "name": "Thing",
            "taxes": [{"amount": usd(100), "rate": "0.0625"}],
            "discounts": [{"amount": usd(10), "code": "TEN"}],
        },
        {"sku": "B", "quantity": 1, "unit_price": usd("1998.5")},
    ],
    "metadata": {"gift": True, "weight": 2, "notes": {"b": [1, 2.5], "a": None}},
}


def parse(body: dict[str, Any]) -> PlaceOrder:
    return msgspec.json.decode(json.dumps(body), type=PlaceOrder)


def an_order(**changes: Any) -> PlaceOrder:
    return parse(copy.deepcopy(BODY) | changes)


def differences(one: PlaceOrder, other: PlaceOrder) -> list[str]:
    return differing_fields(fingerprint(spell(one), KEY), fingerprint(spell(other), KEY))


def test_the_same_order_has_the_same_fingerprint_under_the_same_key_only() -> None:
    assert fingerprint(spell(an_order()), KEY) == fingerprint(spell(an_order()), KEY)
    assert fingerprint(spell(an_order()), KEY) != fingerprint(spell(an_order()), OTHER_KEY)
    assert differences(an_order(), an_order()) == []


def test_who_the_order_is_does_not_count() -> None:
    assert fingerprint(spell(an_order(channel="app", external_id="7")), KEY) == fingerprint(spell(an_order()), KEY)


def test_it_is_a_record_of_seven_bytes_a_field_that_is_set_and_a_line() -> None:
    # currency, placed_at, total, customer, ship_to, shipping, payments, metadata, two lines
    assert len(fingerprint(spell(an_order()), KEY)) == 7 * 10
    assert b"Jane" not in fingerprint(spell(an_order()), KEY)


def test_a_stored_fingerprint_stays_what_it_is() -> None:
    # Replays of orders placed by an earlier release are compared with what that release stored. If this fails, the
    # change refuses such replays: keep the old form for them, or do not make the change.
    assert fingerprint(spell(an_order()), KEY).hex() == (
        "0144c8d80567f702e67fa9d60b0e05eb272671113b09d5bd90b45cb80a841ce0aee802"
        "0cdfa2b81d63fd11a539deb42437166eb61b1448ff0364f409d04a7803c9b909655916"
    )


def reversed_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: reversed_keys(item) for key, item in reversed(value.items())}
    return [reversed_keys(item) for item in value] if isinstance(value, list) else value


def test_the_order_of_keys_does_not_count() -> None:
    assert next(iter(reversed_keys(BODY))) == "metadata"
    assert fingerprint(spell(parse(reversed_keys(BODY))), KEY) == fingerprint(spell(an_order()), KEY)


@pytest.mark.parametrize("amount", ["1998.5", "1998.50", "1998.500000", "01998.5", 1998.5, "19985e-1", "1.9985E3"])
def test_the_spelling_of_a_decimal_does_not_count(amount: Any) -> None:
    body = copy.deepcopy(BODY)
    body["lines"][1]["unit_price"] = usd(amount)
    assert fingerprint(spell(parse(body)), KEY) == fingerprint(spell(an_order()), KEY)


@pytest.mark.parametrize("amount", [1000, "1000", "1000.00", 1000.0, "1E3", "+1000", "0.1E+4"])
def test_a_whole_decimal_is_the_integer(amount: Any) -> None:
    body = copy.deepcopy(BODY)
    body["lines"][0]["unit_price"] = usd(amount)
    assert fingerprint(spell(parse(body)), KEY) == fingerprint(spell(an_order()), KEY)


@pytest.mark.parametrize("rate", ["0.0625", "0.06250", "6.25e-2", 0.0625])
def test_the_spelling_of_a_rate_does_not_count(rate: Any) -> None:
    body = copy.deepcopy(BODY)
    body["lines"][0]["taxes"][0]["rate"] = rate
    body["shipping"][0]["taxes"][0]["rate"] = rate
    assert fingerprint(spell(parse(body)), KEY) == fingerprint(spell(an_order()), KEY)


@pytest.mark.parametrize(
    "moment", ["2026-01-05T10:00:00+00:00", "2026-01-05T05:00:00-05:00", "2026-01-05T11:00:00.000+01:00"]
)
def test_the_zone_that_an_instant_is_written_in_does_not_count(moment: str) -> None:
    assert fingerprint(spell(an_order(placed_at=moment)), KEY) == fingerprint(spell(an_order()), KEY)


def test_an_instant_without_a_zone_is_read_as_utc_on_every_machine() -> None:
    naive = msgspec.structs.replace(an_order(), placed_at=datetime(2026, 1, 5, 10))  # noqa: DTZ001
    assert fingerprint(spell(naive), KEY) == fingerprint(spell(an_order()), KEY)


def test_a_field_that_is_given_its_default_is_as_if_left_out() -> None:
    body = copy.deepcopy(BODY) | {
        "kind": "sale", "parent": None, "prices_include_tax": False, "bill_to": None, "fees": [], "discounts": [],
        "taxes": [], "rounding": None, "requested_ship_on": None, "requested_delivery_on": None, "priority": 0,
        "tags": [],
    }  # fmt: skip
    body["lines"][1] |= {"reference": None, "delivery": "ship", "location": None, "discounts": [], "taxes": []}
    body["ship_to"] |= {"company": None, "line2": None}
    assert fingerprint(spell(parse(body)), KEY) == fingerprint(spell(an_order()), KEY)


def test_whole_numbers_in_metadata_are_the_same_as_integers() -> None:
    spelled = {"notes": {"a": None, "b": [1.0, 2.5]}, "weight": 2.0, "gift": True}
    assert differences(an_order(), an_order(metadata=spelled)) == []
    assert differences(an_order(), an_order(metadata=spelled | {"weight": "2"})) == ["metadata"]
    assert differences(an_order(), an_order(metadata=spelled | {"gift": 1})) == ["metadata"]


def test_metadata_may_be_nested_deeply_and_numbers_may_be_huge() -> None:
    deep: Any = 1.0
    for _ in range(400):
        deep = [deep]
    strange = an_order(metadata={"deep": deep, "big": 10**40, "float": 1e300})
    assert differences(strange, strange) == []
    assert differences(strange, an_order()) == ["metadata"]


CHANGES: dict[str, Any] = {
    "currency": "EUR",
    "placed_at": "2026-01-05T10:00:01Z",
    "total": usd(4499),
    "kind": "wholesale",
    "parent": "ord_1",
    "prices_include_tax": True,
    "customer": None,
    "ship_to": {"country": "US"},
    "bill_to": {"country": "US"},
    "shipping": [],
    "fees": [{"amount": usd(1)}],
    "discounts": [{"amount": usd(1)}],
    "taxes": [{"amount": usd(1)}],
    "rounding": usd(-1),
    "payments": [],
    "requested_ship_on": "2026-01-06",
    "requested_delivery_on": "2026-01-06",
    "priority": 1,
    "tags": ["vip"],
    "metadata": {},
}


@pytest.mark.parametrize("field", CHANGES)
def test_a_field_that_differs_is_named_alone(field: str) -> None:
    changed = an_order(**{field: CHANGES[field]})
    assert differences(an_order(), changed) == [field]
    assert differences(changed, an_order()) == [field]


def test_every_field_of_the_contract_has_a_number_that_no_other_has() -> None:
    named = {f.name for f in msgspec.structs.fields(PlaceOrder)} - {"channel", "external_id", "lines"}
    assert set(FIELDS) == named == set(CHANGES)
    numbers = [number for number, _ in FIELDS.values()]
    assert len(set(numbers)) == len(numbers)
    assert all(4 < number < 256 or number < 3 for number in numbers)  # 3 and 4 are the lines


@pytest.mark.parametrize(
    ("place", "changed"),
    [
        (("customer", "email"), "john@example.com"),
        (("customer", "external_id"), None),
        (("ship_to", "city"), "Cambridge"),
        (("ship_to", "longitude"), -71.2),
        (("shipping", 0, "code"), "GROUND"),
        (("shipping", 0, "amount", "amount"), 501),
        (("shipping", 0, "taxes", 0, "rate"), "0.0626"),
        (("payments", 0, "state"), "captured"),
        (("payments", 0, "amount", "currency"), "EUR"),
        (("total", "currency"), "EUR"),
    ],
)
def test_a_change_deep_inside_names_the_field_it_is_in(place: tuple[str | int, ...], changed: Any) -> None:
    body = copy.deepcopy(BODY)
    at: Any = body
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = changed
    assert differences(an_order(), parse(body)) == [place[0]]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sku", "Z"),
        ("quantity", 3),
        ("unit_price", usd(1001)),
        ("unit_price", usd("1000.01")),
        ("unit_price", {"amount": 1000, "currency": "EUR"}),
        ("reference", "x"),
        ("name", "Other"),
        ("delivery", "pickup"),
        ("location", "S1"),
        ("discounts", [{"amount": usd(10), "code": "ELEVEN"}]),
        ("taxes", [{"amount": usd(100), "rate": None}]),
        ("taxes", []),
    ],
)
def test_a_line_that_differs_is_named_by_its_place(field: str, value: Any) -> None:
    body = copy.deepcopy(BODY)
    body["lines"].append({"sku": "C", "quantity": 1, "unit_price": usd(1)})
    before = parse(body)
    body["lines"][0][field] = value
    assert differences(before, parse(body)) == ["lines[0]"]


def test_lines_that_were_added_or_dropped_are_named() -> None:
    lines = BODY["lines"]
    third = {"sku": "C", "quantity": 1, "unit_price": usd(1)}
    assert differences(an_order(), an_order(lines=[*lines, third])) == ["lines[2]"]
    assert differences(an_order(lines=[*lines, third]), an_order(lines=lines[:1])) == ["lines[1]", "lines[2]"]
    assert differences(an_order(), an_order(lines=lines[::-1], total=usd(1))) == ["lines[0]", "lines[1]", "total"]


def test_lines_beyond_fifty_are_compared_together_and_the_size_is_bounded() -> None:
    lines = [{"sku": f"S{n}", "quantity": 1, "unit_price": usd(1)} for n in range(1000)]
    many = an_order(lines=lines)
    assert len(fingerprint(spell(many), KEY)) == 7 * (8 + 50 + 1)
    changed = [*lines]
    changed[49] = lines[0]
    assert differences(many, an_order(lines=changed)) == ["lines[49]"]
    changed = [*lines]
    changed[999] = lines[0]
    assert differences(many, an_order(lines=changed)) == ["lines[50:]"]
    assert differences(many, an_order(lines=lines[:50])) == ["lines[50:]"]


def test_a_struct_that_grows_a_field_changes_no_earlier_fingerprint() -> None:
    class Old(msgspec.Struct, frozen=True, kw_only=True):
        a: int
        b: str | None = None

    class New(msgspec.Struct, frozen=True, kw_only=True):
        z: list[int] = msgspec.field(default_factory=list)
        a: int
        b: str | None = None
        c: str | None = None

    old, new = module._reader(Old, "a", "b"), module._reader(New, "a", "b")
    assert new(New(a=1)) == old(Old(a=1)) == (1, None)
    assert new(New(a=1, c="x", z=[1])) == (1, None, ("z", [1]), ("c", "x"))


def test_a_field_of_a_later_release_is_named_by_number() -> None:
    stored = fingerprint(spell(an_order()), KEY)
    assert differing_fields(stored + b"\xc8secret", stored) == ["field 200"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.50", "1.5"),
        ("0.0625", "0.0625"),
        ("100", 100),
        ("1E+2", 100),
        ("100.00", 100),
        ("0.00", 0),
        ("-0", 0),
        ("0E-30", 0),
        ("0E+900000", 0),
        ("-1.50", "-1.5"),
        ("-20", -20),
        ("1E-7", "0.0000001"),
        ("1.0E-7", "0.0000001"),
        ("1E+999999", "1e999999"),
        ("10E+999998", "1e999999"),
        ("-1.20E-999999", "-12e-1000000"),
        ("NaN", "NaN"),
        ("9" * 50, "9" * 50),
        ("9" * 50 + ".0", "9" * 50),
    ],
)
def test_decimals_have_one_spelling(text: str, expected: int | str) -> None:
    assert canonical_decimal(Decimal(text)) == expected


@settings(deadline=None)
@given(st.decimals(allow_nan=False, allow_infinity=False), st.integers(0, 5))
def test_equal_decimals_have_equal_spellings_and_others_do_not(value: Decimal, zeros: int) -> None:
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    padded = Decimal((sign, digits + (0,) * zeros, exponent - zeros))
    assert canonical_decimal(padded) == canonical_decimal(value)
    above = Decimal((sign, (*digits[:-1], (digits[-1] + 1) % 10), exponent))
    assert canonical_decimal(above) != canonical_decimal(value)


def test_a_basket_is_the_units_of_each_sku_and_the_total() -> None:
    def basket(total: int, *lines: tuple[str, int], key: bytes = KEY) -> bytes:
        made = [{"sku": sku, "quantity": quantity, "unit_price": usd(1)} for sku, quantity in lines]
        return basket_hash(an_order(lines=made, total=usd(total), external_id=str(len(lines))), key)

    first = basket(10, ("A", 2), ("B", 1))
    assert len(first) == 8
    assert basket(10, ("B", 1), ("A", 2)) == first
    assert basket(10, ("A", 1), ("B", 1), ("A", 1)) == first
    others = [
        basket(11, ("A", 2), ("B", 1)),
        basket(10, ("A", 1), ("B", 2)),
        basket(10, ("A", 2)),
        basket(10, ("A", 2), ("C", 1)),
        basket(10, ("A", 2), ("B", 1), key=OTHER_KEY),
    ]
    assert len({first, *others}) == 6


def test_a_basket_in_another_currency_is_another() -> None:
    assert basket_hash(an_order(currency="EUR"), KEY) != basket_hash(an_order(), KEY)


def test_instants_are_compared_in_utc() -> None:
    moment = datetime(2026, 1, 5, 10, tzinfo=UTC)
    assert module._instant(moment) is moment
