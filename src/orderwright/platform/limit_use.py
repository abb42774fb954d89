"""What actors with a limit did of a kind within 24 hours. Written by the verbs, in their transaction; append-only.

What a person's keys do counts as theirs. Of actors without a limit nothing is written or read: they cost no statement.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID, id_from_time
from orderwright.platform.limits import WINDOW_H, LimitKind, above_limit
from orderwright.platform.outcomes import Outcome
from orderwright.platform.queries import query, statement


class _Used(NamedTuple):
    subject: str
    amount: int


READ_LIMIT_USE = query(__package__, "read_limit_use", _Used)
INSERT_LIMIT_USE = statement(__package__, "insert_limit_use")


class LimitMeter:
    """What one call may still do of a kind. Make it under the lock of the subjects, or two calls count apart."""

    def __init__(self, ctx: Context, kind: LimitKind, used: Counter[str]) -> None:
        self._ctx, self._kind, self._used = ctx, kind, used
        self._taken: Counter[str] = Counter()

    @classmethod
    async def read(cls, tx: Transaction, ctx: Context, kind: LimitKind, subjects: Iterable[object]) -> LimitMeter:
        """What the actor did to these subjects. One statement, or none for who has no limit."""
        used: Counter[str] = Counter()
        if ctx.limits.any_of(kind) and (wanted := sorted(set(map(str, subjects)))):
            since = id_from_time(ctx.now - timedelta(hours=WINDOW_H))
            used.update(dict(await READ_LIMIT_USE.fetch(tx, ctx.answerable, kind, wanted, since)))
        return cls(ctx, kind, used)

    def refuse(self, subject: object, amount: int, currency: str | None = None) -> Outcome | None:
        """The "no" to so much more, or None. `amount` is 0 or more: minor units, or units of a SKU."""
        limit = self._ctx.limits.of(self._kind, currency)
        used = self._used[str(subject)] + self._taken[str(subject)]
        if limit is None or used + amount <= limit or not amount:
            return None
        return above_limit(self._kind, limit, used, amount, currency)

    def take(self, subject: object, amount: int) -> None:
        """Count what is done; what is less than 0 was not done after all."""
        if self._ctx.limits.any_of(self._kind) and amount:
            self._taken[str(subject)] += amount

    async def write(self, tx: Transaction, act_id: UUID) -> None:
        """Keep what was done. One statement, or none."""
        taken = [(subject, amount) for subject, amount in self._taken.items() if amount > 0]
        if taken:
            subjects, amounts = columns(taken, 2)
            await INSERT_LIMIT_USE.run(tx, self._ctx.answerable, self._kind, act_id, subjects, amounts)
