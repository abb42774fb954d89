"""The SQL of access, by type. All of it runs in the operator schema."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import query, statement


class ApiKey(NamedTuple):
    """An API key without its secret. `prefix` names it in logs and events; None limits mean that there are none."""

    id: UUID
    merchant: str
    name: str
    prefix: str
    scopes: list[str]
    channel_ids: list[UUID] | None
    location_ids: list[UUID] | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class KeyCheck(NamedTuple):
    """What a key that is presented is checked against. `secret_hash` is the SHA-256 of the secret."""

    id: UUID
    merchant: str
    prefix: str
    secret_hash: bytes
    scopes: list[str]
    channel_ids: list[UUID] | None
    location_ids: list[UUID] | None
    expires_at: datetime | None
    revoked_at: datetime | None


INSERT_API_KEY = query(__package__, "insert_api_key", ApiKey, schema="operator")
LIST_API_KEYS = query(__package__, "list_api_keys", ApiKey, schema="operator")
REVOKE_API_KEY = query(__package__, "revoke_api_key", ApiKey, schema="operator")
API_KEY_BY_PREFIX = query(__package__, "api_key_by_prefix", KeyCheck, schema="operator")
TOUCH_API_KEY = statement(__package__, "touch_api_key", schema="operator")
