"""Where orders are found by one thing that is known of them: newest first, in pieces, straight from an index."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.queries import Query, query
from orderwright.search.filters import Name, Phone

NEWEST = UUID("ffffffff-ffff-ffff-ffff-ffffffffffff")
OLDEST = UUID("00000000-0000-0000-0000-000000000000")
_LAST = "\U0010ffff"  # stands behind every letter


class FoundRow(NamedTuple):
    """An order that was found."""

    id: UUID


class Span(NamedTuple):
    """The ids to look at: below `below`, and not below `floor`."""

    below: UUID = NEWEST
    floor: UUID = OLDEST


class Source(Protocol):
    """Orders by one thing that is known of them."""

    async def take(self, tx: Transaction, span: Span, limit: int) -> list[UUID]:
        """The newest `limit` orders within the span; fewer when there are no more."""
        ...


FIND_NEWEST = query(__package__, "find_newest", FoundRow)
FIND_BY_IDS = query(__package__, "find_by_ids", FoundRow)
FIND_BY_NUMBER = query(__package__, "find_by_number", FoundRow)
FIND_BY_EXTERNAL_ID = query(__package__, "find_by_external_id", FoundRow)
FIND_BY_EMAIL = query(__package__, "find_by_email", FoundRow)
FIND_BY_PHONE = query(__package__, "find_by_phone", FoundRow)
FIND_BY_NAME = query(__package__, "find_by_name", FoundRow)
FIND_BY_NAME_START = query(__package__, "find_by_name_start", FoundRow)
FIND_BY_ANY_NAME = query(__package__, "find_by_any_name", FoundRow)
FIND_BY_SKU = query(__package__, "find_by_sku", FoundRow)
FIND_BY_TRACKING = query(__package__, "find_by_tracking", FoundRow)
FIND_BY_STATUS = query(__package__, "find_by_status", FoundRow)
FIND_HELD = query(__package__, "find_held", FoundRow)
FIND_BY_CHANNEL = query(__package__, "find_by_channel", FoundRow)
FIND_BY_LOCATION = query(__package__, "find_by_location", FoundRow)
FIND_OFF_TIME = query(__package__, "find_off_time", FoundRow)
FIND_BY_TAG = query(__package__, "find_by_tag", FoundRow)
FIND_BY_HOLD = query(__package__, "find_by_hold", FoundRow)
FIND_BY_CUSTOMER = query(__package__, "find_by_customer", FoundRow)
FIND_PROMISED = query(__package__, "find_promised", FoundRow)
FIND_HAVING = query(__package__, "find_having", FoundRow)
FIND_OPEN_BALANCE = query(__package__, "find_open_balance", FoundRow)
FIND_ATTENTION = query(__package__, "find_attention", FoundRow)
FINDERS = (
    FIND_NEWEST, FIND_BY_IDS, FIND_BY_NUMBER, FIND_BY_EXTERNAL_ID, FIND_BY_EMAIL, FIND_BY_PHONE, FIND_BY_NAME,
    FIND_BY_NAME_START, FIND_BY_SKU, FIND_BY_TRACKING, FIND_BY_STATUS, FIND_HELD, FIND_BY_CHANNEL, FIND_BY_LOCATION,
    FIND_BY_TAG, FIND_BY_HOLD, FIND_BY_CUSTOMER, FIND_PROMISED, FIND_HAVING, FIND_OPEN_BALANCE, FIND_ATTENTION,
)  # fmt: skip


class Indexed:
    """Orders from one statement, which takes what it looks for behind the span and the limit."""

    def __init__(self, finder: Query[FoundRow], *args: Any) -> None:
        self.finder, self.args = finder, args

    async def take(self, tx: Transaction, span: Span, limit: int) -> list[UUID]:
        """See `Source`. One statement."""
        return [row.id for row in await self.finder.fetch(tx, *span, limit, *self.args)]


class Named:
    """Orders by words of a name: whole words, or, when nobody at all has them, with the last one unfinished."""

    def __init__(self, name: Name) -> None:
        self.name = name
        self.whole = Indexed(FIND_BY_NAME, name.key, name.others)

    async def take(self, tx: Transaction, span: Span, limit: int) -> list[UUID]:
        """See `Source`. One statement; up to three when it finds nothing."""
        found = await self.whole.take(tx, span, limit)
        instead = None if found else await self.instead(tx, span)
        return found if instead is None else await instead.take(tx, span, limit)

    async def instead(self, tx: Transaction, span: Span) -> Indexed | None:
        """The source to take from when `whole` found nothing within a span: None when nothing else can have any.

        One statement, unless the span was all there is.
        """
        return self._unfinished() if span == Span() else await self.unfinished(tx)

    async def unfinished(self, tx: Transaction) -> Indexed | None:
        """The source with the last word unfinished, when nobody has it whole, or None. One statement."""
        return None if await self.whole.take(tx, Span(), 1) else self._unfinished()

    def _unfinished(self) -> Indexed | None:
        first = self.name.start
        if first is None:
            return None
        return Indexed(FIND_BY_NAME_START, first, first + _LAST, self.name.partner, self.name.others_of_start)


class AnyOf:
    """Orders that any of several sources has."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources

    async def take(self, tx: Transaction, span: Span, limit: int) -> list[UUID]:
        """See `Source`. The newest of all are among the newest of each."""
        found: set[UUID] = set()
        for source in self._sources:
            found.update(await source.take(tx, span, limit))
        return sorted(found, reverse=True)[:limit]


def by_phone(phone: Phone) -> Indexed:
    """Orders with a contact of this telephone number."""
    return Indexed(FIND_BY_PHONE, phone.ending, phone.digits)


def off_time(placed_after: datetime, placed_before: datetime) -> Indexed:
    """Orders placed in a span of time that came more than an hour before or after."""
    return Indexed(FIND_OFF_TIME, placed_after, placed_before)
