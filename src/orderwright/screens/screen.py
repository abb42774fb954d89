"""A screen: one request for a page, by whoever it is, with what its handler needs to answer it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

from jinja2 import Environment
from markupsafe import Markup

from orderwright.api import Answer, Problem, Said, call_inside
from orderwright.platform.context import Context
from orderwright.platform.errors import NotFound, OrderwrightError
from orderwright.screens.csrf import FIELD, csrf_token
from orderwright.screens.flash import COOKIE, GOOD_FOR_S, Toast, sealed, unsealed
from orderwright.screens.forms import Filled, blank, read_form
from orderwright.screens.headers import Header, cookie, transport_security
from orderwright.screens.render import Formats, html_answer
from orderwright.screens.requests import Incoming

T = TypeVar("T")
KEY_FIELD = "_key"


class Refused(OrderwrightError):
    """An operation said no, or failed, where a page cannot go on without it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail, **problem.details)
        self.problem = problem

    @property
    def status(self) -> int:
        """The HTTP status of the problem."""
        return self.problem.status


class Screen:
    """What a handler of a page is given. `ctx` is who asks, `formats` how they write figures and moments.

    A console and a portal each have a kind of their own, which says what stands around a page (`frame`).
    """

    def __init__(
        self, incoming: Incoming, ctx: Context, *, templates: Environment, formats: Formats, csrf_key: bytes
    ) -> None:
        self.incoming = incoming
        self.ctx = ctx
        self.formats = formats
        self.csrf_key = csrf_key
        self._templates = templates
        self._toasts: list[Toast] = []
        self._headers: list[Header] = []

    # ---- asking and doing --------------------------------------------------------------------------------------------

    async def ask(self, operation: str, **call: Any) -> Any:
        """What an operation answers, of the type that it is documented with. Raises Refused for a problem.

        `path`, `query` and `body` are those of the operation."""
        said = await call_inside(self.incoming.state, self.ctx, operation, **call)
        if said.problem is not None:
            raise Refused(said.problem)
        return said.value

    async def find(self, operation: str, **call: Any) -> Any:
        """Like `ask`, and None where there is no such thing. A malformed id is no such thing either."""
        said = await call_inside(self.incoming.state, self.ctx, operation, **call)
        if said.problem is not None and said.status not in (400, 404):
            raise Refused(said.problem)
        return said.value

    async def do(self, operation: str, *, key: str | None = None, **call: Any) -> Said:
        """Run an operation that changes something, once for each `key`: by default that of the form that was sent.

        A "no" is an answer, not raised."""
        if key is None and self.incoming.method == "POST":
            key = (await self.incoming.form()).first(KEY_FIELD)[:200] or None
        return await call_inside(self.incoming.state, self.ctx, operation, key=key, **call)

    async def form(self, kind: type[T]) -> Filled[T]:
        """The form that was sent, as a struct; not filled where none was."""
        if self.incoming.method != "POST":
            return blank()
        return read_form(kind, await self.incoming.form())

    def param(self, name: str) -> str:
        """A parameter of the path."""
        return self.incoming.path_params[name]

    # ---- answering ---------------------------------------------------------------------------------------------------

    def frame(self) -> Mapping[str, Any]:
        """What every template of this kind of screen may use."""
        return {}

    def render(self, template: str, *, part: str | None = None, **facts: Any) -> str:
        """A template's text, or that of one of its blocks."""
        own = {"screen": self, "f": self.formats, "csrf": self.csrf_field, "key": key_field, "toasts": self._said()}
        found = self._templates.get_template(template)
        whole = {**own, **self.frame(), **facts}
        return found.render(whole) if part is None else "".join(found.blocks[part](found.new_context(whole)))

    def show(
        self, template: str, *, status: int = 200, part: str = "content", alone: bool = False, **facts: Any
    ) -> Answer:
        """A page made by a template; only its block `part` where htmx asks for a part of the page, or it stands
        `alone`, whoever asks."""
        text = self.render(template, part=part if alone or self.incoming.wants_part else None, **facts)
        if COOKIE in self.incoming.cookies and not self.incoming.wants_part:
            self._headers.append(cookie(COOKIE, "", secure=self.incoming.secure, max_age_s=0))
        headers = (*self._headers, *transport_security(self.incoming.settings))
        zipped = "gzip" in self.incoming.header("accept-encoding")
        return html_answer(text, status=status, headers=headers, compress=zipped)

    def hand_over(self, said: Said, name: str | None = None) -> Answer:
        """The file that an operation answered, to be kept under a name. Raises Refused for a problem."""
        if said.problem is not None:
            raise Refused(said.problem)
        answer = said.answer
        if name is None:
            return answer
        kept = f'attachment; filename="{name}"'.encode("ascii", "replace")
        return Answer(answer.body, said.status, (*answer.headers, (b"content-disposition", kept)), answer.media_type)

    def say(self, text: str, tone: Any = "green", *, undo: str | None = None, undo_words: str | None = None) -> None:
        """Say a sentence on the page that comes next. No personal data: it travels in a cookie."""
        self._toasts.append(Toast(text[:500], tone, undo, undo_words))

    def go(self, address: str, *, inside: bool = False) -> Answer:
        """Go on with another page of ours, after something was done. `inside`: where a dialog asked, in the dialog."""
        if not is_local(address):
            raise NotFound("There is no such page.")
        headers = list(self._headers)
        if self._toasts:
            value = sealed(self._toasts, self.csrf_key)
            headers.append(cookie(COOKIE, value, secure=self.incoming.secure, max_age_s=GOOD_FOR_S))
        if self.incoming.wants_part and not inside:  # htmx would put the other page where the part was
            return Answer(b"", 204, [*headers, (b"hx-redirect", address.encode())])
        return Answer(b"", 303, [*headers, (b"location", address.encode())])

    def add_header(self, header: Header) -> None:
        """Send a header with whatever is answered."""
        self._headers.append(header)

    def csrf_field(self) -> Markup:
        """The hidden field without which no form is taken."""
        return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, self.csrf_token())

    def csrf_token(self) -> str:
        """A token for scripts, which send it as a header."""
        return csrf_token(self.csrf_key)

    def _said(self) -> Sequence[Toast]:
        if self.incoming.wants_part:
            return self._toasts
        return [*unsealed(self.incoming.cookies.get(COOKIE), self.csrf_key), *self._toasts]


def key_field(key: str | None = None) -> Markup:
    """The hidden field that makes a form work once, however often its button is pressed."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(KEY_FIELD, key or secrets.token_urlsafe(16))


def is_local(address: str) -> bool:
    """Whether an address leads to a page of ours and nowhere else."""
    if not address.startswith("/") or address.startswith("//") or "\\" in address or not address.isprintable():
        return False
    parts = urlsplit(address)
    return not parts.scheme and not parts.netloc
