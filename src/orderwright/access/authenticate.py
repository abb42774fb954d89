"""Who a request comes from: an API key in the Authorization header, looked up at most every five seconds."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import structlog

from orderwright.access.key_text import KeyText, parse_key_text
from orderwright.access.queries import API_KEY_BY_PREFIX, TOUCH_API_KEY, KeyCheck
from orderwright.platform.background import Background
from orderwright.platform.clock import utc_now
from orderwright.platform.context import Context
from orderwright.platform.db import Database
from orderwright.platform.errors import NotAuthenticated, Overloaded
from orderwright.platform.ids import UUID
from orderwright.platform.limits import NO_LIMITS, Limits, limits_from_json

GOOD_FOR_S = 5.0  # how long a key is believed: a revoked one works no longer than this
BAD_FOR_S = 1.0
CACHED_KEYS_MAX = 10_000
LOOKUPS_MAX = 1_000
PARALLEL_LOOKUPS = 4  # a flood of made-up keys must not take all connections
TOUCH_EVERY_S = 60.0

_log = structlog.get_logger(__name__)

_MISSING = "An API key is missing. Send `Authorization: Bearer <key>`; `orderwright key create` makes one."
_MALFORMED = "This is not an API key. Send `Authorization: Bearer ow_...` with the whole key as it was shown once."
_UNKNOWN = "This API key is not known here. Check that it is whole and that it is meant for this server."
_REVOKED = "This API key was revoked. Ask an administrator for a new one."
_EXPIRED = "This API key has expired. Ask an administrator for a new one."


class Caller(NamedTuple):
    """Whoever presented a good key, and what the key allows. None limits mean that there are none."""

    key_id: UUID
    prefix: str
    merchant: str
    permissions: frozenset[str]
    channels: frozenset[UUID] | None
    locations: frozenset[UUID] | None
    expires_at: datetime | None
    limits: Limits = NO_LIMITS
    held_by: str | None = None

    def context(self, **rest: Any) -> Context:
        """The context of a call by this key; `rest` are further fields of Context, such as `request_id`."""
        return Context(
            merchant=self.merchant,
            actor=f"key:{self.prefix}",
            permissions=self.permissions,
            channels=self.channels,
            locations=self.locations,
            limits=self.limits,
            held_by=self.held_by,
            **rest,
        )


class _Answer(NamedTuple):
    """What was found about a key, and until when (in the clock's seconds) it is believed."""

    until_s: float
    caller: Caller | None
    refusal: str


class Authenticator:
    """Checks keys for one process. `clock` gives seconds that only rise.

    Answers are kept by the key's SHA-256, good and bad ones apart, so that a flood of bad keys displaces no good one.
    """

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._good: OrderedDict[bytes, _Answer] = OrderedDict()
        self._bad: OrderedDict[bytes, _Answer] = OrderedDict()
        self._lookups: dict[bytes, asyncio.Task[_Answer]] = {}
        self._turns = asyncio.Semaphore(PARALLEL_LOOKUPS)
        self._touched_s: dict[UUID, float] = {}
        self._beside = Background()

    async def authenticate(self, header: str | None) -> Caller:
        """The caller of a request by its Authorization header.

        Raises NotAuthenticated with a sentence that says what to do; DatabaseUnavailable, Overloaded.
        """
        text = _key_in(header)
        digest = hashlib.sha256(str(text).encode()).digest()
        answer = self._good.get(digest) or self._bad.get(digest)
        if answer is None or answer.until_s <= self._clock():
            answer = await self._look_up(text, digest)
        if answer.caller is None:
            raise NotAuthenticated(answer.refusal)
        if answer.caller.expires_at is not None and answer.caller.expires_at <= utc_now():
            raise NotAuthenticated(_EXPIRED)
        self._note_use(answer.caller.key_id)
        return answer.caller

    async def close(self) -> None:
        """Wait for what still runs beside requests. Call it before closing the database."""
        await self._beside.drain()

    async def _look_up(self, text: KeyText, digest: bytes) -> _Answer:
        """Ask the database, once for all who wait for the same key. One who leaves does not stop it."""
        lookup = self._lookups.get(digest)
        if lookup is None:
            if len(self._lookups) >= LOOKUPS_MAX:
                raise Overloaded
            lookup = self._beside.spawn(self._fetch(text, digest))
            self._lookups[digest] = lookup
            lookup.add_done_callback(lambda _: self._lookups.pop(digest, None))
        return await asyncio.shield(lookup)

    async def _fetch(self, text: KeyText, digest: bytes) -> _Answer:
        async with self._turns:
            asked_s = self._clock()  # before the question: what is revoked after it counts from here
            async with self._database.operator_transaction() as tx:
                found = await API_KEY_BY_PREFIX.first(tx, text.prefix)
        answer = judge_key(found, text, asked_s)
        kept = self._good if answer.caller else self._bad
        self._good.pop(digest, None)
        self._bad.pop(digest, None)
        kept[digest] = answer
        if len(kept) > CACHED_KEYS_MAX:
            kept.popitem(last=False)
        return answer

    def _note_use(self, key_id: UUID) -> None:
        """Write down that a key was used: once a minute, beside the request."""
        now_s = self._clock()
        if now_s - self._touched_s.get(key_id, float("-inf")) < TOUCH_EVERY_S:
            return
        if len(self._touched_s) >= CACHED_KEYS_MAX:
            self._touched_s.clear()
        self._touched_s[key_id] = now_s
        self._beside.spawn(self._touch(key_id))

    async def _touch(self, key_id: UUID) -> None:
        try:
            async with self._database.operator_transaction() as tx:
                await TOUCH_API_KEY.run(tx, key_id)
        except Exception as error:  # noqa: BLE001 - a note that is not taken must not trouble anyone
            _log.warning("use of an API key not noted", key_id=str(key_id), error=type(error).__name__)


def judge_key(found: KeyCheck | None, text: KeyText, asked_s: float) -> _Answer:
    """Whether a key that was presented is good, given what is stored under its prefix. Pure.

    That a key was revoked or has expired is told only to who has its secret.
    """
    new = hmac.compare_digest(found.secret_hash if found else bytes(32), text.secret_hash)
    old = hmac.compare_digest((found.old_hash if found else None) or bytes(32), text.secret_hash)
    if found is None or not (new or old):
        return _Answer(asked_s + BAD_FOR_S, None, _UNKNOWN)
    if found.revoked_at is not None:
        return _Answer(asked_s + BAD_FOR_S, None, _REVOKED)
    caller = Caller(
        found.id,
        found.prefix,
        found.merchant,
        frozenset(found.scopes),
        None if found.channel_ids is None else frozenset(found.channel_ids),
        None if found.location_ids is None else frozenset(found.location_ids),
        found.expires_at if new else min(filter(None, (found.expires_at, found.old_until))),
        limits_from_json(found.limits),
        found.held_by,
    )
    return _Answer(asked_s + GOOD_FOR_S, caller, "")


def _key_in(header: str | None) -> KeyText:
    if not header:
        raise NotAuthenticated(_MISSING)
    scheme, _, rest = header.partition(" ")
    text = parse_key_text(rest.strip()) if scheme.lower() == "bearer" else None
    if text is None:
        raise NotAuthenticated(_MALFORMED)
    return text
