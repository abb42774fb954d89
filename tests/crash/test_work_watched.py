"""`orderwright work` with a port of its own: watched there, and nothing else; without one it listens nowhere."""

from __future__ import annotations

import socket
from pathlib import Path

import httpx

from tests.helpers.databases import until
from tests.helpers.processes import Nursery, started


def a_free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def test_a_worker_is_watched_at_its_port(nursery: Nursery, durable_dsn: str, home: Path) -> None:
    port = a_free_port()
    async with started(nursery, "work", durable_dsn, home, WORK_PORT=str(port), RUN_WORKERS="false") as work:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as http:

            async def ready() -> bool:
                try:
                    return (await http.get("/health/ready")).status_code == 200
                except httpx.TransportError:
                    return False

            await until(ready, limit_s=60)
            checks = (await http.get("/health/ready")).json()["checks"]
            assert [(check["name"], check["ok"]) for check in checks] == [("database", True), ("workers", True)]
            assert (await http.get("/health/live")).json() == {"status": "ok"}
            assert "orderwright_orders_total" in (await http.get("/metrics")).text
            proxied = await http.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
            assert proxied.status_code == 401
            for path in ("/v1/orders", "/v1/docs", "/"):
                assert (await http.get(path)).status_code == 404
            assert (await http.get("/v1/orders")).json()["code"] == "unknown_path"
        assert await work.stop() == 0
    assert work.stacks() == []


async def test_a_worker_without_a_port_listens_nowhere(nursery: Nursery, durable_dsn: str, home: Path) -> None:
    async with started(nursery, "work", durable_dsn, home) as work:

        async def working() -> bool:
            return any(entry["event"] == "working" for entry in work.log())

        await until(working, limit_s=60)
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", work.port)) != 0
        assert await work.stop() == 0
