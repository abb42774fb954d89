"""`orderwright demo`: the whole system with a made-up merchant whose customers, staff and carriers are played."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import structlog

from orderwright.app import System, serve
from orderwright.demo import products
from orderwright.demo.driver import Driver, set_up
from orderwright.demo.options import DemoOptions
from orderwright.demo.portal_link import portal_link
from orderwright.demo.set_up import DemoWorld
from orderwright.demo.staff import demo_staff
from orderwright.platform.db import CONNECTION_ERRORS, Database
from orderwright.platform.failures import TRANSIENT_ERRORS, describe_error, where
from orderwright.platform.settings import Settings

log = structlog.get_logger(__name__)

Progress = Callable[[str], None]
_AGAIN_S = 1.0


async def run_demo(
    settings: Settings, *, speed: float = 1.0, orders: int | None = None, progress: Progress | None = None
) -> None:
    """Serve, and play the demo beside the server, until Ctrl-C or SIGTERM; the next start goes on where it was.

    `speed` multiplies everybody's pace; `orders` is how many orders are placed in this run, None for no end.
    `progress` is given lines for people; by default they are written to standard output.
    Raises `DemoDataMissing` without the data of the demo.
    """
    say = progress or _write
    options = DemoOptions(speed=speed)
    # Read while PostgreSQL starts; kept, so that `set_up` has it at once.
    reading = asyncio.create_task(asyncio.to_thread(products.catalogue, options.products))

    async def play(running: System) -> None:
        await reading
        world = await _set_up(running.database, options, say)
        for line in welcome(settings, options, world, orders):
            say(line)
        told = asyncio.create_task(_tell_of_portal(settings, running.database, world, say))
        try:
            await Driver(running.database, world, options, orders=orders).run()
        finally:
            told.cancel()

    # Nobody pays with real money here: the provider that moves none is the demo's own.
    paid = msgspec.structs.replace(settings, test_payments=True)
    try:
        await serve(paid, progress=say, alongside=play, state={"demo_people": demo_staff()})
    finally:
        reading.cancel()
    say("stopped; the next start goes on where this one was")


async def _set_up(database: Database, options: DemoOptions, say: Progress) -> DemoWorld:
    """Set up, and again when the database went away meanwhile: what was done by then is not done twice."""
    while True:
        try:
            return await set_up(database, options, say)
        except (*TRANSIENT_ERRORS, *CONNECTION_ERRORS) as error:
            log.warning("demo: waits for the database", error=describe_error(error))
        await asyncio.sleep(_AGAIN_S)


async def _tell_of_portal(settings: Settings, database: Database, world: DemoWorld, say: Progress) -> None:
    """Say where one is the shopper, once there is an order."""
    try:
        path = await portal_link(database, world.merchant)
    except Exception as error:  # noqa: BLE001 (the demo goes on; nobody waits for this)
        log.error("demo: no link for a shopper", error=describe_error(error), at=where(error))
    else:
        say(f"  Be the shopper of an order: http://{settings.host}:{settings.port}{path}")


def welcome(settings: Settings, options: DemoOptions, world: DemoWorld, orders: int | None) -> list[str]:
    """What a person who started the demo should know."""
    url = f"http://{settings.host}:{settings.port}"
    pace = round(options.orders_a_second * 60)
    many = f"{orders:,} orders" if orders is not None else "orders without end"
    lines = [
        "",
        f"  Open {url} and watch {many} travel from {len(world.channels)} channels to doorsteps,",
        f"  about {pace:,} a minute: placed, checked, sourced, picked, packed, shipped, delivered.",
        f"  {len(world.locations)} locations pick and pack; some come up short, some say no, and agents see to holds.",
        "  Cards are authorized, charged as goods leave, and now and then declined; shoppers change their orders,",
        "  send goods back and get their money. No real money moves: the payment provider is a made-up one.",
        f"  At {url}/sign-in a button signs you in as one of the staff: care, warehouse, operations, finance ...",
        f"  Shoppers look their orders up at {url}/p/{world.merchant}, in English, German or Spanish.",
        f"  The API is described at {url}/v1/docs.",
    ]
    if world.api_key is not None:
        lines += ["", f"  A key to try it with, shown only now: {world.api_key}"]
        lines += [f'  curl -H "Authorization: Bearer {world.api_key}" {url}/v1/orders']
    else:
        lines += ["", "  The key of the first start is not shown again. Another one, from a second window:"]
        lines += [f"  {_program()} key create --merchant {world.merchant} --name NAME"]
    return [*lines, "", "  Ctrl-C stops it. The next start goes on where this one was.", ""]


def _program() -> str:
    """How a person who is where this was started calls `orderwright`: `make demo` puts it on no path."""
    name = "orderwright"
    return sys.argv[0] if shutil.which(name) is None and Path(sys.argv[0]).name == name else name


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
