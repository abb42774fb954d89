"""The live page at `/`, its stream of events, and the static files of all screens.

Needs `app.state.database` (a `Database`). Optional: `app.state.console_merchant`, a merchant's code (by default the
first, as soon as there is one), and `app.state.console_waiting`, the states with their maximum ages.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Litestar, MediaType, Request, Response, get
from litestar.datastructures import CacheControlHeader
from litestar.response import Stream
from litestar.static_files import create_static_files_router
from litestar.types import ControllerRouterHandler

from orderwright import insights
from orderwright.console.feed import LiveFeed, Parts
from orderwright.console.render import STATIC_DIR, render_list, render_page, render_parts, render_problem
from orderwright.insights import (
    WAITING,
    Memory,
    MerchantRow,
    Waiting,
    merchant,
    read_stuck,
    stock_alarms,
)
from orderwright.platform.clock import utc_now
from orderwright.platform.db import Database
from orderwright.platform.errors import OrderwrightError
from orderwright.platform.merchants import merchant_codes

_FEED = "console_feed"
PAGE_HEADERS = {
    # 'unsafe-inline' is not needed: no template has a style attribute, and htmx is told not to add a style element.
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self';"
        " frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}
_YEAR_S = 31_536_000
LISTED_MAX = 500  # rows of a list; what does not fit is less bad


class _Loader:
    """Reads and renders the overview of one merchant, remembering what need not be counted again."""

    def __init__(self, database: Database, code: str, waiting: Sequence[Waiting]) -> None:
        self._database = database
        self._code = code
        self.waiting = waiting
        self._memory = Memory()
        self.merchant: MerchantRow | None = None

    async def whose(self) -> MerchantRow:
        """The merchant whose page this is."""
        if not self._code:
            codes = await merchant_codes(self._database)
            self._code = codes[0] if codes else ""
        self.merchant = self.merchant or await merchant(self._database, self._code)
        if self.merchant is None:
            raise NoMerchant
        return self.merchant

    async def __call__(self) -> Parts:
        shown = await self.whose()
        async with self._database.transaction(self._code, read_only=True) as tx:
            view = await insights.overview(tx, memory=self._memory, waiting=self.waiting)
        self._memory = view.memory
        return render_parts(shown, view)


class NoMerchant(OrderwrightError):
    """There is no merchant to show yet. `orderwright demo` makes one, `orderwright serve` uses yours."""

    code, http_status = "no_merchant", 503


class _Live(LiveFeed):
    """The feed of the live page, which knows whose page it is."""

    def __init__(self, loader: _Loader) -> None:
        super().__init__(loader)
        self.loader = loader


@get("/", include_in_schema=False, media_type=MediaType.HTML)
async def live_page(request: Request[Any, Any, Any]) -> Response[str]:
    """The live page, complete as it is now: readable without JavaScript."""
    feed = _feed(request.app)
    try:
        parts = await feed.current()
    except OrderwrightError as error:
        return _problem(error)
    shown = feed.loader.merchant
    if shown is None:
        raise NoMerchant
    return Response(render_page(shown, parts, utc_now(), parts.get("trouble") or None), headers=PAGE_HEADERS)


@get("/live/stuck", include_in_schema=False, media_type=MediaType.HTML)
async def stuck_page(request: Request[Any, Any, Any]) -> Response[str]:
    """Everything that waits longer than it may, with who looks after it, as it is now."""
    loader = _feed(request.app).loader
    try:
        shown, now = await loader.whose(), utc_now()
        async with request.app.state.database.transaction(shown.code, read_only=True) as tx:
            found = await read_stuck(tx, now, loader.waiting, LISTED_MAX)
    except OrderwrightError as error:
        return _problem(error)
    return Response(render_list("stuck", shown, now, stuck=found), headers=PAGE_HEADERS)


@get("/live/alarms", include_in_schema=False, media_type=MediaType.HTML)
async def alarms_page(request: Request[Any, Any, Any]) -> Response[str]:
    """Every SKU that is short, out, low or waited for, as it is now."""
    loader = _feed(request.app).loader
    try:
        shown = await loader.whose()
        async with request.app.state.database.transaction(shown.code, read_only=True) as tx:
            found = await stock_alarms(tx, LISTED_MAX)
    except OrderwrightError as error:
        return _problem(error)
    return Response(render_list("alarms", shown, utc_now(), alarms=found), headers=PAGE_HEADERS)


@get("/live/stream", include_in_schema=False)
async def live_stream(request: Request[Any, Any, Any]) -> Stream:
    """Server-sent events `stages`, `charts`, `alarms`, `stuck`, `latest`, `events`, `trouble` and `tick`."""
    feed = _feed(request.app)
    return Stream(feed.stream(), media_type="text/event-stream", headers=_STREAM_HEADERS)


async def close_console(app: Litestar) -> None:
    """End open streams, so that the server need not wait for people to close their pages. For `on_shutdown`."""
    feed: _Live | None = app.state.get(_FEED)
    if feed is not None:
        await feed.close()


def _problem(error: OrderwrightError) -> Response[str]:
    page = render_problem("There is nothing to show yet", str(error))
    return Response(page, status_code=error.http_status, headers=PAGE_HEADERS | {"Retry-After": "5"})


def _feed(app: Litestar) -> _Live:
    """The one feed of this process, made at the first look."""
    feed: _Live | None = app.state.get(_FEED)
    if feed is None:
        waiting = app.state.get("console_waiting", WAITING)
        feed = _Live(_Loader(app.state.database, app.state.get("console_merchant", ""), waiting))
        app.state[_FEED] = feed
    return feed


console_routes: list[ControllerRouterHandler] = [
    live_page,
    stuck_page,
    alarms_page,
    live_stream,
    create_static_files_router(
        path="/static",
        directories=[STATIC_DIR],
        name="console_static",
        cache_control=CacheControlHeader(public=True, max_age=_YEAR_S, immutable=True),
    ),
]
