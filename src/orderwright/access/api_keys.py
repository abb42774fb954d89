"""Make, list, rotate and revoke API keys: all of it works in the operator schema, and leaves a trace there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import structlog

from orderwright.access.errors import InvalidKeyExpiry, InvalidKeyName, InvalidOverlap, TooMuchForKey, UnknownMerchant
from orderwright.access.key_text import KeyText, new_key_text
from orderwright.access.queries import (
    INSERT_API_KEY,
    LIST_API_KEYS,
    LOCK_API_KEY,
    REVOKE_API_KEY,
    ROTATE_API_KEY,
    ApiKey,
)
from orderwright.access.scopes import EVERYTHING, check_scopes
from orderwright.platform.clock import utc_now
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.errors import InvalidRequest, NotFound
from orderwright.platform.ids import UUID, new_id
from orderwright.platform.limits import Limits, limits_from_json, limits_to_json
from orderwright.platform.operator_acts import record_operator_act

_log = structlog.get_logger(__name__)
_ZERO_ID = UUID("00000000-0000-0000-0000-000000000000")
_NAME_LENGTH_MAX = 200
PAGE_MAX = 500
OVERLAP_MAX_S = 7 * 86_400
_UNKNOWN_KEY = "This merchant has no key of this prefix. `orderwright key list` shows them."


class NewApiKey(NamedTuple):
    """A key that was made or rotated, and its text: the only time that the secret is there to be seen."""

    key: ApiKey
    text: KeyText


async def create_api_key(
    tx: Transaction,
    merchant: str,
    name: str,
    scopes: Iterable[str],
    *,
    expires_at: datetime | None = None,
    channel_ids: Iterable[UUID] | None = None,
    location_ids: Iterable[UUID] | None = None,
    limits: Limits | None = None,
    by: Context | None = None,
) -> NewApiKey:
    """Make a key for a merchant, limited to channels and locations if any are named. `tx`: operator schema. `by`: who
    does it, None for who runs the installation; nobody makes a key that may more than they may themselves.

    Raises UnknownScope, InvalidKeyName, InvalidKeyExpiry, TooMuchForKey and UnknownMerchant; then nothing was made.
    """
    wanted = check_scopes(scopes)
    if not 1 <= len(name.strip()) <= _NAME_LENGTH_MAX or not name.isprintable():
        raise InvalidKeyName
    if expires_at is not None and (expires_at.tzinfo is None or expires_at <= utc_now()):
        raise InvalidKeyExpiry
    channels = None if channel_ids is None else sorted(set(channel_ids))
    locations = None if location_ids is None else sorted(set(location_ids))
    _check_no_more(by, wanted, channels, locations, limits or Limits())
    text = new_key_text()
    key = await INSERT_API_KEY.first(
        tx, new_id(), merchant, name.strip(), text.prefix, text.secret_hash, wanted, channels, locations, expires_at,
        limits_to_json(limits), None if by is None else by.answerable,
    )  # fmt: skip
    if key is None:
        raise UnknownMerchant
    await _record(tx, "create_api_key", key, by, after={**_said(key), "name": key.name})
    tx.on_commit.append(lambda: _log.info("API key made", key_prefix=key.prefix, merchant=merchant, scopes=wanted))
    return NewApiKey(key, text)


async def list_api_keys(tx: Transaction, merchant: str, *, after: UUID | None = None, limit: int = 50) -> list[ApiKey]:
    """A merchant's keys, oldest first, revoked ones too; `after` is the id of the last one seen. `tx`: operator schema.

    Raises InvalidRequest unless `limit` is 1 to 500.
    """
    if not 1 <= limit <= PAGE_MAX:
        raise InvalidRequest(f"A page holds 1 to {PAGE_MAX} keys. Correct `limit`.")
    return await LIST_API_KEYS.fetch(tx, merchant, after or _ZERO_ID, limit)


async def rotate_api_key(
    tx: Transaction, merchant: str, prefix: str, *, overlap_s: int = 0, by: Context | None = None
) -> NewApiKey:
    """Give a key a new secret: name, prefix, scopes and limits stay. The old secret is good for `overlap_s` seconds
    more (0 to 604,800), so that programs can change over one after the other; one that is older stops at once.

    `tx`: operator schema. Nobody rotates a key that may more than they may, since they see its secret; from then on
    they answer for what it does. Raises InvalidOverlap, NotFound (a key that was revoked too) and TooMuchForKey.
    """
    if not 0 <= overlap_s <= OVERLAP_MAX_S:
        raise InvalidOverlap
    prefix = _prefix_in(prefix)
    key = await LOCK_API_KEY.first(tx, merchant, prefix)
    if key is None or key.revoked_at is not None:
        raise NotFound(_UNKNOWN_KEY if key is None else "This key was revoked, and stays so. Make a new one.")
    _check_no_more(by, key.scopes, key.channel_ids, key.location_ids, limits_from_json(key.limits))
    text = KeyText(prefix, new_key_text().secret)
    holder = None if by is None else by.answerable
    key = await ROTATE_API_KEY.first(tx, merchant, prefix, text.secret_hash, overlap_s, holder)
    if key is None:
        raise NotFound(_UNKNOWN_KEY)
    await _record(tx, "rotate_api_key", key, by, after={"overlap_s": overlap_s})
    tx.on_commit.append(lambda: _log.info("API key rotated", key_prefix=prefix, merchant=merchant, overlap_s=overlap_s))
    return NewApiKey(key, text)


async def revoke_api_key(tx: Transaction, merchant: str, prefix: str, *, by: Context | None = None) -> ApiKey:
    """Stop a key from working, on every server within five seconds. Doing it again changes nothing.

    `prefix` is that of the key; its whole text does as well. `tx`: operator schema. Raises NotFound.
    """
    prefix = _prefix_in(prefix)
    before = await LOCK_API_KEY.first(tx, merchant, prefix)
    key = await REVOKE_API_KEY.first(tx, merchant, prefix)
    if key is None or before is None:
        raise NotFound(_UNKNOWN_KEY)
    if before.revoked_at is None:
        await _record(tx, "revoke_api_key", key, by, before={"revoked": False}, after={"revoked": True})
    tx.on_commit.append(lambda: _log.info("API key revoked", key_prefix=key.prefix, merchant=merchant))
    return key


def _prefix_in(text: str) -> str:
    """The prefix of a key, of which the whole text may be given."""
    return text.removeprefix("ow_").partition("_")[0] if text.startswith("ow_") else text


def _check_no_more(
    by: Context | None,
    scopes: Iterable[str],
    channel_ids: Iterable[UUID] | None,
    location_ids: Iterable[UUID] | None,
    limits: Limits,
) -> None:
    """Raise TooMuchForKey where a key may more than who makes it."""
    if by is None:
        return
    over = [s for s in scopes if (s == EVERYTHING and EVERYTHING not in by.permissions) or not by.may(s)]
    if over:
        raise TooMuchForKey(f"You may not {', '.join(over)} yourself. Leave it out, or ask who may.", scopes=over)
    for mine, wanted, what in ((by.channels, channel_ids, "channels"), (by.locations, location_ids, "locations")):
        if mine is not None and (wanted is None or not set(wanted) <= mine):
            raise TooMuchForKey(f"You are limited to some {what} yourself. Limit the key to some of those.", field=what)
    if not limits.within(by.limits):
        raise TooMuchForKey("You have lower limits yourself. Send `limits` that are not above yours.", field="limits")


def _said(key: ApiKey) -> dict[str, Any]:
    return {
        "prefix": key.prefix, "scopes": key.scopes, "channel_ids": key.channel_ids, "location_ids": key.location_ids,
        "limits": None if key.limits is None else limits_from_json(key.limits), "expires_at": key.expires_at,
    }  # fmt: skip


async def _record(
    tx: Transaction,
    verb: str,
    key: ApiKey,
    by: Context | None,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    await record_operator_act(
        tx, verb, actor="cli" if by is None else by.actor, merchant=key.merchant, subject_kind="api_key",
        subject_id=key.id, before=before, after=after, origin=None if by is None else by.origin,
        reason=None if by is None else by.reason, request_id=None if by is None else by.request_id,
    )  # fmt: skip
