"""Callers that do as the documentation says: repeat with the same body and key until there is a final answer."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import httpx

from tests.helpers.api import problem

PAUSE_MIN_S, PAUSE_MAX_S = 0.05, 0.2  # shorter than Retry-After asks for: it is the server that is tested


@dataclass(frozen=True, slots=True)
class Answered:
    """The final answer to a call, and how it came: `tries` counts requests, `unknown` those that got no answer."""

    status: int
    body: Any
    headers: httpx.Headers
    tries: int
    unknown: int


@dataclass(slots=True)
class Caller:
    """A client of a server on a port. Use `async with`. `tally` counts what it met on the way to final answers."""

    port: int
    key: str
    limit_s: float = 180.0
    tally: Counter[str] = field(default_factory=Counter)
    answered_at: float = 0.0  # of the last final answer, in seconds of time.monotonic()
    _http: httpx.AsyncClient | None = None

    async def __aenter__(self) -> Self:
        self._http = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{self.port}",
            headers={"Authorization": f"Bearer {self.key}"},
            timeout=httpx.Timeout(40.0, connect=2.0),
            limits=httpx.Limits(max_connections=32, max_keepalive_connections=32),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._http is not None
        await self._http.aclose()

    async def once(self, method: str, path: str, **rest: Any) -> httpx.Response:
        """One request. Raises httpx.TransportError when there is no answer."""
        assert self._http is not None
        return await self._http.request(method, path, **rest)

    async def call(self, method: str, path: str, key: str | None = None, **rest: Any) -> Answered:
        """Ask until there is an answer other than 503. TimeoutError after `limit_s`."""
        headers = {"Idempotency-Key": key} if key is not None else {}
        tries = unknown = 0
        async with asyncio.timeout(self.limit_s):
            while True:
                tries += 1
                try:
                    answer = await self.once(method, path, headers=headers, **rest)
                except httpx.TransportError as error:
                    unknown += 1
                    self.tally[type(error).__name__] += 1
                else:
                    if answer.status_code != 503:
                        self.answered_at = time.monotonic()
                        return Answered(answer.status_code, answer.json(), answer.headers, tries, unknown)
                    self.tally[problem(answer)[1]] += 1
                    assert int(answer.headers["retry-after"]) >= 1
                await asyncio.sleep(random.uniform(PAUSE_MIN_S, PAUSE_MAX_S))
