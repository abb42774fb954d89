"""The live page of a merchant, its stream of events, and the lists of what it shows the worst of.

Every open page of a merchant shares one feed, which reads the database once a second.
"""

from __future__ import annotations

from collections.abc import Sequence

from litestar import Litestar

from orderwright import insights
from orderwright.api import Answer, stream_of
from orderwright.console.feed import LiveFeed, Parts
from orderwright.console.frame import ConsoleScreen, while_signed_in
from orderwright.console.render import parts_as_html, render_parts
from orderwright.insights import WAITING, Memory, MerchantRow, Waiting, read_stuck, stock_alarms
from orderwright.platform.clock import utc_now
from orderwright.platform.db import Database
from orderwright.screens import page

LISTED_MAX = 500  # rows of a list; what does not fit is less bad


class _Loader:
    """Reads and renders the overview of one merchant, remembering what need not be counted again."""

    def __init__(self, database: Database, shown: MerchantRow, waiting: Sequence[Waiting]) -> None:
        self._database = database
        self._merchant = shown
        self._waiting = waiting
        self._memory = Memory()

    async def __call__(self) -> Parts:
        async with self._database.transaction(self._merchant.code, read_only=True) as tx:
            view = await insights.overview(tx, memory=self._memory, waiting=self._waiting)
        self._memory = view.memory
        return render_parts(self._merchant, view)


@page("GET", "/live", needs="system.read")
async def live_page(screen: ConsoleScreen) -> Answer:
    """What happens now, complete as it is now: readable without JavaScript."""
    _require_all(screen)
    parts = await _feed(screen).current()
    return screen.show("live.html", at=utc_now(), trouble=parts.get("trouble") or None, **parts_as_html(parts))


@page("GET", "/live/stuck", needs="system.read")
async def stuck_page(screen: ConsoleScreen) -> Answer:
    """Everything that waits longer than it may, with who looks after it, as it is now."""
    _require_all(screen)
    now = utc_now()
    async with screen.database.transaction(screen.merchant.code, read_only=True) as tx:
        found = await read_stuck(tx, now, _waiting(screen), LISTED_MAX)
    return screen.show("list_stuck.html", at=now, stuck=found)


@page("GET", "/live/alarms", needs="system.read")
async def alarms_page(screen: ConsoleScreen) -> Answer:
    """Every SKU that is short, out, low or waited for, as it is now."""
    _require_all(screen)
    async with screen.database.transaction(screen.merchant.code, read_only=True) as tx:
        found = await stock_alarms(tx, LISTED_MAX)
    return screen.show("list_alarms.html", at=utc_now(), alarms=found)


@page("GET", "/live/stream", needs="system.read")
async def live_stream(screen: ConsoleScreen) -> Answer:
    """Server-sent events `stages`, `charts`, `alarms`, `stuck`, `latest`, `events`, `trouble` and `tick`."""
    _require_all(screen)
    return stream_of(while_signed_in(screen, _feed(screen).stream()), lambda: None)


async def close_feeds(app: Litestar) -> None:
    """End open streams, so that the server need not wait for people to close their pages."""
    for feed in app.state.console_feeds.values():
        await feed.close()


def _require_all(screen: ConsoleScreen) -> None:
    screen.ctx.require_unlimited("The live page shows all channels and locations.")


def _waiting(screen: ConsoleScreen) -> Sequence[Waiting]:
    waiting: Sequence[Waiting] = screen.incoming.state.get("console_waiting", WAITING)
    return waiting


def _feed(screen: ConsoleScreen) -> LiveFeed:
    """The one feed of a merchant in this process, made at the first look."""
    feeds: dict[str, LiveFeed] = screen.incoming.state.console_feeds
    feed = feeds.get(screen.merchant.code)
    if feed is None:
        loader = _Loader(screen.database, screen.merchant, _waiting(screen))
        feed = feeds[screen.merchant.code] = LiveFeed(loader)
    return feed


LIVE = [live_page, stuck_page, alarms_page, live_stream]
