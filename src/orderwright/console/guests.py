"""Pages that belong to no merchant: for whoever has not signed in yet, and of people's own accounts."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from orderwright.access import (
    DEVICE_GOOD_FOR_S,
    LIVES_S,
    From,
    NewSession,
    SignedIn,
    device_cookie_name,
    mark_device,
    session_cookie_name,
)
from orderwright.api import Answer
from orderwright.console.frame import fail, templates, to_sign_in
from orderwright.platform.context import Context
from orderwright.platform.db import Database
from orderwright.screens import Formats, Incoming, Page, Screen, Site, cookie, is_local

_VISITOR = "ow_visitor"
_VISITOR_LENGTH = 43
VISITOR_GOOD_FOR_S = 86_400


class GuestScreen(Screen):
    """A page for somebody who is nobody yet. Its forms carry a token made of a cookie that only this browser has."""

    def __init__(self, incoming: Incoming, request_id: str, visitor: str) -> None:
        ctx = Context("", "anonymous", request_id=request_id)
        key = hashlib.blake2b(visitor.encode(), digest_size=32, key=incoming.state.database.hash_key[:64]).digest()
        super().__init__(incoming, ctx, templates=templates(), formats=Formats("en", "UTC"), csrf_key=key)

    @property
    def database(self) -> Database:
        """The process's pool."""
        database: Database = self.incoming.state.database
        return database

    def frame(self) -> Mapping[str, Any]:
        """What every template may use."""
        return own_frame(self)

    def go_as(self, session: NewSession, address: str) -> Answer:
        """Go on with a page, as whoever has just signed in."""
        self.add_header(session_cookie(self.incoming, session.token))
        if session.awaits is None:
            self.add_header(_device_cookie(self.incoming, session))
        return self.go(address)


class AccountScreen(Screen):
    """A page of somebody's own account, of no merchant."""

    def __init__(self, incoming: Incoming, request_id: str, person: SignedIn) -> None:
        ctx = Context("", person.actor, request_id=request_id, origin=person.origin)
        formats = Formats(person.locale, person.time_zone or "UTC")
        super().__init__(incoming, ctx, templates=templates(), formats=formats, csrf_key=person.csrf_key)
        self.person = person

    @property
    def database(self) -> Database:
        """The process's pool."""
        database: Database = self.incoming.state.database
        return database

    def frame(self) -> Mapping[str, Any]:
        """What every template may use."""
        return {**own_frame(self), "person": self.person}

    def forget(self) -> None:
        """What was changed of this person holds from the next request on, in this process."""
        self.incoming.state.sessions.forget(person_id=self.person.person_id)


def own_frame(screen: Screen) -> Mapping[str, Any]:
    """The parts that pages are made of."""
    facts = {"f": screen.formats, "screen": screen, "url": _no_merchant}
    return {"ui": templates().get_template("ui.html").make_module(facts), "back_to": None}


def _no_merchant(path: str = "/") -> str:
    return path


async def open_guest(incoming: Incoming, page: Page, request_id: str) -> GuestScreen:
    """The screen of whoever it is."""
    name = _visitor_name(incoming)
    given = incoming.cookies.get(name, "")
    known = len(given) == _VISITOR_LENGTH and given.isascii()
    visitor = given if known else secrets.token_urlsafe(32)
    screen = GuestScreen(incoming, request_id, visitor)
    if not known:
        screen.add_header(cookie(name, visitor, secure=incoming.secure, max_age_s=VISITOR_GOOD_FOR_S))
    return screen


async def open_account(incoming: Incoming, page: Page, request_id: str) -> AccountScreen | Answer:
    """The screen of whoever has signed in; to the sign-in page for all others."""
    person = await signed_in(incoming)
    return to_sign_in(incoming) if person is None else AccountScreen(incoming, request_id, person)


async def signed_in(incoming: Incoming) -> SignedIn | None:
    """Whoever has signed in."""
    person: SignedIn | None = await incoming.state.sessions.signed_in(
        incoming.cookies.get(session_cookie_name(incoming.secure)),
        address=incoming.client,
        device=incoming.header("user-agent"),
    )
    return person


def session_cookie(incoming: Incoming, token: str) -> tuple[bytes, bytes]:
    """The cookie of a session; an empty token takes it away."""
    name = session_cookie_name(incoming.secure)
    return cookie(name, token, secure=incoming.secure, max_age_s=LIVES_S if token else 0)


def _device_cookie(incoming: Incoming, session: NewSession) -> tuple[bytes, bytes]:
    """The cookie by which this browser is known as one in which the person has signed in."""
    name = device_cookie_name(incoming.secure)
    mark = mark_device(incoming.state.database.hash_key, incoming.cookies.get(name), session.person_id)
    return cookie(name, mark, secure=incoming.secure, max_age_s=DEVICE_GOOD_FOR_S)


def come_from(screen: Screen) -> From:
    """Where somebody comes from, for the list of their sessions."""
    incoming = screen.incoming
    mark = incoming.cookies.get(device_cookie_name(incoming.secure))
    return From(incoming.client or None, incoming.header("user-agent") or None, screen.ctx.request_id, mark)


def next_of(text: str) -> str:
    """Where to go after signing in: a page of ours, or the start."""
    return text if is_local(text) and not text.startswith(("/sign-in", "/sign-out", "/first", "/reset")) else "/"


def with_next(address: str, following: str) -> str:
    """An address that remembers where to go after it."""
    return address if following == "/" else f"{address}?next={quote(following)}"


def _visitor_name(incoming: Incoming) -> str:
    return f"__Host-{_VISITOR}" if incoming.secure else _VISITOR


GUESTS = Site(prefix="", open=open_guest, fail=fail)
ACCOUNT = Site(prefix="", open=open_account, fail=fail)
