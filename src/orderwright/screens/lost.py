"""Addresses that are nobody's: a browser gets a page of the site that it meant, a program a problem."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Request
from litestar.types import Receive, Scope, Send

from orderwright.api import request_id_of
from orderwright.platform.errors import NotFound
from orderwright.screens.pages import Site
from orderwright.screens.requests import Incoming


class LostPage:
    """The answer to a browser that asked for no page of ours, as an ASGI application."""

    def __init__(self, request: Request[Any, Any, Any], site: Site, merchant: str) -> None:
        self._request, self._site, self._merchant = request, site, merchant

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Say so, in the site's look."""
        found: Any = {**scope, "path_params": {"merchant": self._merchant}}
        incoming = Incoming(found, receive, self._request.app.state)
        error = NotFound("There is no such page. Check the address, or begin at the start.")
        request_id = request_id_of(incoming.headers)
        answer = await self._site.fail(incoming, None, error, request_id)
        answer.request_id = request_id
        await answer(scope, receive, send)


def lost_page(request: Request[Any, Any, Any], sites: Sequence[Site]) -> LostPage | None:
    """The page for an address that is nobody's: of the site that it begins as, or of the first one. None for what is no
    browser, which accepts no page."""
    if b"text/html" not in dict(request.scope["headers"]).get(b"accept", b""):
        return None
    _, first, *rest = request.scope["path"].split("/")
    meant = next((site for site in sites if site.prefix.startswith(f"/{first}/")), sites[0])
    return LostPage(request, meant, rest[0] if rest else "")
