"""What a killed postmaster leaves behind: sessions that compute do not notice, and no new server starts beside them.

Idle ones end by themselves. A statement that runs for long may go on for as long as it likes, as may a stopped process;
until then the cluster's shared memory is in use. They are ended here as the postmaster itself ends them after a crash:
all of them, by SIGQUIT, and by SIGKILL what does not go. Nothing that was committed depends on them.

Linux only (`/proc`); elsewhere a start waits until they are gone.
"""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

_PROC = Path("/proc")


def end_orphans(data: Path, *, kill: bool) -> None:
    """End all processes of a cluster whose postmaster is dead. Only under the control lock, with none starting."""
    for pid in _processes_of(data):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL if kill else signal.SIGQUIT)


def _processes_of(data: Path) -> list[int]:
    """Those of the server that work in the cluster's directory: each of its processes does from its beginning."""
    if not _PROC.is_dir():
        return []
    found = []
    for entry in _PROC.iterdir():
        with contextlib.suppress(OSError):  # gone meanwhile, or another user's
            if (
                entry.name.isdigit()
                and (entry / "cwd").readlink() == data
                and (entry / "exe").readlink().name.startswith("postgres")
            ):
                found.append(int(entry.name))
    return found
