"""What a list of orders may be asked for, and the same in the form in which it is stored."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

from orderwright.customers import pair_key, words_of
from orderwright.orders import OrderStatus
from orderwright.orders.contract import OrderKind
from orderwright.platform.fields import NO_NUL, Code, Country, Currency, Minor, ShortText, Slug
from orderwright.search.errors import InvalidFilter
from orderwright.search.numbers import parse_number

PHONE_DIGITS_MIN = 5
PHONE_ENDING = 8  # digits; as the index has it
_START_MIN = 2  # letters of an unfinished word

Instant = Annotated[datetime, Meta(tz=True)]
Codes = Annotated[list[Code], Meta(max_length=100)]
PaymentState = Literal["unpaid", "authorized", "captured", "refunded", "refused", "open_balance"]
Thing = Literal["return", "open_return", "exchange", "claim", "open_claim", "note", "attachment"]


class OrderFilters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which orders: all of what is given must be true of them.

    `q` guesses what was typed: an order's number or id, an e-mail address, a telephone number, a tracking number, else
    the channel's own id, a SKU or a name. `number` may be in the merchant's format (#100234). `phone` may be written in
    any form. `name`: words of a person's or company's name in any order; when nobody has them all, the last may be
    unfinished; when nobody has that either, words of four letters and more may be misspelled, or a part of a word
    (`q` too, when it finds nothing else). `sku`: of a line, or of what a kit on it is made of. `status`, `channel` and
    `location` (codes; where any of it ships from) may be several: any of them, as for all lists here. `placed_after` is
    inclusive, `placed_before` is not.

    `tag`; `hold`: types of open holds; `customer`: an id. `late`: promised for a day that is over at the destination,
    and neither delivered nor cancelled. `promised_from` and `promised_to` are days, both inclusive. `total_from` and
    `total_to` are inclusive, in minor units of `currency`. `country`: shipped to. `payment`: `unpaid` (nothing is set
    aside or paid), `authorized` (something is set aside that is neither taken nor let go), `captured`, `refunded`,
    `refused` (a payment was), `open_balance` (people must look at it). `has`: any of these. `attention`: held, with
    work that was set aside, or with an open balance.
    """

    q: ShortText | None = None
    number: Annotated[str, Meta(min_length=1, max_length=60, pattern=NO_NUL)] | None = None
    external_id: Code | None = None
    email: Annotated[str, Meta(min_length=3, max_length=320, pattern=NO_NUL)] | None = None
    phone: Annotated[str, Meta(min_length=1, max_length=40, pattern=NO_NUL)] | None = None
    name: ShortText | None = None
    sku: Code | None = None
    tracking_number: Code | None = None
    status: Annotated[list[OrderStatus], Meta(max_length=len(OrderStatus))] = []
    held: bool | None = None
    channel: Codes = []
    location: Codes = []
    placed_after: Instant | None = None
    placed_before: Instant | None = None
    tag: Codes = []
    hold: Annotated[list[Slug], Meta(max_length=50)] = []
    late: bool | None = None
    promised_from: date | None = None
    promised_to: date | None = None
    total_from: Minor | None = None
    total_to: Minor | None = None
    currency: Currency | None = None
    country: Annotated[list[Country], Meta(max_length=250)] = []
    customer: Annotated[str, Meta(min_length=1, max_length=40, pattern=NO_NUL)] | None = None
    payment: Annotated[list[PaymentState], Meta(max_length=6)] = []
    has: Annotated[list[Thing], Meta(max_length=7)] = []
    kind: Annotated[list[OrderKind], Meta(max_length=5)] = []
    priority_from: Annotated[int, Meta(ge=-100, le=100)] | None = None
    attention: bool | None = None


class Phone(NamedTuple):
    """A telephone number as the index has it: its last digits, and all of them without leading zeros."""

    ending: str
    digits: str


class Name(NamedTuple):
    """Words of a name as the index has them, each pair as one key.

    `key` and `others`: whole words. `start`, `partner` and `others_of_start`: the last word unfinished, beside the
    others; `start` is None when the last word is too short for that.
    """

    key: str
    others: list[str]
    start: str | None
    partner: str | None
    others_of_start: list[str]


def read_number(text: str, number_format: str) -> int:
    """An order's number. Raises `InvalidFilter`."""
    number = parse_number(text, number_format)
    if number is None:
        raise InvalidFilter("This is not a number of an order. Send one such as 100234.", field="number")
    return number


def read_email(text: str) -> str:
    """An e-mail address in small letters."""
    return text.strip().lower()


def read_phone(text: str) -> Phone | None:
    """A telephone number in any form, of five digits at least; None for anything else."""
    digits = re.sub(r"\D", "", text.replace("(0)", ""), flags=re.ASCII)
    if len(digits) < PHONE_DIGITS_MIN:
        return None
    return Phone(digits[-PHONE_ENDING:], digits.lstrip("0"))


def read_tracking_number(text: str) -> list[str]:
    """A tracking number as typed, and in capitals without the blanks and hyphens that people put between its groups."""
    return sorted({text, re.sub(r"[\s-]+", "", text).upper()})


def read_name(text: str) -> Name | None:
    """Words of a name; None when there are none."""
    words = words_of(text)
    if not words:
        return None
    *finished, last = words
    start = last if len(last) >= _START_MIN or not last.isascii() else None
    by_length = sorted(words, key=len, reverse=True)
    if len(words) == 1:
        return Name(last, [], start, None, [])
    longest, second, *rest = by_length
    partner, *others_of_start = sorted(finished, key=len, reverse=True)
    others = [pair_key(longest, word) for word in rest]
    return Name(pair_key(longest, second), others, start, partner, others_of_start)
