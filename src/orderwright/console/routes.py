"""Every address of the console, and what its pages share in a process."""

from __future__ import annotations

from typing import Any

from litestar import Litestar, Request
from litestar.handlers import HTTPRouteHandler
from litestar.types import ControllerRouterHandler

from orderwright.access import may_make_first_merchant, session_cookie_name
from orderwright.api import Answer
from orderwright.console.account import ACCOUNT_PAGES
from orderwright.console.business import BUSINESS
from orderwright.console.customer_merge import CUSTOMER_MERGE_PAGES
from orderwright.console.customer_messages import CUSTOMER_MESSAGES
from orderwright.console.customer_notes import CUSTOMER_NOTE_PAGES
from orderwright.console.customers import CUSTOMER_PAGES
from orderwright.console.find import FIND_PAGES
from orderwright.console.floor import FLOOR_PAGES
from orderwright.console.frame import CONSOLE, static_files, to_sign_in
from orderwright.console.guests import ACCOUNT, GUESTS
from orderwright.console.home import HOME
from orderwright.console.home_arrange import HOME_ARRANGE
from orderwright.console.home_set_up import HOME_SET_UP
from orderwright.console.live import LIVE, close_feeds
from orderwright.console.message_queue import MESSAGE_PAGES
from orderwright.console.news import News
from orderwright.console.operations import OPERATIONS_PAGES
from orderwright.console.order_drafts import ORDER_DRAFT_PAGES
from orderwright.console.order_entry import ORDER_ENTRY_PAGES
from orderwright.console.order_pages import ONE_ORDER
from orderwright.console.order_views import ORDER_VIEW_PAGES
from orderwright.console.orders_bulk import ORDER_BULK_PAGES
from orderwright.console.orders_list import ORDER_LIST_PAGES
from orderwright.console.orders_runs import ORDER_RUN_PAGES
from orderwright.console.provider import PROVIDER
from orderwright.console.settings import SETTINGS_PAGES
from orderwright.console.shell import SHELL
from orderwright.console.sign_in import SIGN_IN
from orderwright.console.stock_actions import STOCK_ACTION_PAGES
from orderwright.console.stock_card import STOCK_CARD_PAGES
from orderwright.console.stock_list import STOCK_LIST_PAGES
from orderwright.platform.db import Database
from orderwright.screens import Incoming, Page, page_route

PAGES: tuple[Page, ...] = (
    *HOME,
    *HOME_ARRANGE,
    *HOME_SET_UP,
    *SHELL,
    *FIND_PAGES,
    *ORDER_LIST_PAGES,
    *ORDER_ENTRY_PAGES,
    *ORDER_DRAFT_PAGES,
    *ORDER_BULK_PAGES,
    *ORDER_RUN_PAGES,
    *ORDER_VIEW_PAGES,
    *ONE_ORDER,
    *CUSTOMER_PAGES,
    *CUSTOMER_MESSAGES,
    *CUSTOMER_MERGE_PAGES,
    *CUSTOMER_NOTE_PAGES,
    *MESSAGE_PAGES,
    *STOCK_LIST_PAGES,
    *STOCK_CARD_PAGES,
    *STOCK_ACTION_PAGES,
    *FLOOR_PAGES,
    *LIVE,
    *OPERATIONS_PAGES,
    *SETTINGS_PAGES,
)


async def start(request: Request[Any, Any, Any]) -> Answer:
    """To the first merchant of whoever has signed in, or to the sign-in page."""
    incoming = Incoming(request.scope, request.receive, request.app.state)
    person = await incoming.state.sessions.signed_in(incoming.cookies.get(session_cookie_name(incoming.secure)))
    if person is None:
        return to_sign_in(incoming)
    code = next(iter(person.memberships), None)
    address = f"/m/{code}/" if code is not None else "/me"
    if code is None and await may_make_first_merchant(request.app.state.database, person):
        address = "/me/business"
    return Answer(b"", 303, ((b"location", address.encode()),))


def console_routes() -> list[ControllerRouterHandler]:
    """A handler for each page, and for the files of all."""
    root = HTTPRouteHandler("/", http_method=["GET", "HEAD"], name="start", include_in_schema=False)(start)
    return [
        root,
        static_files.route("console_static"),
        *(page_route(GUESTS, made) for made in (*SIGN_IN, *PROVIDER)),
        *(page_route(ACCOUNT, made) for made in (*ACCOUNT_PAGES, *BUSINESS)),
        *(page_route(CONSOLE, made) for made in PAGES),
    ]


def console_state(database: Database) -> dict[str, Any]:
    """What the pages of one process share: feeds of live pages by merchant, news, who merchants are."""
    return {
        "console_feeds": {}, "console_news": News(database), "console_merchants": {}, "console_shared": {},
        "console_trends": {}, "console_names": {}, "console_set_up": set(),
    }  # fmt: skip


async def close_console(app: Litestar) -> None:
    """End open streams: the server would wait for people to close their pages. Call it before the server stops."""
    await close_feeds(app)
    await app.state.console_news.close()
