"""Measure the system."""

from __future__ import annotations

import subprocess
import sys
from typing import Annotated

import typer

from orderwright.bench.registry import BENCHES, Bench, find_benches
from orderwright.cli.running import NO, AsJson, err, fail, print_json, print_table, quiet_settings, run


def bench(
    name: Annotated[str | None, typer.Argument(help="Which one; without a name they are listed.")] = None,
    bulk: Annotated[bool, typer.Option("--bulk", help="intake: many orders a call.")] = False,
    http: Annotated[bool, typer.Option("--http", help="intake: one order a request.")] = False,
    all_: Annotated[bool, typer.Option("--all", help="All of them, one after the other.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Exit code 1 when a target is missed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Measure how fast the system is, in ratios to what the machine can do. Each brings its own throw-away database."""
    if name is None and not all_:
        _list(as_json=as_json)
        return
    wanted = " ".join([name or "", *(["--bulk"] if bulk else []), *(["--http"] if http else [])]).strip()
    found = list(BENCHES.values()) if all_ else find_benches(wanted)
    if not found:
        fail(f"There is no bench {wanted!r}. There are: {', '.join(BENCHES)}.")
    if len(found) == 1:
        met = _run_one(found[0], as_json=as_json)
        raise typer.Exit(NO if check and not met else 0)
    raise typer.Exit(_run_many(found, check=check, as_json=as_json))


def _list(*, as_json: bool) -> None:
    rows = [(bench.name, bench.asks) for bench in BENCHES.values()]
    if as_json:
        print_json({"benches": dict(rows)})
    else:
        print_table(("bench", "what it measures"), rows)


def _run_one(bench: Bench, *, as_json: bool) -> bool:
    quiet_settings()
    try:
        function = bench.load()
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("orderwright"):
            fail(f"The bench {bench.name!r} is not part of this version.")
        fail(f"{error.name} is needed and not installed. Install it: pip install 'orderwright[demo]'")
    return run(function(as_json=as_json))


def _run_many(benches: list[Bench], *, check: bool, as_json: bool) -> int:
    """Each in a process of its own, so that none inherits another's memory. Returns the worst exit code."""
    worst = 0
    for bench in benches:
        err().rule(f"bench {bench.name}")
        options = (["--check"] if check else []) + (["--json"] if as_json else [])
        command = [sys.executable, "-m", "orderwright.cli", "bench", *bench.name.split(), *options]
        worst = max(worst, subprocess.run(command, check=False).returncode)
    return worst
