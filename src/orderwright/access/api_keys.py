"""Make, list and revoke API keys. For those who run an installation: all of it works in the operator schema."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import structlog

from orderwright.access.errors import InvalidKeyExpiry, InvalidKeyName, UnknownMerchant
from orderwright.access.key_text import KeyText, new_key_text
from orderwright.access.queries import INSERT_API_KEY, LIST_API_KEYS, REVOKE_API_KEY, ApiKey
from orderwright.access.scopes import check_scopes
from orderwright.platform.clock import utc_now
from orderwright.platform.db import Transaction
from orderwright.platform.errors import InvalidRequest, NotFound
from orderwright.platform.ids import UUID, new_id

_log = structlog.get_logger(__name__)
_ZERO_ID = UUID("00000000-0000-0000-0000-000000000000")
_NAME_LENGTH_MAX = 200
PAGE_MAX = 500


class NewApiKey(NamedTuple):
    """A key that was made, and its text: the only time that the secret is there to be seen."""

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
) -> NewApiKey:
    """Make a key for a merchant, limited to channels and locations if any are named. `tx`: operator schema.

    Raises UnknownScope, InvalidKeyName, InvalidKeyExpiry and UnknownMerchant; then nothing was made.
    """
    wanted = check_scopes(scopes)
    if not 1 <= len(name.strip()) <= _NAME_LENGTH_MAX or not name.isprintable():
        raise InvalidKeyName
    if expires_at is not None and (expires_at.tzinfo is None or expires_at <= utc_now()):
        raise InvalidKeyExpiry
    text = new_key_text()
    key = await INSERT_API_KEY.first(
        tx, new_id(), merchant, name.strip(), text.prefix, text.secret_hash, wanted,
        None if channel_ids is None else sorted(set(channel_ids)),
        None if location_ids is None else sorted(set(location_ids)), expires_at,
    )  # fmt: skip
    if key is None:
        raise UnknownMerchant
    tx.on_commit.append(lambda: _log.info("API key made", key_prefix=key.prefix, merchant=merchant, scopes=wanted))
    return NewApiKey(key, text)


async def list_api_keys(tx: Transaction, merchant: str, *, after: UUID | None = None, limit: int = 50) -> list[ApiKey]:
    """A merchant's keys, oldest first, revoked ones too; `after` is the id of the last one seen. `tx`: operator schema.

    Raises InvalidRequest unless `limit` is 1 to 500.
    """
    if not 1 <= limit <= PAGE_MAX:
        raise InvalidRequest(f"A page holds 1 to {PAGE_MAX} keys. Correct `limit`.")
    return await LIST_API_KEYS.fetch(tx, merchant, after or _ZERO_ID, limit)


async def revoke_api_key(tx: Transaction, merchant: str, prefix: str) -> ApiKey:
    """Stop a key from working, on every server within five seconds. Doing it again changes nothing.

    `prefix` is that of the key; its whole text does as well. `tx`: operator schema. Raises NotFound.
    """
    if prefix.startswith("ow_"):
        prefix = prefix.removeprefix("ow_").partition("_")[0]
    key = await REVOKE_API_KEY.first(tx, merchant, prefix)
    if key is None:
        raise NotFound("This merchant has no key of this prefix. `orderwright key list` shows them.")
    tx.on_commit.append(lambda: _log.info("API key revoked", key_prefix=key.prefix, merchant=merchant))
    return key
