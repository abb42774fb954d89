"""Who acts, for whom, why and when: handed to every verb, recorded on every event, movement and money entry (T6)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from orderwright.platform.clock import utc_now
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.ids import UUID, encode_id, new_id
from orderwright.platform.limits import NO_LIMITS, Limits


@dataclass(frozen=True, slots=True)
class Context:
    """One actor's call on one merchant.

    `actor` is `key:<prefix>`, `user:<id>`, `pump:<stage>`, `cli:<user>` or, in the portal, `shopper:<order id>`;
    `origin` is `session:<id>` where a person came by one. `channels` and `locations`, when not None, limit what the
    actor may see and touch; `limits` how much it may give or correct without approval. `cause` names what made this
    happen (an event id, a request). `now` is the moment that decisions are made for; the database writes its own
    `recorded_at` beside it. `held_by` is the actor who made a key: keys are no way round limits, or to a second pair
    of eyes.
    """

    merchant: str
    actor: str
    permissions: frozenset[str] = frozenset()
    on_behalf_of: str | None = None
    reason: str | None = None
    cause: str | None = None
    request_id: str = field(default_factory=lambda: encode_id("req", new_id()))
    channels: frozenset[UUID] | None = None
    locations: frozenset[UUID] | None = None
    now: datetime = field(default_factory=utc_now)
    limits: Limits = NO_LIMITS
    origin: str | None = None
    held_by: str | None = None

    def may(self, permission: str) -> bool:
        """Whether the permission is held; `*` holds all."""
        return permission in self.permissions or "*" in self.permissions

    def require(self, permission: str) -> None:
        """Raise `PermissionDenied` unless the permission is held."""
        if not self.may(permission):
            raise PermissionDenied(
                f"This needs the scope {permission}. Ask an administrator for a key or role that has it.",
                permission=permission,
            )

    @property
    def answerable(self) -> str:
        """The actor who answers for what is done: of a key, who made it, or rotated it last."""
        return self.held_by or self.actor

    @property
    def limited(self) -> bool:
        """Whether the actor is limited to channels or locations."""
        return self.channels is not None or self.locations is not None

    def may_location(self, location_id: UUID) -> bool:
        """Whether the actor may touch this location."""
        return self.locations is None or location_id in self.locations

    def may_channel(self, channel_id: UUID) -> bool:
        """Whether the actor may touch this channel."""
        return self.channels is None or channel_id in self.channels

    def may_work(self, channel_id: UUID, location_id: UUID) -> bool:
        """Whether the actor may see and touch the work at a location for an order of a channel."""
        return self.may_channel(channel_id) and self.may_location(location_id)

    def may_order(self, channel_id: UUID, location_ids: Iterable[uuid.UUID]) -> bool:
        """Whether the actor may see and touch an order: one of an allowed channel and, where it is limited to
        locations, with a fulfillment at one of them. `location_ids`: of its fulfillments, whatever became of them.

        The one rule of reads and verbs. What it says no to is answered as if it did not exist.
        """
        return self.may_channel(channel_id) and (
            self.locations is None or any(location_id in self.locations for location_id in location_ids)
        )

    def require_all_channels(self, why: str) -> None:
        """Raise `PermissionDenied` for an actor that is limited to channels. `why` is a sentence."""
        if self.channels is not None:
            raise PermissionDenied(f"{why} Use a key or role that is not limited to channels.")

    def require_all_locations(self, why: str) -> None:
        """Raise `PermissionDenied` for an actor that is limited to locations. `why` is a sentence."""
        if self.locations is not None:
            raise PermissionDenied(f"{why} Use a key or role that is not limited to locations.")

    def require_unlimited(self, why: str) -> None:
        """Raise `PermissionDenied` for an actor that is limited to channels or locations. `why` is a sentence."""
        if self.limited:
            raise PermissionDenied(f"{why} Use a key or role that is not limited to some.")

    def because(self, *, reason: str | None = None, cause: str | None = None) -> Context:
        """The same call with another reason or cause."""
        return replace(self, reason=reason or self.reason, cause=cause or self.cause)


def system_context(merchant: str, actor: str, *, reason: str | None = None, cause: str | None = None) -> Context:
    """A context for what the system does by itself: every permission, no limits."""
    return Context(merchant=merchant, actor=actor, permissions=frozenset({"*"}), reason=reason, cause=cause)
