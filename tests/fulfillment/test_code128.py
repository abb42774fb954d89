"""Code 128 against symbols worked out by hand from the standard, and that it is short."""

from __future__ import annotations

import pytest

from orderwright.fulfillment import code128

START_B, START_C, STOP = "211214", "211232", "2331112"


def text_of(widths: list[int]) -> str:
    return "".join(map(str, widths))


def test_letters_are_written_in_set_b_with_their_check_symbol() -> None:
    # "I" is 41; 104 + 1 * 41 = 145, modulo 103 is 42
    assert text_of(code128("I")) == START_B + SYMBOL[41] + SYMBOL[42] + STOP


def test_digits_are_written_two_a_symbol() -> None:
    # 105 + 1 * 12 + 2 * 34 = 185, modulo 103 is 82
    assert text_of(code128("1234")) == START_C + SYMBOL[12] + SYMBOL[34] + SYMBOL[82] + STOP


# From table 1 of ISO/IEC 15417, by value.
SYMBOL = {12: "112232", 34: "131123", 41: "231311", 42: "112133", 82: "121241"}


@pytest.mark.parametrize(
    ("text", "symbols"), [("A", 4), ("12", 5), ("123456", 6), ("AB1234567", 10), ("OW" + "1" * 21, 17)]
)
def test_it_is_as_short_as_the_sets_allow(text: str, symbols: int) -> None:
    widths = code128(text)
    assert sum(widths) == 11 * (symbols - 1) + 13
    assert len(widths) == 6 * (symbols - 1) + 7


@pytest.mark.parametrize("text", ["", "Ä", "a\n", "\x00"])
def test_what_it_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII"):
        code128(text)
