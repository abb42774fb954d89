"""What this slice reads and writes, by type."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import append, query, statement
from orderwright.platform.retention import Pruning


class GuessRow(NamedTuple):
    """A box of tries: how many missed, when the last one came, and from when the next may."""

    box: int
    misses: int
    tried_at: datetime
    free_at: datetime


class _Box(NamedTuple):
    box: int


class _Id(NamedTuple):
    id: UUID


class OrderByNumber(NamedTuple):
    """An order, with the e-mail addresses that open it."""

    id: UUID
    channel_id: UUID
    emails: list[str]


class LinkFacts(NamedTuple):
    """What a link to an order depends on. Links of another `version` were withdrawn."""

    id: UUID
    channel_id: UUID
    version: int
    promised_on: date | None


class BrandRow(NamedTuple):
    """A channel, with its brand (JSON) where it has one."""

    channel_id: UUID
    channel: str
    channel_name: str
    version: int | None
    content: str | None
    logo_type: str | None
    logo_hash: str | None
    updated_at: datetime | None


class LogoRow(NamedTuple):
    """A logo's bytes."""

    channel_id: UUID
    logo: bytes
    logo_type: str


class DelayRow(NamedTuple):
    """What a shopper answered about a delay."""

    order_id: UUID
    n: int
    answer: str
    until: date | None
    answered_at: datetime


OPEN_GUESSES = statement(__package__, "open_guesses")
LOCK_GUESSES = query(__package__, "lock_guesses", GuessRow)
PUT_GUESSES = statement(__package__, "put_guesses")
PRUNE_GUESSES = query(__package__, "prune_guesses", _Box)
ORDER_BY_NUMBER = query(__package__, "order_by_number", OrderByNumber)
LINK_FACTS = query(__package__, "link_facts", LinkFacts)
WITHDRAW_LINKS = statement(__package__, "withdraw_links")
READ_BRANDS = query(__package__, "read_brands", BrandRow)
LOCK_BRANDS = query(__package__, "lock_brands", _Id)
PUT_BRANDS = statement(__package__, "put_brands")
READ_LOGO = query(__package__, "read_logo", LogoRow)
DELAYS_OF_ORDERS = query(__package__, "delays_of_orders", DelayRow)
APPEND_DELAYS = append("delay_answer", "order_id n answer until act_id")

OLD_GUESSES = Pruning("guesses", PRUNE_GUESSES)  # of yesterday
