"""Work that is tried again: as it is where others were in the way, apart where one value fails all of a batch."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
Item = TypeVar("Item")
Errors = tuple[type[Exception], ...]


def doubling(first_s: float, most_s: float) -> Iterator[float]:
    """Pauses without end, each twice the one before, up to a most."""
    pause_s = first_s
    while True:
        yield pause_s
        pause_s = min(2 * pause_s, most_s)


def pauses(times: int, first_s: float, most_s: float) -> Iterator[float]:
    """So many pauses, doubling."""
    return islice(doubling(first_s, most_s), times)


async def patiently(
    work: Callable[[], Awaitable[T]],
    on: Errors,
    pauses_s: Iterable[float],
    *,
    until: Callable[[float], bool] | None = None,
) -> T:
    """Do `work`, and again after each pause (give or take half, so that two that met do not meet again) while it fails
    with one of `on`. The last failure is raised; so is any for which `until`, given the pause, says that it is time."""
    for pause_s in pauses_s:
        try:
            return await work()
        except on:
            if until is not None and until(pause_s):
                raise
        await asyncio.sleep(pause_s * random.uniform(0.5, 1.5))
    return await work()


async def apart(
    attempt: Callable[[Sequence[Item]], Awaitable[Sequence[T]]],
    items: Sequence[Item],
    alone: Callable[[Item, Exception], T],
    *,
    on: Errors,
    but: Errors = (),
) -> list[T]:
    """What `attempt` answers to items, one answer each. Where it fails with one of `on` (`but` not with one of these),
    halves are tried apart, down to the item that fails by itself: its answer is what `alone` makes of it."""
    try:
        return list(await attempt(items))
    except but:
        raise
    except on as error:
        if not items:
            raise
        if len(items) == 1:
            return [alone(items[0], error)]
    middle = len(items) // 2
    first = await apart(attempt, items[:middle], alone, on=on, but=but)
    return first + await apart(attempt, items[middle:], alone, on=on, but=but)
