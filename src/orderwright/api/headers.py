"""What a request's headers say: who calls, for whom, why, under which id and key. All of it is checked."""

from __future__ import annotations

import re
from collections.abc import Mapping

from orderwright.api.errors import IdempotencyKeyRequired, InvalidHeader, InvalidIdempotencyKey
from orderwright.platform.ids import encode_id, new_id

Headers = Mapping[bytes, bytes]  # names in lower case, as ASGI gives them

FILE_NAME = b"orderwright-file-name"
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:/+=-]{1,100}")
_SUBJECT = re.compile(rb"[A-Za-z0-9._:/-]{1,100}")
_REASON = re.compile(rb"[\x20-\x3f\x41-\x7e]{1,200}")  # printable, and no @: a reason holds no personal data
_KEY = re.compile(rb"[\x21-\x7e]{1,200}")


def request_id_of(headers: Headers) -> str:
    """The caller's own X-Request-Id where it is sane, else a new one: it is on every answer, log line and act."""
    given = headers.get(b"x-request-id")
    if given is not None and _REQUEST_ID.fullmatch(given):
        return given.decode()
    return encode_id("req", new_id())


def on_behalf_of(headers: Headers) -> str | None:
    """Whom the caller acts for, as an id of the caller's own. Raises InvalidHeader for anything that is no id."""
    given = headers.get(b"orderwright-on-behalf-of")
    if given is None:
        return None
    if not _SUBJECT.fullmatch(given):
        raise InvalidHeader(
            "Orderwright-On-Behalf-Of is an id of at most 100 letters, digits and . _ : / -, without personal data."
            " Correct it.",
            header="Orderwright-On-Behalf-Of",
        )
    return given.decode()


def reason(headers: Headers) -> str | None:
    """Why the caller does it, in a few words without personal data. Raises InvalidHeader."""
    given = headers.get(b"orderwright-reason")
    if given is None:
        return None
    if not _REASON.fullmatch(given):
        raise InvalidHeader(
            "Orderwright-Reason is at most 200 printable ASCII characters without personal data. Correct it.",
            header="Orderwright-Reason",
        )
    return given.decode()


def idempotency_key(headers: Headers) -> str:
    """The Idempotency-Key. Raises IdempotencyKeyRequired when it is missing."""
    given = headers.get(b"idempotency-key")
    if given is None:
        raise IdempotencyKeyRequired
    if not _KEY.fullmatch(given):
        raise InvalidIdempotencyKey
    return given.decode()
