"""Which work is ready, and who is at it: a set of keys in order of arrival, each worked by one worker at a time."""

from __future__ import annotations

import asyncio
from typing import NamedTuple


class Key(NamedTuple):
    """Something that may have work: a stage, the sequencer or a subscriber of a merchant."""

    merchant: str
    kind: str
    name: str


class Ready:
    """Keys that wait for a worker. One that is added while it is being worked comes again after that."""

    def __init__(self) -> None:
        self._waiting: dict[Key, None] = {}  # in order of arrival
        self._busy: set[Key] = set()
        self._again: set[Key] = set()
        self._closed = False
        self._changed = asyncio.Event()

    def add(self, key: Key) -> None:
        """A key has work, or may have."""
        if key in self._busy:
            self._again.add(key)
        else:
            self._waiting[key] = None
            self._changed.set()

    async def take(self) -> Key | None:
        """The key that has waited longest, or None when all is over. Give it back by `done`."""
        while not self._closed:
            for key in self._waiting:
                del self._waiting[key]
                self._busy.add(key)
                return key
            self._changed.clear()
            await self._changed.wait()
        return None

    def done(self, key: Key, *, again: bool) -> None:
        """A key was worked; `again` when it still has work: then it goes behind the others."""
        self._busy.discard(key)
        if again or key in self._again:
            self._again.discard(key)
            self.add(key)

    def close(self) -> None:
        """Let every worker finish what it has and take no more."""
        self._closed = True
        self._changed.set()
