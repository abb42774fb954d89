"""From filters to a search: where orders are looked for, and what else must be true of them."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from orderwright.catalog import channels_by_code, locations_by_code
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, id_from_time
from orderwright.search.alike import or_alike
from orderwright.search.conditions import NOTHING_FURTHER, Conditions, Further
from orderwright.search.errors import InvalidFilter
from orderwright.search.filters import (
    Name,
    OrderFilters,
    Phone,
    read_email,
    read_name,
    read_number,
    read_phone,
    read_tracking_number,
)
from orderwright.search.further import understand_further
from orderwright.search.guess import guess
from orderwright.search.sources import (
    FIND_BY_CHANNEL,
    FIND_BY_EMAIL,
    FIND_BY_EXTERNAL_ID,
    FIND_BY_LOCATION,
    FIND_BY_NUMBER,
    FIND_BY_SKU,
    FIND_BY_STATUS,
    FIND_BY_TRACKING,
    FIND_HELD,
    FIND_NEWEST,
    NEWEST,
    OLDEST,
    AnyOf,
    Indexed,
    Named,
    Source,
    Span,
    by_phone,
    off_time,
)

# An order comes within an hour of being placed, else `orders_off_time_idx` has it.
_ON_TIME = timedelta(hours=1)
_FIRST, _LAST = (
    datetime.min.replace(tzinfo=UTC) + timedelta(days=1),
    datetime.max.replace(tzinfo=UTC) - timedelta(days=2),
)
_EPOCH = datetime(1970, 1, 2, tzinfo=UTC)


class Search(msgspec.Struct, kw_only=True):
    """Where to look and what to check. `simple`: the one source has exactly what is wanted. `further` is None where
    nothing of it is asked for.

    `off_time`: the orders placed in the wanted time whose ids do not tell so, when a time is asked for.
    """

    sources: list[Source]
    conditions: Conditions
    further: Further | None
    span: Span
    off_time: Source | None
    simple: bool


async def understand(tx: Transaction, filters: OrderFilters, number_format: str, ctx: Context | None) -> Search | None:
    """The search that filters ask for; None when nothing can be found (a channel or location that the actor may not
    touch). A statement each for channels, locations, and a name beside other filters. Raises `InvalidFilter`, also for
    a channel or location that does not exist. A SKU may be one that only orders name."""
    if filters.q is not None and filters.name is not None:
        raise InvalidFilter("Search by `q` or by `name`, not by both. Leave one of them out.", field="q")
    channel_ids, location_ids = await _places(tx, filters, ctx)
    if channel_ids == [] or location_ids == []:
        return None
    timed = filters.placed_after is not None or filters.placed_before is not None
    conditions = Conditions(
        channel_ids=channel_ids,
        location_ids=location_ids,
        placed_from=filters.placed_after,
        placed_before=filters.placed_before,
    )
    rare = understand_further(filters)
    further = None if rare.further == NOTHING_FURTHER else rare.further
    sources = _exact(filters, number_format, conditions) + rare.sources + _broad(filters, conditions)
    checked = timed or filters.held is False or rare.checked
    alone = not (sources or checked)
    # What no condition says as well has to lead: what was typed, and a name with its last word unfinished.
    leader: Source | None = None
    if filters.q is not None:
        leader = or_alike(AnyOf(guess(filters.q, number_format)), filters.q)
    elif filters.name is not None:
        named = Named(_name(filters.name))
        leader = named if alone else await named.unfinished(tx)
        if leader is not None:
            leader = or_alike(leader, filters.name)
        else:
            conditions.name_keys = [named.name.key, *named.name.others]
            sources.append(named.whole)
    if leader is not None:
        return Search(
            sources=[leader], conditions=conditions, further=further, span=Span(), off_time=None, simple=alone
        )
    return Search(
        sources=sources or [Indexed(FIND_NEWEST)],
        conditions=conditions,
        further=further,
        span=_span(filters),
        off_time=off_time(filters.placed_after or _FIRST, filters.placed_before or _LAST) if timed else None,
        simple=alone or (len(sources) == 1 and not checked),
    )


async def _places(
    tx: Transaction, filters: OrderFilters, ctx: Context | None
) -> tuple[list[UUID] | None, list[UUID] | None]:
    """The channels and locations that are asked for and allowed; None for all."""
    channels: set[UUID] | None = None
    locations: set[UUID] | None = None
    if filters.channel:
        known = await channels_by_code(tx, filters.channel)
        _refuse_unknown("channel", filters.channel, known)
        channels = {channel.id for channel in known.values()}
    if filters.location:
        places = await locations_by_code(tx, filters.location)
        _refuse_unknown("location", filters.location, places)
        locations = {location.id for location in places.values()}
    return (
        _allowed(channels, None if ctx is None else ctx.channels),
        _allowed(locations, None if ctx is None else ctx.locations),
    )


def _refuse_unknown(field: str, codes: Sequence[str], known: Container[str]) -> None:
    """A code that nothing has would find nothing, and whoever mistyped it would believe that there is nothing."""
    for code in codes:
        if code not in known:
            raise InvalidFilter(f"There is no {field} of the code {code}. Correct `{field}`.", field=field, code=code)


def _allowed(asked: set[UUID] | None, limits: frozenset[UUID] | None) -> list[UUID] | None:
    if asked is None:
        return None if limits is None else sorted(limits)
    return sorted(asked if limits is None else asked & limits)


def _exact(filters: OrderFilters, number_format: str, conditions: Conditions) -> list[Source]:
    """Sources of what names an order or few."""
    sources: list[Source] = []
    if filters.number is not None:
        conditions.number = read_number(filters.number, number_format)
        sources.append(Indexed(FIND_BY_NUMBER, conditions.number))
    if filters.tracking_number is not None:
        conditions.tracking_numbers = read_tracking_number(filters.tracking_number)
        sources.append(Indexed(FIND_BY_TRACKING, conditions.tracking_numbers))
    if filters.external_id is not None:
        conditions.external_id = filters.external_id
        sources.append(Indexed(FIND_BY_EXTERNAL_ID, conditions.external_id))
    if filters.email is not None:
        conditions.email = read_email(filters.email)
        sources.append(Indexed(FIND_BY_EMAIL, conditions.email))
    if filters.phone is not None:
        phone = _phone(filters.phone)
        conditions.phone_ending, conditions.phone_digits = phone
        sources.append(by_phone(phone))
    return sources


def _broad(filters: OrderFilters, conditions: Conditions) -> list[Source]:
    """Sources of what may be true of many orders."""
    sources: list[Source] = []
    if filters.sku is not None:
        conditions.sku_code = filters.sku
        sources.append(Indexed(FIND_BY_SKU, filters.sku))
    if filters.status:
        conditions.statuses = sorted({status.value for status in filters.status})
        sources.append(Indexed(FIND_BY_STATUS, conditions.statuses))
    if filters.held is not None:
        conditions.held = filters.held
        if filters.held:
            sources.append(Indexed(FIND_HELD))
    if conditions.channel_ids is not None:
        sources.append(Indexed(FIND_BY_CHANNEL, conditions.channel_ids))
    if conditions.location_ids is not None:
        sources.append(Indexed(FIND_BY_LOCATION, conditions.location_ids))
    return sources


def _phone(text: str) -> Phone:
    phone = read_phone(text)
    if phone is None:
        raise InvalidFilter("A telephone number has at least five digits. Send it in any form.", field="phone")
    return phone


def _name(text: str) -> Name:
    name = read_name(text)
    if name is None:
        raise InvalidFilter("There is no word in this name. Send some of it in letters or digits.", field="name")
    return name


def _span(filters: OrderFilters) -> Span:
    """The ids of orders that came within an hour of a time of placement that is asked for."""
    after, before = filters.placed_after, filters.placed_before
    floor, below = OLDEST, NEWEST
    if after is not None and after > _EPOCH:
        floor = id_from_time(min(after, _LAST) - _ON_TIME)
    if before is not None:
        below = id_from_time(min(max(before, _EPOCH), _LAST) + _ON_TIME + timedelta(milliseconds=1))
    return Span(below, floor)
