"""What closes, opens and moves locations, and which of it can be done. Pure but for the types of commands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import msgspec

from orderwright.platform.context import Context
from orderwright.platform.fields import Code
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome, no
from orderwright.platform.versions import VERSION_CONFLICT, SeenVersion, differs

MESSAGES: dict[str, str] = {
    "duplicate_in_batch": "The same location is named twice in this call. Send each once.",
    "unknown_location": "There is no location of this code. Create it first, or correct `location`.",
    "location_not_allowed": "The key or role is limited to other locations. Use one for this location.",
    "version_conflict": VERSION_CONFLICT,
    "unknown_pool": "There is no pool of this code. Create it first, or correct `pool`.",
    "location_busy": "Orders came to the location all the while. Nothing was changed: repeat it.",
    "too_many_units": "The pool would have more units than can be counted (2,147,483,647). Move something else out.",
}


class CloseLocation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing is promised from a location and nothing sent there until it is opened again. `version`: what it was
    decided on; another one by now is refused."""

    location: Code
    version: SeenVersion | None = None


class OpenLocation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a closed location has may be promised again. `version`: as for `CloseLocation`."""

    location: Code
    version: SeenVersion | None = None


class MoveLocation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A location promises together with those of another pool from now on. `version`: as for `CloseLocation`."""

    location: Code
    pool: Code
    version: SeenVersion | None = None


PlaceCommand = CloseLocation | OpenLocation | MoveLocation
C = TypeVar("C", bound=PlaceCommand)


class PlaceRow(NamedTuple):
    """A locked location: where it promises, whether it does, and its version."""

    id: UUID
    code: str
    pool_id: UUID
    pool: str
    active: bool
    version: int


def refuse_place(code: str, **details: Any) -> Outcome:
    """A "no" to a command on a location, with its sentence."""
    return no(code, MESSAGES[code], **details)


def decide_places(
    ctx: Context, commands: Sequence[C], places: Mapping[str, PlaceRow], pools: Collection[str] = ()
) -> list[Outcome | PlaceRow]:
    """What becomes of each command: its location, where it is to be changed. `pools`: those named that exist. Pure.

    Outcomes, in precedence: `duplicate_in_batch`, `unknown_location`, `location_not_allowed`, `version_conflict`,
    `unknown_pool`, `unchanged`.
    """
    seen: set[str] = set()
    decided: list[Outcome | PlaceRow] = []
    for command in commands:
        refusal = refuse_place("duplicate_in_batch") if command.location in seen else None
        seen.add(command.location)
        decided.append(refusal or _decide(ctx, command, places.get(command.location), pools))
    return decided


def _decide(ctx: Context, command: PlaceCommand, place: PlaceRow | None, pools: Collection[str]) -> Outcome | PlaceRow:
    if place is None:
        return refuse_place("unknown_location", location=command.location)
    if not ctx.may_location(place.id):
        return refuse_place("location_not_allowed", location=command.location)
    if differs(command.version, place.version):
        return refuse_place("version_conflict", version=place.version)
    if isinstance(command, MoveLocation) and command.pool not in pools:
        return refuse_place("unknown_pool", pool=command.pool)
    return Outcome(code="unchanged", id=place.id) if _is_so(command, place) else place


def _is_so(command: PlaceCommand, place: PlaceRow) -> bool:
    if isinstance(command, MoveLocation):
        return command.pool == place.pool
    return place.active == isinstance(command, OpenLocation)
