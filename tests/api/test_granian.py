"""What only a real server shows: bytes on a connection, streams that are left, an orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import pytest_asyncio

from orderwright.platform.db import Database
from tests.helpers.api import a_key, problem
from tests.helpers.load import put_load, request_bytes
from tests.helpers.serve_api import served


@pytest.fixture(scope="module")
def port(shared_database: Database) -> Iterator[int]:
    """A server process's port on 127.0.0.1. It must end by itself, with streams open, when it is told to."""
    with served(shared_database.dsn) as listening:
        yield listening


@pytest_asyncio.fixture(scope="module")
async def http(shared_database: Database, port: int) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a key that may do everything."""
    headers = {"Authorization": f"Bearer {await a_key(shared_database)}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30) as client:
        yield client


async def _exchange(port: int, request: bytes, limit_s: float = 2.0, last: bytes | None = None) -> bytes:
    """Send bytes and read until the server closes, is silent for so long, or has said the last that is wanted."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    await writer.drain()
    answer = b""
    with contextlib.suppress(TimeoutError):
        while (last is None or last not in answer) and (chunk := await asyncio.wait_for(reader.read(65_536), limit_s)):
            answer += chunk
    writer.close()
    return answer


async def test_a_code_with_a_slash_and_text_that_is_not_ascii(http: httpx.AsyncClient) -> None:
    entry = {"code": "MUG/Ä//1 %", "name": "Mug"}
    assert (await http.put("/v1/skus/MUG%2F%C3%84%2F%2F1%20%25", json=entry)).status_code == 201
    assert (await http.get("/v1/skus/MUG%2F%C3%84%2F%2F1%20%25")).json()["code"] == entry["code"]
    assert problem(await http.get("/v1/skus/MUG%2F%C3%84%2F1%20%25")) == (404, "not_found")
    assert problem(await http.get("/v1/skus/%FF")) == (400, "invalid_request")
    assert problem(await http.get("/v1/skus/a%00b")) == (422, "unstorable_value")


async def test_head_and_options(http: httpx.AsyncClient) -> None:
    head = await http.head("/health/live")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "15")
    options = await http.options("/v1/orders")
    assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")


async def test_a_body_that_is_announced_as_too_large_is_not_waited_for(port: int, http: httpx.AsyncClient) -> None:
    key = http.headers["authorization"]
    head = f"POST /v1/orders HTTP/1.1\r\nHost: x\r\nAuthorization: {key}\r\nContent-Type: application/json\r\n"
    code = b'"code":"body_too_large"'
    answer = await _exchange(port, f"{head}Content-Length: 999999999\r\n\r\n{{".encode(), limit_s=60, last=code)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert code in answer


@pytest.mark.parametrize(
    "request_text",
    [
        "GET / HTTP/9.9\r\n\r\n",
        "NONSENSE\r\n\r\n",
        "GET /v1/skus HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n",
        "GET /v1/skus HTTP/1.1\r\nHost: x\r\nX: " + "a" * 1_000_000 + "\r\n\r\n",
        "POST /v1/orders HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nx",
    ],
)
async def test_what_is_no_http_does_no_harm(port: int, http: httpx.AsyncClient, request_text: str) -> None:
    answer = await _exchange(port, request_text.encode())
    assert answer == b"" or answer[9:10] == b"4", answer[:100]
    assert (await http.get("/health/live")).status_code == 200


async def test_a_stream_that_is_left_ends(http: httpx.AsyncClient) -> None:
    for _ in range(3):
        async with http.stream("GET", "/v1/events/stream") as answer:
            assert answer.headers["content-type"] == "text/event-stream"
            assert answer.headers["x-accel-buffering"] == "no"
            async for line in answer.aiter_lines():
                assert line == "retry: 2000"
                break


async def test_many_connections_are_each_answered(port: int, http: httpx.AsyncClient) -> None:
    key = http.headers["authorization"].removeprefix("Bearer ")
    body = json.dumps({"data": [{"code": "LOAD", "name": "Load"}]}).encode()
    requests = [request_bytes("GET", "/health/live"), request_bytes("PUT", "/v1/skus", key, body)] * 100
    rest = iter(requests)
    load = await put_load("127.0.0.1", port, lambda: next(rest, None), connections=32)
    assert load.statuses == {200: 200}


async def test_the_server_ends_while_a_stream_is_open(shared_database: Database) -> None:
    key = await a_key(shared_database)

    def start() -> Iterator[int]:
        with served(shared_database.dsn) as listening:
            yield listening

    server = start()
    port = await asyncio.to_thread(next, server)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request_bytes("GET", "/v1/events/stream", key))
    await writer.drain()
    assert (await reader.readuntil(b"retry: 2000")).startswith(b"HTTP/1.1 200 ")
    await asyncio.to_thread(next, server, None)  # it must end, with 0, within its limit
    assert await reader.read() is not None
    writer.close()
