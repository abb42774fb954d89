"""Create locations and change what is known of them. Moving and closing them is not an upsert: it moves what may be
promised: see `flows.close_locations`. Opening one that is new is an upsert: nothing has come in there yet."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec

from orderwright.catalog.changes import append_changes, lock_catalog, require_write
from orderwright.catalog.contract import UpsertLocation
from orderwright.catalog.entries import Change, Entry, UpsertOutcome, changes_of, decide_upserts, refuse_json_fields
from orderwright.catalog.errors import Refusal
from orderwright.catalog.places import COUNTRIES, time_zones
from orderwright.catalog.places_of_pools import closed_locations, lock_places
from orderwright.catalog.queries import PUT_LOCATIONS
from orderwright.catalog.reading import read_locations, read_pools
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns


async def upsert_locations(tx: Transaction, ctx: Context, commands: Sequence[UpsertLocation]) -> list[UpsertOutcome]:
    """Make each location be as it is sent, creating it if needed. Days are sorted and kept once each.

    Permission: `catalog.write`; with limits, for the caller's own locations. Locks: the catalogue, then the
    locations. Appends `location.created`, `location.updated`. Outcomes, in precedence: `duplicate_in_batch`,
    `version_conflict`, `location_not_allowed`, `unstorable_value`, `metadata_too_large`, `unknown_country`,
    `unknown_time_zone`, `incomplete_coordinates`, `unknown_pool`, `pool_change_refused`, `active_change_refused`,
    `created`, `unchanged`, `updated`.
    """
    require_write(ctx, ctx.locations)
    await lock_catalog(tx)
    await lock_places(tx, [c.code for c in commands])  # they close and move without the catalogue's lock
    stored = {entry.content.code: entry for entry in await read_locations(tx, codes=[c.code for c in commands])}
    pools = {entry.content.code for entry in await read_pools(tx, codes=[c.pool for c in commands])}
    opening = [c.code for c in commands if c.active and c.code in stored and not stored[c.code].content.active]
    closed = await closed_locations(tx, opening)
    refuse = partial(refuse_location, ctx, pools, closed)
    decisions = decide_upserts([normal_location(c) for c in commands], stored, refuse)
    if changes := changes_of(decisions):
        await PUT_LOCATIONS.run(tx, *columns([_row(change) for change in changes], 22))
        await append_changes(tx, ctx, "upsert_locations", "location", changes)
    return [decision.outcome for decision in decisions]


def normal_location(command: UpsertLocation) -> UpsertLocation:
    """The same location with its days in order, each once."""
    return msgspec.structs.replace(
        command, open_weekdays=sorted(set(command.open_weekdays)), holidays=sorted(set(command.holidays))
    )


def refuse_location(
    ctx: Context, pools: set[str], closed: set[str], command: UpsertLocation, entry: Entry[UpsertLocation] | None
) -> Refusal | None:
    """Why a location cannot be as it is sent, or None. `pools` are the codes of those pools named that exist, `closed`
    those of locations that only `open_locations` opens: what they have is withheld."""
    if ctx.locations is not None and (entry is None or entry.id not in ctx.locations):
        return Refusal("location_not_allowed", {})
    if refusal := refuse_json_fields(command) or _refuse_place(command):
        return refusal
    if command.pool not in pools:
        return Refusal("unknown_pool", {"pool": command.pool})
    if entry is not None and entry.content.pool != command.pool:
        return Refusal("pool_change_refused", {"pool": entry.content.pool})
    if (
        entry is not None
        and entry.content.active != command.active
        and (entry.content.active or command.code in closed)
    ):
        return Refusal("active_change_refused", {"active": entry.content.active})
    return None


def _refuse_place(command: UpsertLocation) -> Refusal | None:
    if command.country not in COUNTRIES:
        return Refusal("unknown_country", {"country": command.country})
    if command.time_zone not in time_zones():
        return Refusal("unknown_time_zone", {"time_zone": command.time_zone})
    if (command.latitude is None) != (command.longitude is None):
        return Refusal("incomplete_coordinates", {})
    return None


def _row(change: Change[UpsertLocation]) -> tuple[Any, ...]:
    it, encode = change.content, msgspec.json.encode
    weekdays = "{" + ",".join(map(str, it.open_weekdays)) + "}"
    holidays = "{" + ",".join(day.isoformat() for day in it.holidays) + "}"
    return (
        change.id, change.version, it.code, it.name, it.kind, it.pool, it.country, it.time_zone, it.line1, it.line2,
        it.city, it.region, it.postal_code, it.latitude, it.longitude, weekdays, holidays, it.cutoff,
        it.daily_capacity, it.active, encode(it.external_refs).decode(), encode(it.metadata).decode(),
    )  # fmt: skip
