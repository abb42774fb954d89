"""How API keys are shown: as a row for people, as an object for programs. Never with their secrets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from orderwright.access import ApiKey
from orderwright.catalog import channels_by_id, locations_by_id
from orderwright.platform.clock import utc_now
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.limits import Limits, limits_from_json
from orderwright.platform.money import Money

HEADINGS = ("prefix", "name", "scopes", "only for", "made", "expires", "last used", "state")
Codes = Mapping[UUID, str]

_UNITS = ((60, 1, "s"), (3_600, 60, "min"), (172_800, 3_600, "h"))


async def read_limits(tx: Transaction, keys: Sequence[ApiKey]) -> Codes:
    """The codes of the channels and locations that keys are limited to, by id. `tx`: the merchant's schema."""
    channel_ids = sorted({i for key in keys for i in key.channel_ids or ()})
    location_ids = sorted({i for key in keys for i in key.location_ids or ()})
    channels = await channels_by_id(tx, channel_ids) if channel_ids else {}
    locations = await locations_by_id(tx, location_ids) if location_ids else {}
    return {i: facts.code for i, facts in channels.items()} | {i: facts.code for i, facts in locations.items()}


def row_of(key: ApiKey, codes: Codes) -> tuple[str, ...]:
    """A key for people, in the order of `HEADINGS`."""
    limits = [("channel", _codes(key.channel_ids, codes)), ("location", _codes(key.location_ids, codes))]
    where = [f"{what} {code}" for what, found in limits for code in found or ()]
    only_for = ", ".join([*where, *_amounts(limits_from_json(key.limits))])
    scopes, expires = " ".join(key.scopes), _expiry(key.expires_at)
    return key.prefix, key.name, scopes, only_for, _day(key.created_at), expires, _day(key.last_used_at), state_of(key)


def object_of(key: ApiKey, codes: Codes) -> dict[str, Any]:
    """A key for programs: its prefix names it everywhere. `channels` and `locations`: null where it has no limit."""
    return {
        "prefix": key.prefix,
        "merchant": key.merchant,
        "name": key.name,
        "scopes": key.scopes,
        "channels": _codes(key.channel_ids, codes),
        "locations": _codes(key.location_ids, codes),
        "limits": msgspec.to_builtins(limits_from_json(key.limits)),
        "held_by": key.held_by,
        "state": state_of(key),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "last_used_at": key.last_used_at,
        "rotated_at": key.rotated_at,
        "old_until": key.old_until,
    }


def _amounts(limits: Limits) -> list[str]:
    """How much it may give or correct without approval, in words."""
    pairs = (("refunds", limits.refund_max_minor), ("store credit", limits.credit_max_minor))
    said = [f"{what} up to {Money(n, c)}" for what, found in pairs for c, n in sorted((found or {}).items())]
    return said if limits.adjust_max_units is None else [*said, f"corrections up to {limits.adjust_max_units} units"]


def state_of(key: ApiKey) -> str:
    """Whether a key works, and why not."""
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= utc_now() else "works"


def _codes(ids: Sequence[UUID] | None, codes: Codes) -> list[str] | None:
    return None if ids is None else sorted(codes.get(i, str(i)) for i in ids)


def _expiry(moment: datetime | None) -> str:
    """`2027-01-31 00:00:00 UTC, in 90 d`; nothing when a key does not expire."""
    if moment is None:
        return ""
    left_s = (moment - utc_now()).total_seconds()
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC, {'expired' if left_s <= 0 else f'in {_span(int(left_s))}'}"


def _span(seconds: int) -> str:
    """A duration in its largest unit: 40 s, 12 min, 2 h, 3 d."""
    found = next(((size, unit) for limit, size, unit in _UNITS if seconds < limit), (86_400, "d"))
    return f"{seconds // found[0]} {found[1]}"


def _day(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d}"
