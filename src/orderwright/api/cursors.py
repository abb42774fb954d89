"""Cursors: where a page ended, as text that callers hand back and need not understand."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from orderwright.api.errors import InvalidParameter

T = TypeVar("T")


def encode_cursor(key: tuple[Any, ...]) -> str:
    """The key of a page's last row as text."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def decode_cursor(text: str, decoder: Callable[[bytes], T]) -> T:
    """The key in a cursor, by a decoder of its type. Raises InvalidParameter for what `encode_cursor` did not make."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return decoder(raw)
    except (binascii.Error, ValueError, RecursionError):  # all of msgspec's errors are ValueErrors
        raise InvalidParameter(
            "The cursor in `after` is not one. Send the `next` of the page before, or leave it out.", parameter="after"
        ) from None
