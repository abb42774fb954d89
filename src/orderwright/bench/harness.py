"""What all benches share: the machine, its calibration, ratios of rounds, a throw-away database, and the report.

A target is a ratio within one run, the two sides in turn, so that a machine whose speed changes changes both. Absolute
figures (measures without a target) are printed beside and never judged.
"""

from __future__ import annotations

import contextlib
import math
import os
import platform
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Literal

import msgspec
from rich.console import Console
from rich.table import Table

import orderwright
from orderwright.platform.db import Database
from orderwright.platform.embedded import throwaway_server
from orderwright.platform.migrate import migrate

HASH_KEY = b"a key for benches, 32 bytes long."
_LOOP_STEPS = 2_000_000
_SYNC_S = 0.5


class Measure(msgspec.Struct, frozen=True):
    """One figure. `better` says which way is good; a measure without a target is information only."""

    name: str
    value: float
    unit: str
    target: float | None = None
    better: Literal["higher", "lower"] = "higher"

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None without one."""
        if self.target is None:
            return None
        return self.value >= self.target if self.better == "higher" else self.value <= self.target


def machine() -> dict[str, Any]:
    """What this runs on: processor, memory, systems and versions."""
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return {
        "cpu": _cpu_model(),
        "cpus": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_mb": memory_mb,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "orderwright": orderwright.__version__,
    }


def calibrate(path: Path | None = None) -> dict[str, float]:
    """How fast the machine is right now: seconds of a fixed pure-Python loop, fdatasyncs a second.

    `path` is a directory on the disk that the database uses; the temporary one by default.
    """
    started = time.perf_counter()
    total = 0
    for i in range(_LOOP_STEPS):
        total += i * i % 7
    loop_s = time.perf_counter() - started
    return {"python_loop_s": round(loop_s, 4), "fdatasyncs_per_s": round(_fdatasyncs_per_s(path), 1)}


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of `values` that at least `share` of them do not exceed: `percentile(v, 0.99)` is the p99."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median over rounds of ours to theirs: rounds are pairs measured one right after the other."""
    return median(a / b for a, b in zip(ours, theirs, strict=True))


@contextlib.asynccontextmanager
async def throwaway_database(*, pool_size: int = 12, statement_timeout_ms: int = 600_000) -> AsyncIterator[Database]:
    """A migrated database without merchants, on a durable server of its own that is gone afterwards."""
    with throwaway_server(durable=True) as server:
        await migrate(server.dsn())
        database = await Database.connect(
            server.dsn(),
            hash_key=HASH_KEY,
            pool_size=pool_size,
            statement_timeout_ms=statement_timeout_ms,
            idle_in_transaction_timeout_ms=statement_timeout_ms,
        )
        try:
            yield database
        finally:
            await database.close()


def progress(text: str) -> None:
    """Say what goes on, to people who wait: on standard error, so that `--json` stays one object."""
    Console(stderr=True, highlight=False).print(f"[dim]{text}[/dim]")


def emit(
    bench: str,
    measures: Sequence[Measure],
    calibration_before: Mapping[str, float],
    calibration_after: Mapping[str, float],
    as_json: bool,
) -> None:
    """Print the result: a table for people, or one JSON object."""
    facts = machine()
    calibration = {"before": dict(calibration_before), "after": dict(calibration_after)}
    if as_json:
        report = {"bench": bench, "machine": facts, "calibration": calibration, "measures": list(measures)}
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
        sys.stdout.flush()
        return
    console = Console(highlight=False)
    table = Table(title=f"orderwright bench {bench}", title_justify="left", caption_justify="left")
    table.add_column("what")
    table.add_column("value", justify="right")
    table.add_column("unit")
    table.add_column("target", justify="right")
    table.add_column("")
    for measure in measures:
        table.add_row(measure.name, _figure(measure.value), measure.unit, _target(measure), _verdict(measure))
    console.print(table)
    console.print(
        f"{facts['cpu']}, {facts['cpus']} CPUs, {facts['memory_mb']:,} MB, {facts['system']}, "
        f"Python {facts['python']}, Orderwright {facts['orderwright']}"
    )
    console.print(
        "calibration: Python loop "
        f"{calibration_before['python_loop_s']:.3f} s before, {calibration_after['python_loop_s']:.3f} s after; "
        f"{calibration_before['fdatasyncs_per_s']:,.0f} fdatasyncs/s before, "
        f"{calibration_after['fdatasyncs_per_s']:,.0f} after"
    )


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"


def _target(measure: Measure) -> str:
    if measure.target is None:
        return ""
    return f"{'≥' if measure.better == 'higher' else '≤'} {_figure(measure.target)}"


def _verdict(measure: Measure) -> str:
    return {True: "[green]met[/green]", False: "[red]missed[/red]", None: ""}[measure.met]


def _fdatasyncs_per_s(path: Path | None) -> float:
    sync = getattr(os, "fdatasync", os.fsync)
    with tempfile.TemporaryFile(dir=path) as file:
        descriptor = file.fileno()
        count, started = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - started) < _SYNC_S:
            os.pwrite(descriptor, b"x" * 8192, 0)
            sync(descriptor)
            count += 1
    return count / elapsed


def _cpu_model() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
