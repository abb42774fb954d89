"""What everyone who is played shares: the database, the pace, luck that is the same for the same seed, and a tally."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol, TypeVar

import structlog

from orderwright.catalog import LocationFacts
from orderwright.demo.options import DemoOptions
from orderwright.demo.people import mix
from orderwright.platform.context import Context
from orderwright.platform.db import Database, Transaction
from orderwright.platform.failures import TRANSIENT_ERRORS, describe_error, where
from orderwright.platform.ids import UUID
from orderwright.platform.queries import Query, Row

log = structlog.get_logger(__name__)

GIVEN_UP_MAX = 10_000


class Outcome(Protocol):
    """What a verb says of one command."""

    @property
    def code(self) -> str: ...


Command = TypeVar("Command")
Answer = TypeVar("Answer", bound=Outcome)
Verb = Callable[[Transaction, Context, Sequence[Command]], Awaitable[list[Answer]]]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who acts: a name as it stands in every act, what they may do, and where."""

    actor: str
    permissions: frozenset[str]
    location: LocationFacts | None = None

    def context(self, merchant: str, **why: Any) -> Context:
        """A new call of theirs."""
        limits = None if self.location is None else frozenset({self.location.id})
        return Context(merchant=merchant, actor=self.actor, permissions=self.permissions, locations=limits, **why)


@dataclass(slots=True)
class Play:
    """The stage on which all act. `tally` counts (role, outcome code); `errors` counts calls that failed, by role."""

    database: Database
    merchant: str
    options: DemoOptions
    tally: Counter[tuple[str, str]] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    given_up: dict[UUID, None] = field(default_factory=dict)

    async def read(self, query: Query[Row], *args: Any) -> list[Row]:
        """Look at a list, changing nothing."""
        async with self.database.transaction(self.merchant, read_only=True) as tx:
            return await query.fetch(tx, *args)

    async def act(
        self, role: str, person: Person, verb: Verb[Command, Answer], commands: Sequence[Command], **why: Any
    ) -> list[Answer]:
        """One call of a verb in a transaction of its own; its outcomes are counted. Nothing is done for no commands.

        When a call fails, its halves are tried, down to the command that fails by itself: that one is logged, counted
        and left out of the answer. Raises only what passes by itself (the database is away, a deadlock).
        """
        if not commands:
            return []
        try:
            async with self.database.transaction(self.merchant) as tx:
                answers = await verb(tx, person.context(self.merchant, **why), commands)
        except TRANSIENT_ERRORS:
            raise
        except Exception as error:  # noqa: BLE001 (a demo goes on; what failed is said)
            if len(commands) > 1:
                middle = len(commands) // 2
                first = await self.act(role, person, verb, commands[:middle], **why)
                return first + await self.act(role, person, verb, commands[middle:], **why)
            self.errors[role] += 1
            self._give_up(commands[0])
            log.error("demo: a call failed", role=role, error=describe_error(error), at=where(error))
            return []
        self.tally.update((role, answer.code) for answer in answers)
        return answers

    def _give_up(self, command: object) -> None:
        """Leave what a failed command is about alone from now on. The newest are remembered."""
        for name in ("fulfillment_id", "order_id", "return_id", "payment_id", "unexpected_id", "claim_id"):
            if (subject := getattr(command, name, None)) is not None:
                self.given_up[subject] = None
        while len(self.given_up) > GIVEN_UP_MAX:
            del self.given_up[next(iter(self.given_up))]

    def luck(self, *parts: int) -> float:
        """A number from 0 to 1, evenly spread, the same for the same seed and parts."""
        return mix(self.options.seed, *parts) / 2**64

    def draw(self, salt: int) -> int:
        """What the database draws lots with (a bigint), where a list is of some things in a million: the same for the
        same seed and salt."""
        return mix(self.options.seed, salt) >> 1

    def span(self, least_s: float, most_s: float, *parts: int) -> timedelta:
        """How long something takes, by luck, at the chosen speed."""
        return timedelta(seconds=(least_s + (most_s - least_s) * self.luck(*parts)) / self.options.speed)
