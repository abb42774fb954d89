"""A real provider of identities, in a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx

CLAIMS = {"sub": "u1", "email": "ada@staff.example", "email_verified": True, "name": "Ada Berg"}


@contextlib.asynccontextmanager
async def a_real_provider() -> AsyncIterator[str]:
    """Its address, as issuer. It knows one person, of CLAIMS."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = Path(sys.executable).parent / "oidc-provider-mock"
    process = await asyncio.create_subprocess_exec(
        str(program), "--host", "127.0.0.1", "--port", str(port), "--require-nonce", "true",
        "--user-claims", json.dumps(CLAIMS),
        env={**os.environ, "PYTHONWARNINGS": "ignore"}, stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    async with asyncio.timeout(60):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                await writer.wait_closed()
                break
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    await process.wait()


async def consent(address: str, subject: str = "u1") -> tuple[str, dict[str, str]]:
    """Where the provider sends somebody back to who says yes there, and with what."""
    async with httpx.AsyncClient() as browser:
        answer = await browser.post(address, data={"sub": subject, "action": "authorize"})
    assert answer.status_code in (302, 303), answer.text
    location = urlsplit(answer.headers["location"])
    said = {name: values[0] for name, values in parse_qs(location.query).items()}
    return f"{location.scheme}://{location.netloc}{location.path}", said
