"""What an actor may do by now: for what they started, and the system goes on with when they have left."""

from __future__ import annotations

from typing import Any

from orderwright.access.queries import API_KEY_BY_PREFIX, MEMBERSHIP_OF_ACTIVE
from orderwright.access.sessions import membership_of
from orderwright.platform.clock import utc_now
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.errors import InvalidId
from orderwright.platform.ids import decode_id
from orderwright.platform.limits import limits_from_json


async def acting_later(tx: Transaction, merchant: str, actor: str, **rest: Any) -> Context | None:
    """The context of `user:<id>` or `key:<prefix>` as it is now: role, limits, whether they still belong here. None
    for who may do nothing here any more. `rest` are further fields of Context. `tx`: operator schema. One statement."""
    kind, _, name = actor.partition(":")
    allowed = await {"user": _of_person, "key": _of_key}.get(kind, _of_nobody)(tx, merchant, name)
    return None if allowed is None else Context(merchant=merchant, actor=actor, **allowed, **rest)


async def _of_person(tx: Transaction, merchant: str, name: str) -> dict[str, Any] | None:
    try:
        row = await MEMBERSHIP_OF_ACTIVE.first(tx, decode_id("usr", name), merchant)
    except InvalidId:
        return None
    if row is None:
        return None
    found = membership_of(row)
    return {
        "permissions": found.permissions, "channels": found.channels, "locations": found.locations,
        "limits": found.limits,
    }  # fmt: skip


async def _of_key(tx: Transaction, merchant: str, name: str) -> dict[str, Any] | None:
    key = await API_KEY_BY_PREFIX.first(tx, name)
    if key is None or key.merchant != merchant or key.revoked_at is not None:
        return None
    if key.expires_at is not None and key.expires_at <= utc_now():
        return None
    return {
        "permissions": frozenset(key.scopes),
        "channels": None if key.channel_ids is None else frozenset(key.channel_ids),
        "locations": None if key.location_ids is None else frozenset(key.location_ids),
        "limits": limits_from_json(key.limits),
        "held_by": key.held_by,
    }


async def _of_nobody(_tx: Transaction, _merchant: str, _name: str) -> dict[str, Any] | None:
    return None
