"""What the state machines share: how many examples, moves that are all one rule, and a database of their own."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import asyncpg
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from orderwright.platform.db import Database
from orderwright.platform.embedded import EmbeddedServer
from tests.helpers.databases import connect

Move = TypeVar("Move", bound=Callable[..., None])
Arguments = st.SearchStrategy[dict[str, Any]]

_LOOKING_FURTHER = os.environ.get("ORDERWRIGHT_MACHINE_EXAMPLES")


def machine_settings(examples: int, steps: int) -> settings:
    """So many examples of so many moves. They are the same in each run (derandomized), so that a change is judged by
    the same moves as the one before it. ORDERWRIGHT_MACHINE_EXAMPLES=500 looks further: so many examples, others each
    time."""
    return settings(
        max_examples=int(_LOOKING_FURTHER or examples),
        stateful_step_count=steps,
        derandomize=_LOOKING_FURTHER is None,
        database=None,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )


def move(weight: int = 1, /, **arguments: st.SearchStrategy[Any]) -> Callable[[Move], Move]:
    """Make a method one of a machine's moves, with these arguments; `weight` times as likely as others."""

    def keep(method: Move) -> Move:
        method.move = (weight, st.fixed_dictionaries(arguments))  # type: ignore[attr-defined]
        return method

    return keep


@functools.cache
def moves_of(machine: type) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    """Any move of a machine, those of its base classes first: its name and arguments."""
    found: dict[str, tuple[int, Arguments]] = {
        name: member.move
        for owner in reversed(machine.__mro__)
        for name, member in vars(owner).items()
        if hasattr(member, "move")
    }
    return st.one_of(*[st.tuples(st.just(n), args) for n, (weight, args) in found.items() for _ in range(weight)])


class Moves(RuleBasedStateMachine):
    """A machine whose moves are all one rule: Hypothesis leaves some rules out of each example, and an order goes
    through so many moves that hardly any would arrive."""

    @rule(move=st.runner().flatmap(lambda machine: moves_of(type(machine))))
    def go(self, move: tuple[str, dict[str, Any]]) -> None:
        """The next move."""
        name, arguments = move
        getattr(self, name)(**arguments)


@contextlib.contextmanager
def own_database(
    server: EmbeddedServer, template: str, name: str
) -> Iterator[tuple[asyncio.AbstractEventLoop, Database]]:
    """A copy of the template, on an event loop of its own: Hypothesis calls its steps from ordinary functions."""
    loop = asyncio.new_event_loop()

    async def administer(*statements: str) -> None:
        admin = await asyncpg.connect(server.dsn("postgres"))
        for statement in statements:
            await admin.execute(statement)
        await admin.close()

    loop.run_until_complete(administer(f"CREATE DATABASE {name} TEMPLATE {template}"))
    database = loop.run_until_complete(connect(server.dsn(name)))
    yield loop, database
    loop.run_until_complete(database.close())
    loop.run_until_complete(administer(f"DROP DATABASE {name} WITH (FORCE)"))
    loop.close()
