"""Telephone numbers as people type them, to E.164.

Source: phonenumbers (Google's libphonenumber) decides what is valid. It takes 20 to 100 microseconds a number, so a
plainly written number that matches its fixed-line or mobile pattern is answered from those patterns, compiled; all
else, and every doubt (a carrier code, an extension, a letter, a national prefix that may be part of the number), goes
to the library.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneMetadata

_SPACING = str.maketrans("", "", " .-()\u00a0")
PHONE_DIGITS_MIN, PHONE_DIGITS_MAX = 5, 15  # E.164 allows 15; the shortest subscriber numbers have 5
_CALLING_CODES = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
_NOT_A_COUNTRY = "001"  # calling codes of satellites and other services


class _Region(NamedTuple):
    """A region's patterns, compiled. `elsewhere` marks numbers that its calling code gives to another region."""

    calling_code: str
    usual: re.Pattern[str]
    general: re.Pattern[str]
    elsewhere: re.Pattern[str] | None
    prefix: str | None
    prefix_pattern: re.Pattern[str] | None
    international_prefix: re.Pattern[str] | None


def normalise_phone(text: str | None, country: str | None) -> str | None:
    """A valid number in E.164 (`+16175550132`), or None. `country` (ISO 3166) is where a national form is read."""
    if not text:
        return None
    digits = text.translate(_SPACING)
    if digits[:1] == "+":
        quick = _from_international(digits[1:])
    else:
        quick = _from_national(digits, country) if country else None
    return quick or _by_library(text, country)


def _from_international(digits: str) -> str | None:
    """E.164 of a number that was written with a plus, or None where the library has to look."""
    if not _are_digits(digits) or digits[0] == "0":
        return None
    for length in (1, 2, 3):
        regions = _CALLING_CODES.get(int(digits[:length]))
        if regions:
            region = _region(regions[0])
            national = digits[length:]
            return f"+{digits}" if region and _is_usual(region, national) else None
    return None


def _from_national(digits: str, country: str) -> str | None:
    """E.164 of a number in its country's own form, or None where the library has to look."""
    region = _region(country)
    if region is None or not _are_digits(digits):
        return None
    if region.international_prefix and region.international_prefix.match(digits):
        return None
    prefix = region.prefix
    if prefix and digits.startswith(prefix) and not region.general.fullmatch(digits):
        digits = digits[len(prefix) :]
    return f"+{region.calling_code}{digits}" if _is_usual(region, digits) else None


def _is_usual(region: _Region, national: str) -> bool:
    """Whether a national number is plainly a fixed line or mobile of this region and means nothing else."""
    return (
        region.usual.fullmatch(national) is not None
        and not (region.prefix_pattern and region.prefix_pattern.match(national))
        and not (region.elsewhere and region.elsewhere.match(national))
    )


def _are_digits(text: str) -> bool:
    return text.isascii() and text.isdigit() and PHONE_DIGITS_MIN <= len(text) <= PHONE_DIGITS_MAX + 1


def _by_library(text: str, country: str | None) -> str | None:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@cache
def _region(country: str) -> _Region | None:
    """The patterns of a region, or None where the quick way does not serve it."""
    if country == _NOT_A_COUNTRY or country not in phonenumbers.SUPPORTED_REGIONS:
        return None
    data = PhoneMetadata.metadata_for_region(country)
    if data is None or data.leading_digits or data.country_code is None:
        return None
    usual = [d.national_number_pattern for d in (data.fixed_line, data.mobile) if d and d.national_number_pattern]
    general = data.general_desc.national_number_pattern if data.general_desc else None
    if not usual or not general:
        return None
    parsing = data.national_prefix_for_parsing
    others = [PhoneMetadata.metadata_for_region(r) for r in _CALLING_CODES[data.country_code] if r != country]
    elsewhere = [f"(?:{other.leading_digits})" for other in others if other is not None and other.leading_digits]
    return _Region(
        calling_code=str(data.country_code),
        usual=re.compile("|".join(f"(?:{pattern})" for pattern in usual)),
        general=re.compile(general),
        elsewhere=re.compile("|".join(elsewhere)) if elsewhere else None,
        prefix=parsing if parsing and parsing.isdigit() and not data.national_prefix_transform_rule else None,
        prefix_pattern=re.compile(parsing) if parsing else None,
        international_prefix=re.compile(data.international_prefix) if data.international_prefix else None,
    )
