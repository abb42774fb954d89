"""Pages: a function with a decorator each, from which its route is made.

    @page("GET", "/orders/{order_id}", needs="orders.read")
    async def order_page(screen: ConsoleScreen) -> Answer:
        ...

A page that takes a form is `@page("POST", ...)`; the token of the form was checked before its handler runs.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from litestar import Request
from litestar.handlers import HTTPRouteHandler

from orderwright.api import Answer, request_id_of
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.logs import log_context
from orderwright.platform.metrics import HTTP_SECONDS
from orderwright.platform.tracing import span
from orderwright.screens.csrf import FIELD, HEADER, ForgedForm, check_csrf
from orderwright.screens.requests import Incoming
from orderwright.screens.screen import Screen

Handler = Callable[..., Awaitable[Answer]]
_SAME = ("", "same-origin", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page, or one form. `needs` is the permission that whoever opens it must have; None: none but to be known.

    `path` is below the site's own. `proves`: whoever opens it must have proved lately who they are, and comes back to
    this path, below the site's own too, when they have."""

    id: str
    method: str
    path: str
    run: Handler
    needs: str | None
    proves: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A kind of pages. `open` makes the screen of whoever asks, or an answer that sends them elsewhere; `fail` makes a
    page of an error, with the screen where there is one."""

    prefix: str
    open: Callable[[Incoming, Page, str], Awaitable[Screen | Answer]]
    fail: Callable[[Incoming, Screen | None, Exception, str], Awaitable[Answer]]


def page(method: str, path: str, *, needs: str | None = None, proves: str | None = None) -> Callable[[Handler], Page]:
    """Make a page of a handler."""

    def make(run: Handler) -> Page:
        name: str = getattr(run, "__name__", "page")
        return Page(id=name, method=method, path=path, run=run, needs=needs, proves=proves)

    return make


def page_route(site: Site, made: Page) -> HTTPRouteHandler:
    """The Litestar handler of a page."""
    path = site.prefix + made.path
    timers: dict[int, Any] = {}

    async def handle(request: Request[Any, Any, Any]) -> Answer:
        began = time.perf_counter()
        incoming = Incoming(request.scope, request.receive, request.app.state)
        request_id = request_id_of(incoming.headers)
        screen: Screen | None = None
        try:
            opened = await site.open(incoming, made, request_id)
            if isinstance(opened, Answer):
                answer = opened
            else:
                screen = opened
                await _check(screen, made)
                with log_context(request_id=request_id, merchant=screen.ctx.merchant), span("page", route=path):
                    answer = await made.run(screen)
        except Exception as error:  # noqa: BLE001  # every failure is answered with a page that says what to do
            answer = await site.fail(incoming, screen, error, request_id)
        answer.request_id = request_id
        timer = timers.get(answer.status)
        if timer is None:
            timer = timers[answer.status] = HTTP_SECONDS.labels(made.method, path, str(answer.status))
        timer.observe(time.perf_counter() - began)
        return answer

    methods: Any = ["GET", "HEAD"] if made.method == "GET" else [made.method]
    return HTTPRouteHandler(
        path.replace("}", ":str}"), http_method=methods, name=_name(site, made), include_in_schema=False
    )(handle)


async def _check(screen: Screen, made: Page) -> None:
    """Raise unless the form is of a page of ours, and whoever sends it may."""
    if made.method != "GET":
        if screen.incoming.header("sec-fetch-site") not in _SAME:
            raise ForgedForm
        token = screen.incoming.header(HEADER) or (await screen.incoming.form()).first(FIELD)
        check_csrf(screen.csrf_key, token)
    if made.needs is not None and not screen.ctx.may(made.needs):
        raise PermissionDenied(
            f"Your role does not include {made.needs}. Ask an administrator for a role that does.",
            permission=made.needs,
        )


def _name(site: Site, made: Page) -> str:
    return f"{site.prefix.strip('/').partition('/')[0] or 'root'}_{made.id}_{made.method.lower()}"
