"""Close and open locations and move them between pools, as far as the catalogue knows of it. The verbs are flows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from orderwright.catalog.place_commands import PlaceRow
from orderwright.platform.changes import changed, record_changes
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.events import NewEvent, append_events
from orderwright.platform.ids import UUID
from orderwright.platform.queries import query, statement


class _Code(NamedTuple):
    code: str


LOCK_PLACES = query(__package__, "lock_places", PlaceRow)
PUT_PLACES = statement(__package__, "put_places")
CLOSED_LOCATIONS = query(__package__, "closed_locations", _Code)


class PlaceChange(NamedTuple):
    """What a locked location becomes. `event` says it, with `data` besides its code."""

    place: PlaceRow
    pool_id: UUID
    pool: str
    active: bool
    event: str
    data: Mapping[str, Any]


async def lock_places(tx: Transaction, codes: Iterable[str]) -> dict[str, PlaceRow]:
    """Lock locations in id order, before anything else. One statement."""
    return {row.code: row for row in await LOCK_PLACES.fetch(tx, sorted(set(codes)))}


async def closed_locations(tx: Transaction, codes: Iterable[str]) -> set[str]:
    """Which locations were closed, by code. One statement, or none."""
    wanted = sorted(set(codes))
    return {row.code for row in await CLOSED_LOCATIONS.fetch(tx, wanted)} if wanted else set()


async def change_places(tx: Transaction, ctx: Context, act_id: UUID, changes: Sequence[PlaceChange]) -> None:
    """Write what locked locations become, tell it, and keep what they were: three statements, or none."""
    if not changes:
        return
    await PUT_PLACES.run(tx, *columns([(c.place.id, c.pool_id, c.active) for c in changes], 3))
    was = [{"pool": c.place.pool, "active": c.place.active} for c in changes]
    now = [{"pool": c.pool, "active": c.active} for c in changes]
    ids = [c.place.id for c in changes]
    await record_changes(tx, act_id, [changed("location", *one) for one in zip(ids, was, now, strict=True)])
    events = [
        NewEvent(c.place.id, c.place.version + 1, c.event, {"code": c.place.code, **c.data}, ctx.now) for c in changes
    ]
    await append_events(tx, act_id, events)
