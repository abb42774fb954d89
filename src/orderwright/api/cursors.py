"""Cursors: where a page ended, as text that callers hand back and need not understand."""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

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


class _HasId(Protocol):
    @property
    def id(self) -> uuid.UUID: ...


Row = TypeVar("Row", bound=_HasId)
FIRST_ID = uuid.UUID(int=0)
_decode_id = msgspec.json.Decoder(tuple[uuid.UUID]).decode


def id_after(text: str | None) -> uuid.UUID:
    """The id behind which a page by ids begins; `FIRST_ID` without a cursor. Raises as `decode_cursor`."""
    return decode_cursor(text, _decode_id)[0] if text else FIRST_ID


def page_by_id(rows: Sequence[Row], limit: int) -> tuple[Sequence[Row], str | None]:
    """What of `limit + 1` rows is shown, and the cursor of the page that follows, if one does."""
    shown = rows[:limit]
    return shown, encode_cursor((shown[-1].id,)) if len(rows) > limit else None
