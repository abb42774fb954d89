"""Havoc: kills processes, PostgreSQL and connections at random moments, and measures how soon all is well again."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import asyncpg

from orderwright.platform.embedded import EmbeddedServer
from tests.helpers.databases import until
from tests.helpers.processes import Process
from tests.helpers.proxy import Cut, Proxy
from tests.helpers.sides import Side

RECOVERED_S = 120.0  # on a machine that is busy with other things
HASTE = 0.3  # share of kills that the next follows before all is well
_SOME_BACKENDS = """
SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
ORDER BY state = 'active' DESC, random() LIMIT 3
"""


@dataclass(slots=True)
class Havoc:
    """What can be killed. Processes are started again by whoever keeps them up; PostgreSQL is started again here."""

    server: EmbeddedServer
    dsn: str
    serve: Process
    work: Process
    proxies: Sequence[Proxy]
    sides: Sequence[Side]
    luck: random.Random
    recovered_s: dict[str, list[float]] = field(default_factory=dict)  # by kind: until callers of all got answers

    async def wreak(self, kills: Mapping[str, int]) -> None:
        """So many kills of each kind, in random order: mostly when all is well again after the last, some before."""
        order = [kill for kill, times in kills.items() for _ in range(times)]
        self.luck.shuffle(order)
        for kill in order:
            began = time.monotonic()
            await self._do(kill)
            if self.luck.random() < HASTE:
                await asyncio.sleep(self.luck.uniform(0.0, 0.3))
                continue
            await until(lambda began=began: self._all_answered_since(began), limit_s=RECOVERED_S)
            self.recovered_s.setdefault(kill, []).append(time.monotonic() - began)
            await asyncio.sleep(self.luck.uniform(0.05, 0.3))

    async def _all_answered_since(self, moment: float) -> bool:
        return all(side.caller.answered_at > moment for side in self.sides)

    async def _do(self, kill: str) -> None:
        if kill == "commit":
            self.luck.choice(self.proxies).cut_next(self.luck.choice(list(Cut)))
        if kill == "backend":
            await self._terminate_backends()
        if kill in ("serve", "all"):
            self.serve.kill()
        if kill in ("work", "all"):
            self.work.kill()
        if kill in ("postgres", "all"):
            await asyncio.to_thread(self.server.kill)
            await asyncio.to_thread(self.server.start)

    async def _terminate_backends(self) -> None:
        with contextlib.suppress(OSError, asyncpg.PostgresError):
            admin = await asyncpg.connect(self.dsn, timeout=5)
            for row in await admin.fetch(_SOME_BACKENDS):
                await admin.execute("SELECT pg_terminate_backend($1)", row[0])
            await admin.close()
