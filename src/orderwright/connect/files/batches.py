"""Batches of what is read: of a size that commits well within a second."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from orderwright.connect.files.items import Item

ITEMS_MIN, ITEMS_MAX = 20, 500
ROWS_MAX = 5_000  # lines of orders
SPAN_BYTES_MAX = 4_000_000  # of the file: keeps memory bounded when every item is huge
COMMIT_S = 0.5  # aimed at; what waits for a commit (the event sequencer) then waits no longer than a second


class Batch(NamedTuple):
    """Items to be stored in one transaction; `last`: the file ends with them."""

    items: list[Item[Any]]
    last: bool


class Pace:
    """How many items a batch may hold, by how long the last ones took."""

    def __init__(self) -> None:
        self.items = 200

    def took(self, items: int, seconds: float) -> None:
        """A batch of so many items took so long."""
        if items:
            fitting = int(items * COMMIT_S / max(seconds, 0.001))
            self.items = max(ITEMS_MIN, min(ITEMS_MAX, fitting, 2 * self.items))


class Batches:
    """Cuts a stream of items into batches. Memory holds one batch, and the item behind it."""

    def __init__(self, items: Iterator[Item[Any]], *, repeats: bool) -> None:
        self._items = items
        self._repeats = repeats
        self._next = next(items, None)

    def take(self, items_max: int) -> Batch:
        """The next items: at most so many, at most `ROWS_MAX` rows; of one key only one, unless repeats are allowed."""
        taken: list[Item[Any]] = []
        keys: set[str] = set()
        rows = 0
        while (item := self._next) is not None and len(taken) < items_max:
            rows += item.size
            span = item.end.offset - taken[0].end.offset if taken else 0
            if taken and (rows > ROWS_MAX or span > SPAN_BYTES_MAX or (not self._repeats and item.key in keys)):
                break
            taken.append(item)
            if item.command is not None:
                keys.add(item.key)
            self._next = next(self._items, None)
        return Batch(taken, self._next is None)
