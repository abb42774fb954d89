"""Whose session a cookie is: looked up at most every five seconds, so that one that was ended stops within these."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import structlog

from orderwright.access.queries import MEMBERSHIPS_OF_PEOPLE, SESSION_BY_TOKEN, TOUCH_SESSION, MembershipRow, SessionRow
from orderwright.access.roles import name_of, permissions_of
from orderwright.access.session_tokens import IDLE_S, origin_of, token_hash
from orderwright.platform.background import Background
from orderwright.platform.clock import utc_now
from orderwright.platform.context import Context
from orderwright.platform.db import Database
from orderwright.platform.errors import Overloaded, PermissionDenied
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.limits import NO_LIMITS, Limits, limits_from_json

GOOD_FOR_S = 5.0
BAD_FOR_S = 1.0
CACHED_MAX = 10_000
LOOKUPS_MAX = 1_000
PARALLEL_LOOKUPS = 4  # a flood of made-up cookies must not take all connections
TOUCH_EVERY_S = 60.0
CONFIRMED_FOR_S = 600  # how long somebody who typed their password is believed to sit there still
_ADDRESS_MAX, _DEVICE_MAX = 100, 300

_log = structlog.get_logger(__name__)


class Membership(NamedTuple):
    """What a person may do at one merchant. None limits mean that there are none."""

    merchant: str
    merchant_name: str
    role: str
    role_name: str
    permissions: frozenset[str]
    channels: frozenset[UUID] | None
    locations: frozenset[UUID] | None
    limits: Limits = NO_LIMITS


class SignedIn(NamedTuple):
    """Whoever has a good session. `theme` is auto, light or dark; `csrf_key` is the session's: tokens of forms are made
    of it. `confirmed_at` is when they last proved who they are, by a password or a provider."""

    session_id: UUID
    person_id: UUID
    name: str
    email: str
    time_zone: str | None
    locale: str
    theme: str
    csrf_key: bytes
    memberships: Mapping[str, Membership]
    confirmed_at: datetime | None = None
    made_by: str = "password"
    good_until: datetime | None = None

    @property
    def actor(self) -> str:
        """Who acts, as contexts and audit trails name them."""
        return f"user:{encode_id('usr', self.person_id)}"

    @property
    def origin(self) -> str:
        """Where what they do comes from."""
        return origin_of(self.session_id)

    def __repr__(self) -> str:
        """Who it is, without the key of their session or personal data."""
        return f"SignedIn({self.actor})"

    def context(self, merchant: str, **rest: Any) -> Context:
        """The context of what they do at a merchant; `rest` are further fields of Context, such as `request_id`.

        Raises PermissionDenied for a merchant that they do not belong to.
        """
        found = self.memberships.get(merchant)
        if found is None:
            raise PermissionDenied("You do not belong to this merchant. Ask its administrator to add you.")
        return Context(
            merchant=merchant,
            actor=self.actor,
            permissions=found.permissions,
            channels=found.channels,
            locations=found.locations,
            limits=found.limits,
            origin=self.origin,
            **rest,
        )

    def is_confirmed(self, now: datetime) -> bool:
        """Whether they proved lately who they are: else that is asked before what matters most. The demo's people have
        nothing to prove it by."""
        if self.made_by == "demo":
            return True
        return self.confirmed_at is not None and now - self.confirmed_at < timedelta(seconds=CONFIRMED_FOR_S)


class _Answer(NamedTuple):
    """What was found about a cookie, and until when (in the clock's seconds) it is believed."""

    until_s: float
    signed_in: SignedIn | None


class Sessions:
    """Knows sessions for one process. `clock` gives seconds that only rise.

    Answers are kept by the token's SHA-256, good and bad ones apart, so that a flood of bad cookies displaces no good
    one. A session that is ended in this process is forgotten here at once, elsewhere within five seconds.
    """

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._good: OrderedDict[bytes, _Answer] = OrderedDict()
        self._bad: OrderedDict[bytes, _Answer] = OrderedDict()
        self._lookups: dict[bytes, asyncio.Task[_Answer]] = {}
        self._turns = asyncio.Semaphore(PARALLEL_LOOKUPS)
        self._touched_s: dict[UUID, float] = {}
        self._forgotten = 0
        self._beside = Background()

    async def signed_in(
        self, cookie: str | None, *, address: str | None = None, device: str | None = None, used: bool = True
    ) -> SignedIn | None:
        """Whose session this is; None when it is none, or none any more. `address` and `device` are where it is used
        from, for its person to see; `used` is false for a look by which it does not live longer. Raises
        DatabaseUnavailable, Overloaded."""
        digest = token_hash(cookie) if cookie else None
        if digest is None:
            return None
        answer = self._good.get(digest) or self._bad.get(digest)
        if answer is None or answer.until_s <= self._clock():
            answer = await self._look_up(digest)
        found = answer.signed_in
        if found is None or (found.good_until is not None and found.good_until <= utc_now()):
            return None
        if used:
            self._note_use(found.session_id, address, device)
        return found

    def forget(self, *, person_id: UUID | None = None) -> None:
        """Believe nothing that was found before: of one person, or of all. For what must be seen at once."""
        self._forgotten += 1
        self._lookups.clear()  # whoever asks from now on asks anew
        for digest, answer in list(self._good.items()):
            if person_id is None or (answer.signed_in is not None and answer.signed_in.person_id == person_id):
                self._good.pop(digest, None)
        self._bad.clear()

    async def close(self) -> None:
        """Wait for what still runs beside requests. Call it before closing the database."""
        await self._beside.drain()

    async def _look_up(self, digest: bytes) -> _Answer:
        """Ask the database, once for all who wait for the same session. One who leaves does not stop it."""
        lookup = self._lookups.get(digest)
        if lookup is None:
            if len(self._lookups) >= LOOKUPS_MAX:
                raise Overloaded
            lookup = self._beside.spawn(self._fetch(digest))
            self._lookups[digest] = lookup
            lookup.add_done_callback(lambda done: self._looked_up(digest, done))
        return await asyncio.shield(lookup)

    def _looked_up(self, digest: bytes, done: asyncio.Task[_Answer]) -> None:
        if self._lookups.get(digest) is done:
            del self._lookups[digest]

    async def _fetch(self, digest: bytes) -> _Answer:
        async with self._turns:
            asked_s, forgotten = self._clock(), self._forgotten  # before the question: what ends after it counts anew
            async with self._database.operator_transaction() as tx:
                row = await SESSION_BY_TOKEN.first(tx, digest, IDLE_S)
                roles = [] if row is None else await MEMBERSHIPS_OF_PEOPLE.fetch(tx, [row.person_id])
        good = row is not None and row.awaits is None
        answer = _Answer(
            asked_s + (GOOD_FOR_S if good else BAD_FOR_S), _signed_in(row, roles) if row and good else None
        )
        self._good.pop(digest, None)
        self._bad.pop(digest, None)
        if forgotten == self._forgotten:
            kept = self._good if answer.signed_in else self._bad
            kept[digest] = answer
            if len(kept) > CACHED_MAX:
                kept.popitem(last=False)
        return answer

    def _note_use(self, session_id: UUID, address: str | None, device: str | None) -> None:
        """Write down that a session was used: once a minute, beside the request."""
        now_s = self._clock()
        if now_s - self._touched_s.get(session_id, float("-inf")) < TOUCH_EVERY_S:
            return
        if len(self._touched_s) >= CACHED_MAX:
            self._touched_s.clear()
        self._touched_s[session_id] = now_s
        self._beside.spawn(self._touch(session_id, storable(address, _ADDRESS_MAX), storable(device, _DEVICE_MAX)))

    async def _touch(self, session_id: UUID, address: str | None, device: str | None) -> None:
        try:
            async with self._database.operator_transaction() as tx:
                await TOUCH_SESSION.run(tx, session_id, address, device)
        except Exception as error:  # noqa: BLE001 - a note that is not taken must not trouble anyone
            _log.warning("use of a session not noted", session_id=str(session_id), error=type(error).__name__)


def membership_of(row: MembershipRow) -> Membership:
    """A membership with what its role allows."""
    return Membership(
        row.merchant,
        row.merchant_name,
        row.role,
        name_of(row.role, row.role_name),
        permissions_of(row.role, row.permissions),
        None if row.channel_ids is None else frozenset(row.channel_ids),
        None if row.location_ids is None else frozenset(row.location_ids),
        limits_from_json(row.limits),
    )


def storable(text: str | None, length: int) -> str | None:
    """A text that a stranger sent, as it may be kept: printable, and not longer than `length`."""
    kept = "".join(letter for letter in (text or "")[:length] if letter.isprintable())
    return kept or None


def _signed_in(row: SessionRow, roles: Sequence[MembershipRow]) -> SignedIn:
    return SignedIn(
        row.id, row.person_id, row.name, row.email, row.time_zone, row.locale, row.theme, row.csrf_key,
        {role.merchant: membership_of(role) for role in roles}, row.confirmed_at, row.made_by, row.good_until,
    )  # fmt: skip
