"""Who looks at what right now, so that two people do not work on the same thing without knowing.

Known by each process for itself, and for a minute after the last look: it is a courtesy. What decides is the database:
of two who act on the same the later is told.
"""

from __future__ import annotations

import time
from typing import NamedTuple

from orderwright.platform.ids import UUID

GOOD_FOR_S = 60.0
_KEPT_MAX = 10_000


class Looker(NamedTuple):
    """Somebody who looks at a thing, and since when by the clock of this process."""

    person_id: UUID
    name: str
    since_s: float
    seen_s: float


class Presence:
    """Who looks at which thing of which merchant. For one event loop."""

    def __init__(self) -> None:
        self._lookers: dict[tuple[str, str], dict[UUID, Looker]] = {}

    def look(self, merchant: str, thing: str, person_id: UUID, name: str) -> None:
        """Somebody looks at a thing now."""
        now_s = time.monotonic()
        if len(self._lookers) > _KEPT_MAX:
            self._lookers.clear()
        there = self._lookers.setdefault((merchant, thing), {})
        before = there.get(person_id)
        since_s = before.since_s if before is not None and now_s - before.seen_s < GOOD_FOR_S else now_s
        there[person_id] = Looker(person_id, name, since_s, now_s)

    def leave(self, merchant: str, thing: str, person_id: UUID) -> None:
        """Somebody is done with a thing."""
        self._lookers.get((merchant, thing), {}).pop(person_id, None)

    def others(self, merchant: str, thing: str, person_id: UUID) -> list[Looker]:
        """Who else looks at a thing, the first first."""
        now_s = time.monotonic()
        there = self._lookers.get((merchant, thing), {})
        found = [one for one in there.values() if one.person_id != person_id and now_s - one.seen_s < GOOD_FOR_S]
        return sorted(found, key=lambda one: one.since_s)
