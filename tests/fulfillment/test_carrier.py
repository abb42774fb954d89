"""The built-in carrier: the same label for the same key, for ever, and numbers that show typing errors."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderwright.fulfillment.carriers import Carrier, LabelRequest, LabelResult
from orderwright.fulfillment.carriers.builtin import BuiltinCarrier, check_digit, tracking_number

NUMBER_1 = "OW768115521873504743965"  # what `pcl_1` got from the first release


@pytest.mark.parametrize(
    ("digits", "check"),
    [
        ("47312482", 9),  # the example of UPU S10: RR473124829GB
        ("00000000", 5),  # 11 is written 5
        ("00000015", 5),
        ("00000014", 7),
        ("00000050", 0),  # 10 is written 0
    ],
)
def test_the_check_digit_is_that_of_s10(digits: str, check: int) -> None:
    assert check_digit(digits) == check


async def test_a_label_for_each_parcel_in_order() -> None:
    carrier: Carrier = BuiltinCarrier()
    results = await carrier.create_labels([LabelRequest("pcl_1", 500), LabelRequest("pcl_2", service="express")])
    assert results == [
        LabelResult(
            "pcl_1", NUMBER_1, {"carrier": "builtin", "service": "standard", "barcode": NUMBER_1}
        ),
        LabelResult(
            "pcl_2", tracking_number("pcl_2"),
            {"carrier": "builtin", "service": "express", "barcode": tracking_number("pcl_2")},
        ),
    ]  # fmt: skip
    assert await carrier.create_labels([]) == []


async def test_a_retry_gets_the_same_label_not_a_second_one() -> None:
    # openlinker-project/openlinker#1917: a retry buys a second label
    request = LabelRequest("pcl_1", 500)
    assert await BuiltinCarrier().create_labels([request]) == await BuiltinCarrier().create_labels([request])


def test_numbers_are_distinct_well_formed_and_stay_what_they_are() -> None:
    numbers = {tracking_number(f"pcl_{n}") for n in range(20_000)}
    assert len(numbers) == 20_000
    assert all(re.fullmatch(r"OW[0-9]{21}", number, re.ASCII) for number in numbers)
    assert all(check_digit(number[2:-1]) == int(number[-1]) for number in numbers)
    assert tracking_number("pcl_1") == NUMBER_1


@settings(deadline=None)
@given(st.text(max_size=60), st.integers(0, 19), st.integers(1, 9))
def test_a_wrong_digit_is_seen_unless_s10_itself_cannot_see_it(key: str, place: int, change: int) -> None:
    number = tracking_number(key)
    digits = number[2:]
    wrong = digits[:place] + str((int(digits[place]) + change) % 10) + digits[place + 1 :]
    # S10 writes 11 as 5 and 10 as 0, as it writes 5 and 0: there, one wrong digit in fifty slips through.
    assert check_digit(wrong[:-1]) != int(wrong[-1]) or digits[-1] in "05"
