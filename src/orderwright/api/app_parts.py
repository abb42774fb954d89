"""The parts of the HTTP interface that the process is wired of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec
from litestar import Litestar
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, ControllerRouterHandler, ExceptionHandlersMap

from orderwright.access import Authenticator, Sessions
from orderwright.api.docs import docs_operations
from orderwright.api.health import HEALTH
from orderwright.api.imports import close_imports
from orderwright.api.known_skus import KnownSkus
from orderwright.api.live import LiveEvents
from orderwright.api.operations import options_routes, route
from orderwright.api.problems import Wrapped, handle_exception
from orderwright.api.table import OPERATIONS
from orderwright.orders import PlaceOrder, PlaceOutcome
from orderwright.payments import PaymentProvider
from orderwright.platform.coalescer import Coalescer
from orderwright.platform.context import Context
from orderwright.platform.db import Database
from orderwright.platform.readers import Readers
from orderwright.platform.settings import Settings


class Running(Protocol):
    """The parts of a running system that the interface stands on."""

    @property
    def settings(self) -> Settings: ...
    @property
    def database(self) -> Database: ...
    @property
    def readers(self) -> Readers: ...
    @property
    def place_coalescer(self) -> Coalescer[tuple[Context, PlaceOrder], PlaceOutcome]: ...
    @property
    def payment_providers(self) -> Mapping[str, PaymentProvider]: ...
    @property
    def authenticator(self) -> Authenticator: ...


def api_handlers() -> list[HTTPRouteHandler]:
    """A route handler for each operation, and for the document and the page about them."""
    operations = (*OPERATIONS, *docs_operations(OPERATIONS))
    return [*options_routes(operations), *map(route, operations)]  # first: else Litestar adds its own


Lost = Callable[[Any], ASGIApp | None]  # the page for a request of an address that is nobody's, if it wants a page


def exception_handlers(lost: Lost | None = None) -> ExceptionHandlersMap:
    """What makes problems of errors that no handler of ours saw."""

    def handle(request: Any, error: Exception) -> Any:
        shown = lost(request) if lost is not None and isinstance(error, NotFoundException) else None
        return handle_exception(request, error) if shown is None else Wrapped(shown)

    return {Exception: handle}


def create_app(
    running: Running,
    *,
    handlers: list[ControllerRouterHandler] | None = None,
    state: dict[str, Any] | None = None,
    lost: Lost | None = None,
) -> Litestar:
    """The application: this interface, and `handlers` of others with what they need in `state`. `lost` makes the page
    for an address that is nobody's."""
    shared = {
        "settings": running.settings,
        "database": running.database,
        "readers": running.readers,
        "place_coalescer": running.place_coalescer,
        "authenticator": running.authenticator,
        "sessions": Sessions(running.database),
        "payment_providers": running.payment_providers,
        "live_events": LiveEvents(running.database),
        "number_formats": {},
        "known_skus": KnownSkus(),
    }
    return Litestar(
        [*api_handlers(), *(handlers or [])],
        state=State({**shared, **(state or {})}),
        exception_handlers=exception_handlers(lost),
        openapi_config=None,
        logging_config=None,
    )


def create_watch_app(running: Running) -> Litestar:
    """What watches a process that only works: health and metrics, and nothing else."""
    shared = {
        # Its workers are what there is to be well.
        "settings": msgspec.structs.replace(running.settings, run_workers=True),
        "database": running.database,
        "authenticator": running.authenticator,
    }
    return Litestar(
        [*options_routes(HEALTH), *map(route, HEALTH)],
        state=State(shared),
        exception_handlers=exception_handlers(),
        openapi_config=None,
        logging_config=None,
    )


async def close_streams(app: Litestar) -> None:
    """End open event streams: call it before the server stops, which would wait for them, and the database closes."""
    await app.state.live_events.close()
    await close_imports(app.state)
    await app.state.sessions.close()
