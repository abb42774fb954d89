"""What is read from a file for one entry: a command, or every reason why there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, NamedTuple, TypeVar

from orderwright.connect.files.source import Position
from orderwright.platform.text_lines import RowError

T = TypeVar("T")


class Item(NamedTuple, Generic[T]):
    """An order or an entry of the catalogue that begins at `line`.

    `key` is its external_id or code, empty when that is not known; `size` how many rows it takes in the database,
    more or less; `end` where reading goes on after it.
    """

    line: int
    key: str
    command: T | None
    errors: list[RowError]
    size: int
    end: Position


class Items(NamedTuple, Generic[T]):
    """A file being read, item by item. `done` is the share of it that was read, 0 to 1."""

    items: Iterator[Item[T]]
    done: Callable[[], float]
