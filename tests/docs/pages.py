"""Run the commands of a page: what is shown is what happens.

A fenced block `sh` is run by bash, all blocks of a session in one directory, with the variables of those before. A
block `text` or `json` behind it is what it prints, but for ids, times and the like. A second word says more:

- `sh background`: a server. It is started and left running; the block behind holds lines that it prints.
- `sh repeat`: is run again until it prints what is shown, since workers need a moment.
- `sh fails`: ends with another exit code than 0.

Other blocks (`console`, `toml`, `python` ...) are for reading only.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
WAIT_S = 120.0
_FENCE = re.compile(r"^```(\w+)(?: (\w+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_SHOWN_URL = "127.0.0.1:8000"
_VARYING = (
    (re.compile(r"\b(ow)_[a-z0-9]{12}_[A-Za-z0-9_-]{43}"), r"\1_..."),
    (re.compile(r"\b([a-z]{3})_[0-7][0-9a-hjkmnp-tv-z]{25}\b"), r"\1_..."),
    (re.compile(r"\bkey:[a-z0-9]{12}\b"), "key:..."),
    (re.compile(r"\btoken=[A-Za-z0-9_-]{43}"), "token=..."),
    (re.compile(r"\bOW[0-9]{13,}\b"), "OW..."),
    (re.compile(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z"), "TIME"),
    (re.compile(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b"), "DAY"),
    (re.compile(r"in [0-9.,]+ s: [0-9,]+ a second"), "in N s: N a second"),
    (re.compile(r"/[^ ]*/orderwright-docs-[^/ ]+/"), "/home/you/"),
    (re.compile(r"(?<=/home/you/)work/"), ""),
    (re.compile(r"(?m)[ \t]+$"), ""),
)


class Block(NamedTuple):
    """Commands of a page, at a line, with what they print."""

    line: int
    commands: str
    kind: str
    shown: str | None


def blocks_of(page: Path) -> list[Block]:
    """The blocks of a page that are run."""
    text = page.read_text(encoding="utf-8")
    found: list[Block] = []
    end = 0  # of the last block of commands
    for fence in _FENCE.finditer(text):
        language, kind, body = fence[1], fence[2] or "", fence[3]
        if language == "sh":
            found.append(Block(text.count("\n", 0, fence.start()) + 2, body, kind, None))
            end = fence.end()
        elif language in ("text", "json") and end and not text[end : fence.start()].strip():
            found[-1] = found[-1]._replace(shown=body)
    return found


def normal(text: str) -> str:
    """A text with what differs from run to run made the same."""
    for pattern, same in _VARYING:
        text = pattern.sub(same, text)
    return text.strip()


class Session:
    """A directory, an empty system's data, and what the blocks so far have set. Not for use by two threads."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._url = f"127.0.0.1:{free.getsockname()[1]}"
        self._work = home / "work"
        self._work.mkdir()
        self._state = home / "state"
        self._state.touch()
        self._servers: list[subprocess.Popen[str]] = []
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ORDERWRIGHT_", "DATABASE_"))}
        self._environment = kept | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "ORDERWRIGHT_DATA_DIR": str(home / "data"),
            "ORDERWRIGHT_PORT": self._url.rpartition(":")[2],
            "ROOT": str(ROOT),
        }

    def run(self, page: Path) -> None:
        """Run the blocks of a page. Raises AssertionError naming the block that does not print what is shown."""
        for block in blocks_of(page):
            where = f"{page.relative_to(ROOT)}, line {block.line}"
            if block.kind == "background":
                self._serve(block, where)
            else:
                self._check(block, where)

    def _check(self, block: Block, where: str) -> None:
        deadline = time.monotonic() + (WAIT_S if block.kind == "repeat" else 0)
        while True:
            done, printed = self._bash(block.commands)
            as_shown = block.shown is None or normal(printed) == normal(block.shown)
            if (done == (block.kind == "fails") and as_shown) or time.monotonic() > deadline:
                break
            time.sleep(0.2)
        assert done == (block.kind == "fails"), f"{where}: exit code {done}\n{printed}"
        if block.shown is not None:
            assert normal(printed) == normal(block.shown), f"{where}: it prints\n{printed}"

    def _bash(self, commands: str) -> tuple[bool, str]:
        """Whether it failed, and what it printed, with the addresses of the page."""
        script = "\n".join(
            [
                "set -aeuo pipefail",
                f". {self._state}",
                commands.replace(_SHOWN_URL, self._url),
                f"export -p >{self._state}",
            ]
        )
        done = subprocess.run(
            ["bash", "-c", script], cwd=self._work, env=self._environment, check=False, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=2 * WAIT_S,
        )  # fmt: skip
        return done.returncode != 0, done.stdout.replace(self._url, _SHOWN_URL)

    def _serve(self, block: Block, where: str) -> None:
        log = self._work.parent / f"server-{len(self._servers)}.log"
        with log.open("w") as stream:
            server = subprocess.Popen(
                block.commands.split(), cwd=self._work, env=self._environment, text=True,
                stdout=stream, stderr=subprocess.STDOUT,
            )  # fmt: skip
        self._servers.append(server)
        wanted = [line for line in (block.shown or "").splitlines() if line]
        deadline = time.monotonic() + WAIT_S
        while not all(line in log.read_text().replace(self._url, _SHOWN_URL) for line in wanted):
            assert server.poll() is None, f"{where}: ended\n{log.read_text()}"
            assert time.monotonic() < deadline, f"{where}: it printed\n{log.read_text()}"
            time.sleep(0.1)

    def close(self) -> None:
        """Stop the servers."""
        for server in self._servers:
            server.send_signal(signal.SIGINT)
        for server in self._servers:
            server.wait(WAIT_S)


def session() -> Iterator[Session]:
    """A session in a temporary directory that is gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="orderwright-docs-"))
    home.chmod(0o711)  # for root the server runs as another user
    opened = Session(home)
    try:
        yield opened
    finally:
        opened.close()
        shutil.rmtree(home, ignore_errors=True)
