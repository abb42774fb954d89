"""A Stripe to test with: a localstripe server, and before it a gateway that fills gaps and fails when told to.

localstripe speaks an older API. So the gateway takes `allowed_payment_method_types` away, and writes the metadata of a
capture in a second call. It is a process of its own: its licence (GPL-3.0) allows no more here.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections import deque
from collections.abc import AsyncIterator
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

import httpx

API_KEY = "sk_test_orderwright"  # localstripe takes any
WEBHOOK_SECRET = "whsec_orderwright"

_LOCALSTRIPE = """
import socket
from aiohttp import web
from localstripe.resources import Store
Store.dump_to_disk = lambda self: None
from localstripe.server import app
listening = socket.socket()
listening.bind(("127.0.0.1", 0))
listening.listen()
print(listening.getsockname()[1], flush=True)
web.run_app(app, sock=listening, print=None, access_log=None)
"""


class Call(NamedTuple):
    """A request that came in."""

    method: str
    path: str
    key: str | None
    form: dict[str, str]


class Plan(NamedTuple):
    """What happens to the next call whose path ends so, instead of what usually would."""

    ending: str
    status: int | None = None  # None: it is done, and the answer never arrives
    body: bytes = b""
    silent: bool = False  # nothing is done, and nothing answered, ever


class StandIn:
    """Use `async with a_stripe()`. `base` is its address."""

    def __init__(self, upstream: str) -> None:
        self.calls: list[Call] = []
        self.hooks: asyncio.Queue[tuple[dict[str, str], bytes]] = asyncio.Queue()
        self.base = ""
        self.at_once = self.at_once_max = 0  # calls at work, and the most there ever were
        self._plans: deque[Plan] = deque()
        self._upstream = httpx.AsyncClient(base_url=upstream, auth=(API_KEY, ""))
        self._tasks: set[asyncio.Task[None]] = set()

    def lose_answer(self, ending: str) -> None:
        """The next such call is done, and its answer lost."""
        self._plans.append(Plan(ending))

    def stay_silent(self, ending: str) -> None:
        """The next such call is never answered."""
        self._plans.append(Plan(ending, silent=True))

    def say(self, ending: str, body: Any, status: int = 200) -> None:
        """Answer the next such call so; nothing is done."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self._plans.append(Plan(ending, status, content))

    def calls_to(self, ending: str) -> list[Call]:
        """The calls whose path ends so."""
        return [call for call in self.calls if call.path.endswith(ending)]

    async def post(self, path: str, **form: str) -> dict[str, Any]:
        """Something done at Stripe by somebody else."""
        answer = await self._upstream.post(path, data=form)
        answer.raise_for_status()
        return dict(answer.json()) if answer.content else {}

    async def forget(self) -> None:
        """Nothing has ever happened."""
        assert not self._plans, "a plan was not used"
        self.calls.clear()
        self.at_once_max = 0
        (await self._upstream.delete("/_config/data")).raise_for_status()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection, with one call."""
        self.at_once += 1
        self.at_once_max = max(self.at_once, self.at_once_max)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._serve(reader, writer)
        finally:
            self.at_once -= 1
            self._tasks.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._upstream.aclose()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if target == "/hook":
            self.hooks.put_nowait((headers, body))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        path, _, query = target.partition("?")
        form = dict(parse_qsl(body.decode() or query, keep_blank_values=True))
        self.calls.append(Call(method, path, headers.get("idempotency-key"), form))
        plan = next((p for p in self._plans if path.endswith(p.ending)), None)
        if plan is not None:
            self._plans.remove(plan)
            if plan.silent:
                await reader.read()  # until the caller has had enough
                return
        status, content = (plan.status, plan.body) if plan and plan.status else await self._forward(method, path, form)
        if plan is not None and plan.status is None:
            return
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(content)}\r\nConnection: close\r\n\r\n".encode())
        writer.write(content)
        await writer.drain()

    async def _forward(self, method: str, path: str, form: dict[str, str]) -> tuple[int, bytes]:
        sent = {name: value for name, value in form.items() if not name.startswith("allowed_payment_method_types")}
        marks = {name: value for name, value in sent.items() if name.startswith("metadata")}
        if path.endswith("/capture"):
            sent = {name: value for name, value in sent.items() if name not in marks}
        if method == "GET":
            answer = await self._upstream.get(f"{path}?{urlencode(sent)}")
        else:
            answer = await self._upstream.post(path, data=sent)
        if path.endswith("/capture") and answer.is_success and marks:
            answer = await self._upstream.post(
                path.removesuffix("/capture"), data={**marks, "expand[0]": "latest_charge"}
            )
        return answer.status_code, answer.content


@contextlib.asynccontextmanager
async def a_stripe() -> AsyncIterator[StandIn]:
    """Stripe, for a block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _LOCALSTRIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        assert process.stdout is not None
        port = int(await asyncio.wait_for(process.stdout.readline(), 60))
        stand_in = StandIn(f"http://127.0.0.1:{port}")
        server = await asyncio.start_server(stand_in.accept, "127.0.0.1", 0)
        stand_in.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield stand_in
        finally:
            server.close()
            await stand_in.close()
    finally:
        process.kill()
        await process.wait()
