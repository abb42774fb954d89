"""Wire it all: database, coalescer, pumps, HTTP server. One process is a whole system."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog
import uvloop
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server
from litestar import Litestar

from orderwright.access import SESSIONS, SIGN_IN_FAILURES, Authenticator
from orderwright.api import close_streams, create_app, create_watch_app
from orderwright.bulk_runs import OLD_RESULTS, OLD_RUNS
from orderwright.connect.payment_providers import payment_providers
from orderwright.console import CONSOLE, PRESENCE, close_console, console_routes, console_state
from orderwright.customers import CONTACT_WORDS
from orderwright.draft_orders import OLD_DRAFT_ORDERS
from orderwright.flows.look_up_orders import look_up_orders
from orderwright.flows.place_orders import place_orders
from orderwright.flows.stages import stages
from orderwright.insights import waiting_states
from orderwright.orders import REFUSED_ORDERS, PlaceOrder, PlaceOutcome
from orderwright.payments import WEBHOOKS, PaymentProvider
from orderwright.platform.coalescer import Coalescer
from orderwright.platform.context import Context
from orderwright.platform.db import Database
from orderwright.platform.jobs import JobRunner
from orderwright.platform.memory import settle_memory
from orderwright.platform.merchants import merchant_codes
from orderwright.platform.pumps import Hints, PumpRunner
from orderwright.platform.readers import Readers
from orderwright.platform.retention import prune_job
from orderwright.platform.settings import Settings
from orderwright.platform.startup import Progress, open_system
from orderwright.platform.tracing import configure_tracing, span
from orderwright.portal import SITE, portal_routes
from orderwright.screens import lost_page
from orderwright.shoppers import OLD_GUESSES

KEPT_FOR_A_TIME = (REFUSED_ORDERS, OLD_GUESSES, OLD_RESULTS, OLD_RUNS, WEBHOOKS, PRESENCE, OLD_DRAFT_ORDERS)

log = structlog.get_logger(__name__)

Sent = tuple[Context, PlaceOrder]  # an order with who sent it


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A running system: what its parts share."""

    settings: Settings
    database: Database
    readers: Readers
    place_coalescer: Coalescer[Sent, PlaceOutcome]
    authenticator: Authenticator
    payment_providers: Mapping[str, PaymentProvider]


@contextlib.asynccontextmanager
async def system(settings: Settings, *, progress: Progress | None = None) -> AsyncIterator[System]:
    """The parts, ready to use; on the way out each is drained before what it stands on closes."""
    traces = configure_tracing(settings)
    opened = open_system(settings, progress=progress)
    async with opened as database, payment_providers(settings, database) as providers:
        authenticator = Authenticator(database)
        readers = Readers(database.dsn, hash_key=database.hash_key, statement_timeout_ms=settings.statement_timeout_ms)

        async def place(merchant: str, sent: Sequence[Sent]) -> list[PlaceOutcome]:
            with span("place_orders", merchant=merchant, orders=len(sent)):
                async with database.transaction(merchant) as tx:
                    return await place_orders(tx, sent[0][0], [order for _, order in sent], [ctx for ctx, _ in sent])

        async def look_up(merchant: str, sent: Sequence[Sent]) -> list[PlaceOutcome | None]:
            async with database.transaction(merchant, read_only=True) as tx:
                return await look_up_orders(tx, [order for _, order in sent], [ctx for ctx, _ in sent])

        coalescer = Coalescer(
            place,
            verb="place_orders",
            look_up=look_up,
            batch_max=settings.coalesce_batch_max if settings.coalesce else 1,
            queue_max=settings.coalesce_queue_max,
            lanes=settings.coalesce_lanes if settings.coalesce else settings.pool_size,
        )
        try:
            yield System(
                settings=settings,
                database=database,
                readers=readers,
                place_coalescer=coalescer,
                authenticator=authenticator,
                payment_providers=providers,
            )
        finally:
            await coalescer.aclose()
            await authenticator.close()
            await readers.close()
            if traces is not None:
                traces.shutdown()


@contextlib.asynccontextmanager
async def workers(running: System) -> AsyncIterator[None]:
    """Pumps, sequencer, subscribers and jobs at work; on the way out running batches are finished."""
    database, settings = running.database, running.settings

    async def merchants() -> Sequence[str]:
        return await merchant_codes(database)

    table = stages(providers=running.payment_providers, batch=settings.pump_batch, exclusion_h=settings.exclusion_h)
    leased = [replace(stage, lease_s=settings.pump_lease_s) for stage in table]
    runner = PumpRunner(database, merchants, leased, [CONTACT_WORDS], workers=settings.pump_workers)
    jobs = JobRunner(database, merchants, [prune_job(KEPT_FOR_A_TIME, [SIGN_IN_FAILURES, SESSIONS])])
    await runner.start()
    await jobs.start()
    try:
        yield
    finally:
        await jobs.stop()
        await runner.stop()


@contextlib.asynccontextmanager
async def hints(running: System) -> AsyncIterator[None]:
    """Without workers in this process: wake those of others when there is work."""
    left = Hints(running.database)
    running.database.on_work = left.on_work
    try:
        yield
    finally:
        running.database.on_work = None
        await left.aclose()


async def serve(
    settings: Settings,
    *,
    progress: Progress | None = None,
    alongside: Callable[[System], Awaitable[None]] | None = None,
    state: Mapping[str, Any] | None = None,
) -> None:
    """Serve HTTP until SIGINT or SIGTERM, with workers inside unless the settings say no.

    `state` is for the pages, beside what they always share. `alongside` runs beside the server and is cancelled first
    when all is to stop; when it fails, all stops.
    """
    stopping = _stop_on_signals()
    async with contextlib.AsyncExitStack() as stack:
        running = await stack.enter_async_context(system(settings, progress=progress))
        await stack.enter_async_context(workers(running) if settings.run_workers else hints(running))
        pages = [*console_routes(), *portal_routes()]
        shown = {**_console_state(running), **(state or {})}
        app = create_app(running, handlers=pages, state=shown, lost=_lost)
        server = _server(app, settings.host, settings.port)
        settle_memory()
        if progress is not None:
            progress(f"serving http://{settings.host}:{settings.port}")
        tasks = [asyncio.create_task(server.serve()), asyncio.create_task(stopping.wait())]
        if alongside is not None:
            tasks.append(asyncio.create_task(_run(alongside, running)))
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if alongside is not None:
            tasks[2].cancel()
        # The server waits for open streams: they end first.
        await close_streams(app)
        await close_console(app)
        tasks[1].cancel()
        await _end(server, tasks, done)


async def work(settings: Settings, *, progress: Progress | None = None) -> None:
    """Only the workers, until SIGINT or SIGTERM: any number of these may run beside `serve`, on any machine.

    With `work_port` it serves health and metrics there; when that fails, all stops.
    """
    stopping = _stop_on_signals()
    async with system(settings, progress=progress) as running, workers(running):
        tasks: list[asyncio.Task[Any]] = [asyncio.create_task(stopping.wait())]
        server: Server | None = None
        if settings.work_port is not None:
            server = _server(create_watch_app(running), settings.work_host, settings.work_port)
            tasks.append(asyncio.create_task(server.serve()))
        if progress is not None:
            watched = "" if server is None else f", watched at http://{settings.work_host}:{settings.work_port}"
            progress(f"working{watched}")
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        tasks[0].cancel()
        await _end(server, tasks, done)


def _server(app: Litestar, host: str, port: int) -> Server:
    """An HTTP server in this process."""
    return Server(
        app,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        log_enabled=False,
        log_level=LogLevels.error,
        backlog=1024,
        websockets=False,
    )


async def _end(server: Server | None, tasks: Iterable[asyncio.Task[Any]], done: Iterable[asyncio.Task[Any]]) -> None:
    """Stop the server and wait for all tasks. Raises what ended one of those that were `done` by themselves."""
    if server is not None:
        server.stop()  # type: ignore[no-untyped-call]
    await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine on uvloop."""
    uvloop.run(main)


def _console_state(running: System) -> dict[str, Any]:
    """What the screens for staff share, and when what waits counts as stuck."""
    return {**console_state(running.database), "console_waiting": waiting_states(running.settings)}


def _lost(request: Any) -> Any:
    return lost_page(request, [CONSOLE, SITE])


async def _run(alongside: Callable[[System], Awaitable[None]], running: System) -> None:
    await alongside(running)
    await asyncio.Event().wait()  # done, but the server goes on


def _stop_on_signals() -> asyncio.Event:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    return stopping
