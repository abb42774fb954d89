"""What a browser sent: cookies, what was asked, and the form with its files."""

from __future__ import annotations

import io
import ipaddress
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote

from litestar.datastructures import State
from litestar.types import Receive
from multipart import MultipartError, MultipartParser, parse_options_header

from orderwright.api import read_body
from orderwright.platform.errors import InvalidRequest
from orderwright.platform.settings import Settings

FIELDS_MAX = 1_000
_URLENCODED = "application/x-www-form-urlencoded"


class Upload(NamedTuple):
    """A file of a form. Its name and type are what the browser says: neither is to be believed."""

    name: str
    content: bytes


class Form(NamedTuple):
    """A form as it came: each field's values in order, and its files."""

    fields: Mapping[str, Sequence[str]]
    files: Mapping[str, Sequence[Upload]]

    def first(self, name: str) -> str:
        """The first value of a field; empty where there is none."""
        return next(iter(self.fields.get(name, ())), "")


class Incoming:
    """One request of a browser."""

    def __init__(self, scope: Any, receive: Receive, state: State) -> None:
        self.scope = scope
        self.state = state
        self.headers: Mapping[bytes, bytes] = dict(scope["headers"])
        self.path_params: Mapping[str, str] = scope["path_params"]
        self._receive = receive
        self._form: Form | None = None

    @property
    def settings(self) -> Settings:
        """The settings of the process."""
        settings: Settings = self.state.settings
        return settings

    @property
    def method(self) -> str:
        """GET, POST ..."""
        return str(self.scope["method"])

    @property
    def path(self) -> str:
        """The path, decoded."""
        return str(self.scope["path"])

    @property
    def address(self) -> str:
        """Path and query string, as a local address."""
        query = self.scope["query_string"].decode("latin-1")
        return quote(self.path) + (f"?{query}" if query else "")

    def header(self, name: str) -> str:
        """A header's value; empty where it was not sent."""
        return self.headers.get(name.lower().encode(), b"").decode("latin-1")

    @cached_property
    def cookies(self) -> Mapping[str, str]:
        """The cookies, each as it stands (RFC 6265, section 5.4): those that other sites of the domain set may be
        anything. Of a name that came with several values none is believed: a neighbour of the same domain may have
        set one, to have somebody act in an account that is not theirs."""
        sent = b"; ".join(value for name, value in self.scope["headers"] if name == b"cookie").decode("latin-1")
        found: dict[str, set[str]] = {}
        for part in sent.split(";"):
            name, _, value = part.partition("=")
            found.setdefault(name.strip(), set()).add(value.strip().removeprefix('"').removesuffix('"'))
        return {name: value for name, (value, *others) in found.items() if not others}

    @cached_property
    def query(self) -> Mapping[str, Sequence[str]]:
        """What the query string says; nothing where it says more than any page asks."""
        found: dict[str, list[str]] = {}
        text = self.scope["query_string"].decode("latin-1")
        try:
            pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS_MAX)
        except ValueError:
            return found
        for name, value in pairs:
            found.setdefault(name, []).append(value)
        return found

    def asked(self, name: str, default: str = "") -> str:
        """A value of the query string."""
        return next(iter(self.query.get(name, ())), default)

    @property
    def wants_part(self) -> bool:
        """Whether a part of a page is asked for, by htmx, and not to go back in its history."""
        return self.header("hx-request") == "true" and self.header("hx-history-restore-request") != "true"

    @property
    def secure(self) -> bool:
        """Whether the browser came by https, by itself or through a proxy that says so."""
        public: str | None = getattr(self.settings, "public_url", None)
        if public is not None:
            return public.startswith("https:")
        return self.scope["scheme"] == "https" or self.header("x-forwarded-proto") == "https"

    @property
    def peer(self) -> str:
        """The address that the connection came from: a proxy's, where there is one. Empty where it is not known."""
        client = self.scope.get("client")
        return client[0] if client else ""

    @property
    def client(self) -> str:
        """The address that the request came from; empty where it is not known.

        Behind a proxy of one's own (with `public_url`, and a peer of a private network) it is what that proxy wrote
        last into X-Forwarded-For: what stands before it, anybody may have written."""
        peer = self.peer
        if self.settings.public_url is not None and _is_private(peer):
            told = self.header("x-forwarded-for").rpartition(",")[2].strip()
            return told if _is_address(told) else peer
        return peer

    async def form(self) -> Form:
        """The form that was sent, read once. Raises InvalidRequest, BodyTooLarge."""
        if self._form is None:
            raw = await read_body(self._receive, self.headers, self.settings.request_body_max_bytes)
            self._form = _parse(raw, self.header("content-type"))
        return self._form

    @property
    def sent(self) -> Form:
        """The form that was read, to be shown again; an empty one where none was."""
        return self._form or Form({}, {})


def _is_private(text: str) -> bool:
    return _is_address(text) and ipaddress.ip_address(text).is_private


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _parse(raw: bytes, content_type: str) -> Form:
    kind, options = parse_options_header(content_type) if content_type else (_URLENCODED, {})
    if kind == _URLENCODED:
        return _urlencoded(raw)
    if kind != "multipart/form-data" or not options.get("boundary"):
        raise InvalidRequest("This is not a form. Send it as a form of a page does.")
    fields: dict[str, list[str]] = {}
    files: dict[str, list[Upload]] = {}
    try:
        for part in MultipartParser(
            io.BytesIO(raw), options["boundary"], len(raw), part_limit=FIELDS_MAX, spool_limit=len(raw) + 1,
            memory_limit=len(raw) + 1, strict=True,
        ):  # fmt: skip
            if part.filename is None:
                fields.setdefault(part.name, []).append(_text(part.raw))
            elif part.filename or part.raw:
                files.setdefault(part.name, []).append(Upload(part.filename, part.raw))
    except MultipartError:
        raise InvalidRequest("The form is malformed. Load the page again and send it once more.") from None
    return Form(fields, files)


def _urlencoded(raw: bytes) -> Form:
    fields: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=FIELDS_MAX)
    except (UnicodeDecodeError, ValueError):
        raise InvalidRequest("The form is malformed. Load the page again and send it once more.") from None
    for name, value in pairs:
        fields.setdefault(name, []).append(_text(value.encode()))
    return Form(fields, {})


def _text(raw: bytes) -> str:
    """A value as people typed it: lines end in a line feed, and nothing in it cannot be stored."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise InvalidRequest("The form holds bytes that are not UTF-8. Type the text anew.") from None
    if "\0" in text:
        raise InvalidRequest("The form holds a NUL character. Type the text anew.")
    return text.replace("\r\n", "\n")
