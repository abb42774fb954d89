"""What the built-in provider can be told to fail at: planned in the database, so that any process meets it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Literal

from orderwright.payments.providers import DECLINED, AskKind
from orderwright.payments.providers.builtin_queries import PLAN_TROUBLE, TroubleRow
from orderwright.platform.db import Transaction


class Mode(StrEnum):
    """How something asked fails."""

    TIMEOUT_BEFORE = "timeout_before"  # nothing is done, and the answer is lost
    TIMEOUT_AFTER = "timeout_after"  # it is done or refused as ever, and the answer is lost
    DECLINE = "decline"  # refused with a code, as the payer's bank may; not of `fetch`
    CRASH = "crash"  # the whole call raises ConnectionError; nothing of it is done
    CRASH_AFTER = "crash_after"  # the whole call raises ConnectionError; all of it is done


class Troubles:
    """The troubles of one call. Each ask meets the first that is not used up yet; the next one begins after it."""

    def __init__(self, planned: Sequence[TroubleRow]) -> None:
        self._left = list(planned)
        self._first = 0
        self._met = 0  # how many rows, from the first on, are no longer as they were

    def meet(self) -> TroubleRow | None:
        """What befalls the next ask, if anything."""
        if self._first == len(self._left):
            return None
        trouble = self._left[self._first]
        self._met = self._first + 1
        if trouble.after:
            self._left[self._first] = trouble._replace(after=trouble.after - 1)
            return None
        self._left[self._first] = trouble._replace(times=trouble.times - 1)
        if trouble.times == 1:
            self._first += 1
        return trouble

    @property
    def changed(self) -> list[TroubleRow]:
        """What is to be kept."""
        return self._left[: self._met]


async def plan_trouble(
    tx: Transaction,
    kind: AskKind | Literal["fetch"] | None,
    mode: Mode,
    times: int = 1,
    *,
    after: int = 0,
    code: str = DECLINED,
) -> None:
    """Tell the built-in provider of the transaction's merchant to fail `times` asks of a kind, after `after` that it
    lets through. Without a kind: of all but `fetch`. A crash is counted once a call. `code` is a decline's.

    A repetition meets troubles as anything else does: only, what was answered before is not declined afterwards.
    """
    if mode is Mode.DECLINE and kind == "fetch":
        raise ValueError("nobody declines to be asked what happened")
    if times < 1 or after < 0:
        raise ValueError("a trouble befalls something, some time")
    await PLAN_TROUBLE.run(tx, kind, mode, code if mode is Mode.DECLINE else None, after, times)
