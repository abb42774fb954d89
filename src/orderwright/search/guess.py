"""Guess what somebody typed into the one search field, and look wherever it may be found. Pure."""

from __future__ import annotations

import re

from orderwright.platform.errors import InvalidId
from orderwright.platform.ids import decode_id
from orderwright.search.filters import read_email, read_name, read_phone, read_tracking_number
from orderwright.search.numbers import parse_number
from orderwright.search.sources import (
    FIND_BY_EMAIL,
    FIND_BY_EXTERNAL_ID,
    FIND_BY_IDS,
    FIND_BY_NUMBER,
    FIND_BY_SKU,
    FIND_BY_TRACKING,
    Indexed,
    Named,
    Source,
    by_phone,
)

_LIKE_PHONE = re.compile(r"\+?[\d\s().\-/]{7,}", re.ASCII)
_LIKE_TRACKING = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9\s-]{6,}", re.ASCII)
_PHONE_DIGITS_MIN = 7  # fewer are rather a number of something else


def guess(typed: str, number_format: str) -> list[Source]:
    """The sources that may have what was typed; orders of any of them are meant."""
    text = typed.strip()
    try:
        return [Indexed(FIND_BY_IDS, [decode_id("ord", text)])]
    except InvalidId:
        pass
    if "@" in text:
        return [Indexed(FIND_BY_EMAIL, read_email(text))]
    sources: list[Source] = []
    number = parse_number(text, number_format)
    if number is not None:
        sources.append(Indexed(FIND_BY_NUMBER, number))
    phone = read_phone(text) if _LIKE_PHONE.fullmatch(text) else None
    if phone is not None and len(phone.digits) >= _PHONE_DIGITS_MIN:
        sources.append(by_phone(phone))
    if _LIKE_TRACKING.fullmatch(text):
        sources.append(Indexed(FIND_BY_TRACKING, read_tracking_number(text)))
    sources += [Indexed(FIND_BY_EXTERNAL_ID, text), Indexed(FIND_BY_SKU, text)]
    name = read_name(text)
    if name is not None and any(letter.isalpha() for letter in text):
        sources.append(Named(name))
    return sources
