"""Trying again: how often, after which pauses, and which items fail."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import pytest

from orderwright.platform.attempts import apart, doubling, patiently, pauses


class Busy(Exception):
    """Others were in the way."""


class Wrong(Exception):
    """A value is."""


class Gone(Wrong):
    """Nobody's fault."""


def test_pauses_double_up_to_a_most() -> None:
    assert list(islice(doubling(0.1, 0.5), 5)) == [0.1, 0.2, 0.4, 0.5, 0.5]
    assert list(pauses(2, 0.1, 0.5)) == [0.1, 0.2]
    assert list(pauses(0, 0.1, 0.5)) == []


@pytest.mark.parametrize(("fails", "tries"), [(0, 1), (1, 2), (3, 4)])
async def test_work_is_done_again_until_it_is_done(fails: int, tries: int) -> None:
    done = 0

    async def work() -> str:
        nonlocal done
        done += 1
        if done <= fails:
            raise Busy
        return "done"

    assert await patiently(work, (Busy,), [0.0] * 3) == "done"
    assert done == tries


async def test_the_last_failure_is_raised_and_others_at_once() -> None:
    done = 0

    async def work(error: type[Exception]) -> None:
        nonlocal done
        done += 1
        raise error

    with pytest.raises(Busy):
        await patiently(lambda: work(Busy), (Busy,), [0.0, 0.0])
    assert done == 3
    with pytest.raises(Wrong):
        await patiently(lambda: work(Wrong), (Busy,), [0.0, 0.0])
    assert done == 4
    with pytest.raises(Busy):
        await patiently(lambda: work(Busy), (Busy,), doubling(0.001, 1), until=lambda pause_s: pause_s > 0.003)
    assert done == 7


async def attempt(items: Sequence[int]) -> list[str]:
    tried.append(list(items))
    for item in items:
        if item < 0:
            raise Wrong(f"{item}")
        if item == 99:
            raise Gone
    return [f"fine {item}" for item in items]


tried: list[list[int]] = []


def blame(item: int, error: Exception) -> str:
    return f"{type(error).__name__} {item}"


async def test_only_those_that_fail_by_themselves_fail() -> None:
    tried.clear()
    assert await apart(attempt, [1, 2, -3, 4], blame, on=(Wrong,)) == ["fine 1", "fine 2", "Wrong -3", "fine 4"]
    assert tried == [[1, 2, -3, 4], [1, 2], [-3, 4], [-3], [4]]


async def test_what_fits_is_tried_once() -> None:
    tried.clear()
    assert await apart(attempt, [1, 2], blame, on=(Wrong,)) == ["fine 1", "fine 2"]
    assert tried == [[1, 2]]


async def test_a_failure_over_nothing_is_raised() -> None:
    async def fail(_: Sequence[int]) -> list[str]:
        raise Wrong

    with pytest.raises(Wrong):
        await apart(fail, [], blame, on=(Wrong,))


async def test_what_is_nobodys_fault_fails_all() -> None:
    with pytest.raises(Gone):
        await apart(attempt, [1, -2, 99], blame, on=(Wrong,), but=(Gone,))
