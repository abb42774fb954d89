"""Bodies: read up to a limit, decoded by msgspec straight from the bytes, and what is wrong said by field."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import msgspec
from litestar.types import Receive
from msgspec import Meta, Raw

from orderwright.api.errors import (
    BodyTooLarge,
    MalformedJson,
    RequestAborted,
    UnsupportedMediaType,
)
from orderwright.api.headers import Headers
from orderwright.platform.errors import InvalidRequest
from orderwright.platform.json_values import check_nesting
from orderwright.platform.wording import shorten, what_is_wrong

T = TypeVar("T")
BULK_MAX = 1_000
READ_TIMEOUT_S = 60.0
_CHARSET = re.compile(r"charset=\"?([^\";]+)\"?", re.IGNORECASE)
_HALF_CHARACTER = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?=[^\\]|\\[^u])")


class Bulk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Items of a bulk call, not decoded yet: one that is wrong does not fail the others."""

    data: Annotated[list[Raw], Meta(min_length=1, max_length=BULK_MAX)]


decode_bulk = msgspec.json.Decoder(Bulk).decode


async def read_body(receive: Receive, headers: Headers, limit_bytes: int) -> bytes:
    """The whole body. Raises BodyTooLarge as soon as it is known to be, and RequestAborted when it ends early.

    What has arrived is whole when it is as long as was announced: the server's closing message is not waited for.
    """
    announced = headers.get(b"content-length")
    length = int(announced) if announced is not None and announced.isdigit() else -1
    if length > limit_bytes:
        raise _too_large(limit_bytes)
    message: Any = await receive()
    if message["type"] == "http.request":
        body: bytes = message["body"]
        if len(body) == length or not message.get("more_body"):
            if len(body) > limit_bytes:
                raise _too_large(limit_bytes)
            return body
    return await _read_on(receive, message, limit_bytes)


async def _read_on(receive: Receive, message: Any, limit_bytes: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(READ_TIMEOUT_S):
            while True:
                if message["type"] != "http.request":
                    raise RequestAborted
                chunks.append(message["body"])
                size += len(message["body"])
                if size > limit_bytes:
                    raise _too_large(limit_bytes)
                if not message.get("more_body"):
                    return b"".join(chunks)
                message = await receive()
    except TimeoutError:
        raise RequestAborted(f"The body was not whole after {READ_TIMEOUT_S:.0f} seconds. Send it again.") from None


def _too_large(limit_bytes: int) -> BodyTooLarge:
    return BodyTooLarge(
        f"The body is larger than the {limit_bytes:,} bytes that this server takes. Send fewer items a call.",
        limit_bytes=limit_bytes,
    )


def media_type_of(headers: Headers) -> str:
    """The media type of the body in lower case. Raises UnsupportedMediaType for another encoding than plain UTF-8."""
    encoding = headers.get(b"content-encoding", b"identity").decode("latin-1").strip().lower()
    if encoding not in ("", "identity"):
        raise UnsupportedMediaType("The body is compressed. Send it without Content-Encoding.", encoding=encoding[:50])
    given = headers.get(b"content-type", b"").decode("latin-1")
    kind, _, rest = given.partition(";")
    charset = _CHARSET.search(rest)
    if charset and charset[1].strip().lower() not in ("utf-8", "utf8", "us-ascii"):
        raise UnsupportedMediaType("The body must be in UTF-8. Convert it, and say so in Content-Type.")
    return kind.strip().lower()


def check_json(headers: Headers) -> None:
    """Raise UnsupportedMediaType unless the body is said to be JSON."""
    if headers.get(b"content-type") == b"application/json" and b"content-encoding" not in headers:
        return
    if media_type_of(headers) != "application/json":
        raise UnsupportedMediaType("Send the body as JSON, with Content-Type: application/json.")


def decode(decoder: Callable[[bytes], T], body: bytes) -> T:
    """A body decoded. Raises MalformedJson, or the error of the first field that is wrong."""
    try:
        decoded = decoder(body)
        if decoder is not decode_bulk:  # whose items are looked at one by one
            check_nesting(body)
    except msgspec.ValidationError as error:
        raise explain(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _malformed(error, body) from None
    return decoded


def decode_items(decoder: Callable[[Any], T], items: list[Raw]) -> list[T | InvalidRequest]:
    """Each item of a bulk call decoded, or what is wrong with it."""
    return [_decode_item(decoder, item) for item in items]


def _decode_item(decoder: Callable[[Any], T], item: Raw) -> T | InvalidRequest:
    try:
        return decode(decoder, bytes(item))
    except InvalidRequest as error:
        return error


def explain(error: msgspec.ValidationError) -> InvalidRequest:
    """What is wrong with a field, in words of ours, with the field's path in `details`."""
    wrong = what_is_wrong(error)
    subject = f"The field {wrong.path}" if wrong.path else "The body"
    said = {
        "missing": "is missing. Add it, and send the request again.",
        "unknown": "does not exist. Correct its name or leave it out, and send the request again.",
        "value": f"is wrong: {wrong.words}. Correct it and send the request again.",
    }[wrong.kind]
    return InvalidRequest(f"{subject} {said}", field=wrong.path)


def _malformed(error: Exception, body: bytes) -> MalformedJson:
    if not body:
        return MalformedJson("The body is empty. Send one JSON value in UTF-8.")
    if isinstance(error, RecursionError):
        return MalformedJson("The body is nested too deeply. Send it flatter.")
    if isinstance(error, UnicodeDecodeError):
        return MalformedJson("The body holds bytes that are not UTF-8. Send one JSON value in UTF-8.")
    if "surrogate" in str(error) or ("truncated" in str(error) and _HALF_CHARACTER.search(body)):
        return MalformedJson(
            "A text holds half of a surrogate pair (\\ud800 to \\udfff), which is no character. Remove it."
        )
    if "truncated" in str(error):
        return MalformedJson("The body ends before its JSON does. Send it whole.")
    return MalformedJson(
        f"The body is not JSON: {shorten(str(error).removeprefix('JSON is malformed: '))}. Correct it."
    )
