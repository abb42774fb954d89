"""Who acts, for whom, why and when: handed to every verb, recorded on every event, movement and money entry (T6)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from orderwright.platform.clock import utc_now
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.ids import UUID, encode_id, new_id


@dataclass(frozen=True, slots=True)
class Context:
    """One actor's call on one merchant.

    `actor` is `key:<prefix>`, `user:<id>`, `pump:<stage>` or `cli:<user>`. `channels` and `locations`, when not None,
    limit what the actor may touch. `cause` names what made this happen (an event id, a request). `now` is the
    moment that decisions are made for; the database writes its own `recorded_at` beside it.
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

    def may_location(self, location_id: UUID) -> bool:
        """Whether the actor may touch this location."""
        return self.locations is None or location_id in self.locations

    def may_channel(self, channel_id: UUID) -> bool:
        """Whether the actor may touch this channel."""
        return self.channels is None or channel_id in self.channels

    def because(self, *, reason: str | None = None, cause: str | None = None) -> Context:
        """The same call with another reason or cause."""
        return replace(self, reason=reason or self.reason, cause=cause or self.cause)


def system_context(merchant: str, actor: str, *, reason: str | None = None, cause: str | None = None) -> Context:
    """A context for what the system does by itself: every permission, no limits."""
    return Context(merchant=merchant, actor=actor, permissions=frozenset({"*"}), reason=reason, cause=cause)
