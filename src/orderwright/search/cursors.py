"""Where a page ended: opaque text that holds an order's id and says which list it belongs to."""

from __future__ import annotations

import base64
import binascii
from hashlib import blake2b

import msgspec

from orderwright.platform.ids import UUID
from orderwright.search.errors import InvalidCursor

_ID_BYTES, _LIST_BYTES = 16, 5
_encode = msgspec.json.Encoder(order="deterministic").encode


def encode_cursor(order_id: UUID, filters: msgspec.Struct) -> str:
    """The end of a page of a list: 28 characters that are safe in a URL."""
    return base64.urlsafe_b64encode(order_id.bytes + _mark(filters, order_id.bytes)).decode()


def decode_cursor(text: str, filters: msgspec.Struct) -> UUID:
    """The order's id. Raises `InvalidCursor` for anything but what `encode_cursor` made for the same filters."""
    try:
        raw = base64.b64decode(text, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise InvalidCursor from None
    order_id, mark = raw[:_ID_BYTES], raw[_ID_BYTES:]
    if mark != _mark(filters, order_id) or len(order_id) != _ID_BYTES:
        raise InvalidCursor
    return UUID(order_id)


def _mark(filters: msgspec.Struct, order_id: bytes) -> bytes:
    return blake2b(_encode(filters) + order_id, digest_size=_LIST_BYTES, person=b"ow-cursor").digest()
