"""What stands around every page of the console: who looks, at which merchant, where they can go, and what failed."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment
from markupsafe import Markup

from orderwright.access import Membership, SignedIn, session_cookie_name
from orderwright.api import Answer, problem_said
from orderwright.console import words
from orderwright.insights import MerchantRow, merchant
from orderwright.platform.clock import utc_now
from orderwright.platform.context import Context
from orderwright.platform.db import Database
from orderwright.platform.errors import DatabaseUnavailable, NotFound, Overloaded
from orderwright.screens import (
    Formats,
    Incoming,
    Page,
    Refused,
    Screen,
    Site,
    StaticFiles,
    environment,
    html_answer,
    key_field,
    lean,
    squeezed,
    words_of,
)

HERE = Path(__file__).parent
PREFIX = "/m/{merchant}"
SERVER_ERROR = 500
_MERCHANT_GOOD_FOR_S = 60.0
STREAM_CHECKED_EVERY_S = 15.0  # whether whoever opened a stream still may hear it
# A browser may keep a page to go back to, so that a search (a POST) need not be sent again; signing out clears it.
_KEPT = (b"cache-control", b"private, no-cache")


def _tabler() -> bytes:
    """Tabler's style sheet, as far as pages use it."""
    return lean((HERE / "static/vendor/tabler.min.css").read_text(encoding="utf-8"), *words_of([HERE])).encode()


def _own(name: str) -> Callable[[], bytes]:
    return lambda: squeezed((HERE / "static" / name).read_text(encoding="utf-8")).encode()


_STYLES = {name: _own(name) for name in ("console.css", "frame.css", "parts.css")}
static_files = StaticFiles("/static", [HERE / "static"], {"tabler.css": _tabler, **_STYLES})


@dataclass(frozen=True, slots=True, kw_only=True)
class NavEntry:
    """A place to go to, for whoever has the permission. `keys`: what to press for it; `path`: below the merchant's."""

    path: str
    word: str
    icon: str
    needs: str | None
    keys: str = ""
    group: str = ""


NAV: tuple[NavEntry, ...] = (
    NavEntry(path="/", word="Home", icon="home", needs=None, keys="g h"),
    NavEntry(path="/orders", word="Orders", icon="package", needs="orders.read", keys="g o"),
    NavEntry(path="/customers", word="Customers", icon="users", needs="customers.read", keys="g c"),
    NavEntry(path="/messages", word="Messages", icon="messages", needs="messages.read", keys="g m"),
    NavEntry(path="/stock", word="Stock", icon="box", needs="stock.read", keys="g s"),
    NavEntry(path="/floor", word="Floor", icon="scan", needs="fulfillment.read", keys="g f"),
    NavEntry(path="/operations", word="Operations", icon="list-check", needs="orders.read", keys="g p"),
    NavEntry(path="/live", word="Live", icon="activity-heartbeat", needs="system.read", keys="g l"),
    NavEntry(path="/approvals", word="Approvals", icon="circle-check", needs="approvals.ask", keys="g a"),
    NavEntry(path="/settings", word="Settings", icon="settings", needs="catalog.read", keys="g ,"),
    NavEntry(path="/audit", word="Audit", icon="history", needs="audit.read"),
)


@cache
def templates() -> Environment:
    """The console's templates, compiled when first used."""
    made = environment(
        [HERE / "templates"], {"static": static_files.url, "words": words, "icon": icon, "key_field": key_field}
    )
    made.filters |= {"number": words.number, "instant": words.instant, "clock": words.clock}
    return made


def icon(name: str, label: str = "") -> Markup:
    """A picture of the sprite; with a label where no word stands beside it."""
    about = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="icon" {} focusable="false"><use href="{}#{}"/></svg>').format(
        about, static_files.url("vendor/tabler-icons.svg"), name
    )


class ConsoleScreen(Screen):
    """A page for staff at one merchant. `membership` is what the person may do there."""

    def __init__(
        self, incoming: Incoming, ctx: Context, page: Page, person: SignedIn, membership: Membership, shown: MerchantRow
    ) -> None:
        zone = person.time_zone or shown.time_zone
        super().__init__(
            incoming, ctx, templates=templates(), formats=Formats(person.locale, zone), csrf_key=person.csrf_key
        )
        self.add_header(_KEPT)
        self.page = page
        self.person = person
        self.membership = membership
        self.merchant = shown
        self.news_after = 0  # the position up to which this page knows all

    @property
    def database(self) -> Database:
        """The process's pool."""
        database: Database = self.incoming.state.database
        return database

    def url(self, path: str = "/", **query: str | int | None) -> str:
        """The address of a page of this merchant; `query` holds no personal data."""
        said = "&".join(f"{name}={quote(str(value))}" for name, value in query.items() if value not in (None, ""))
        return f"/m/{self.merchant.code}{path}" + (f"?{said}" if said else "")

    def show_once(self, template: str, **facts: Any) -> Answer:
        """A page with a secret that is shown once: no browser keeps it."""
        self._headers.remove(_KEPT)
        return self.show(template, **facts)

    def may(self, permission: str | None) -> bool:
        """Whether to show what needs the permission. The verb checks it again."""
        return permission is None or self.ctx.may(permission)

    def nav(self) -> Sequence[NavEntry]:
        """Where this person can go."""
        return [entry for entry in NAV if self.may(entry.needs)]

    def here(self, entry: NavEntry) -> bool:
        """Whether the page shown lies at or below an entry."""
        path = self.page.path
        return path == entry.path or (entry.path != "/" and path.startswith(entry.path + "/"))

    def frame(self) -> Mapping[str, Any]:
        """What every template of the console may use. `ui` holds the parts that pages are made of."""
        ui = templates().get_template("ui.html").make_module({"f": self.formats, "screen": self, "url": self.url})
        return {
            "ui": ui, "url": self.url, "may": self.may, "merchant": self.merchant, "person": self.person,
            "membership": self.membership,
        }  # fmt: skip


async def open_console(incoming: Incoming, page: Page, request_id: str) -> ConsoleScreen | Answer:
    """The screen of whoever has signed in; to the sign-in page for all others."""
    person: SignedIn | None = await incoming.state.sessions.signed_in(
        incoming.cookies.get(session_cookie_name(incoming.secure)),
        address=incoming.client,
        device=incoming.header("user-agent"),
    )
    if person is None:
        return to_sign_in(incoming)
    code = incoming.path_params["merchant"]
    membership = person.memberships.get(code)
    shown = await merchant_of(incoming, code) if membership is not None else None
    if membership is None or shown is None:
        raise NotFound("There is no such page, or it is not for you. Go back to a page that you know.")
    if page.proves is not None and not person.is_confirmed(utc_now()):
        return _to_confirm(incoming, page.proves)
    ctx = person.context(code, request_id=request_id)
    screen = ConsoleScreen(incoming, ctx, page, person, membership, shown)
    if page.method == "GET" and not incoming.wants_part:
        screen.news_after = await incoming.state.console_news.position(code)
    return screen


def to_sign_in(incoming: Incoming) -> Answer:
    """Sign in first, then come back to the page that was asked for."""
    if incoming.wants_part:
        return Answer(b"", 204, ((b"hx-redirect", b"/sign-in"),))
    back = f"?next={quote(incoming.address)}" if incoming.method == "GET" else ""
    return Answer(b"", 303, ((b"location", f"/sign-in{back}".encode()),))


def _to_confirm(incoming: Incoming, back: str) -> Answer:
    """Prove first who you are, by the password, then come back to a page of this merchant."""
    path = PREFIX + back
    for name, value in incoming.path_params.items():
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    address = f"/me/confirm?next={quote(path)}".encode()
    if incoming.wants_part:
        return Answer(b"", 204, ((b"hx-redirect", address),))
    return Answer(b"", 303, ((b"location", address),))


async def while_signed_in(screen: ConsoleScreen, events: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """A stream of a page, until whoever opened it has signed out, may not see it any more, or has another token."""
    incoming, needs, code = screen.incoming, screen.page.needs, screen.merchant.code
    token = incoming.cookies.get(session_cookie_name(incoming.secure))
    checked = time.monotonic()
    try:
        async for event in events:
            if time.monotonic() - checked >= STREAM_CHECKED_EVERY_S:
                checked = time.monotonic()
                try:
                    person = await incoming.state.sessions.signed_in(token, used=False)
                except (DatabaseUnavailable, Overloaded):
                    pass  # then the stream has nothing to tell either, but that it has nothing to tell
                else:
                    if person is None or code not in person.memberships:
                        return
                    if needs is not None and not person.context(code).may(needs):
                        return
            yield event
    finally:
        await events.aclose()


async def merchant_of(incoming: Incoming, code: str) -> MerchantRow | None:
    """Who a merchant is, looked up once a minute."""
    known: dict[str, tuple[float, MerchantRow]] = incoming.state.console_merchants
    entry = known.get(code)
    if entry is None or time.monotonic() - entry[0] > _MERCHANT_GOOD_FOR_S:
        found = await merchant(incoming.state.database, code)
        if found is None:
            return None
        entry = known[code] = time.monotonic(), found
    return entry[1]


async def fail(incoming: Incoming, screen: Screen | None, error: Exception, request_id: str) -> Answer:
    """A page that says what failed and what to do."""
    problem = error.problem if isinstance(error, Refused) else problem_said(error, request_id)
    status = problem.status
    if incoming.wants_part:
        text = templates().get_template("problem_part.html").render(problem=problem)
        return html_answer(text, status=status)
    if isinstance(screen, ConsoleScreen):
        return screen.show("problem_page.html", status=status, problem=problem)
    text = (
        templates()
        .get_template("problem.html")
        .render(title=problem.title, text=problem.detail, again=status >= SERVER_ERROR)
    )
    return html_answer(text, status=status)


CONSOLE = Site(prefix=PREFIX, open=open_console, fail=fail)
