"""Identifiers: UUIDv7 inside (time-ordered, 16 bytes), TypeID outside (`ord_01j9...`).

Sources: RFC 9562 section 5.7 (UUIDv7), the TypeID specification 0.3 (prefix, underscore, 26 characters of
Crockford base 32, most significant bits first).
"""

from __future__ import annotations

import os
import struct
import threading
import time
from datetime import UTC, datetime

from asyncpg.pgproto.pgproto import UUID

from orderwright.platform.errors import InvalidId

__all__ = ["UUID", "decode_id", "encode_id", "id_from_time", "new_id", "new_ids"]

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = [a + b for a in _ALPHABET for b in _ALPHABET]
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_SUFFIX_LENGTH = 26
_VERSION = 0x7 << 12  # in the first half
_VARIANT = 0b10 << 62  # in the second, before 62 random bits
_RANDOM_BITS = (1 << 62) - 1
_TICK_BITS = 12  # sub-millisecond counter in rand_a, so that ids of one process rise strictly


_pack = struct.Struct(">QQ").pack


class _Clock:
    """Hands out strictly rising ticks: milliseconds since the epoch times 4096, plus a counter."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def take(self, count: int) -> int:
        """The first of `count` consecutive ticks."""
        with self._lock:
            first = max((time.time_ns() // 1_000_000) << _TICK_BITS, self._last + 1)
            self._last = first + count - 1
            return first


_clock = _Clock()


def new_ids(count: int) -> list[UUID]:
    """`count` new UUIDv7, rising in the order returned and above all that this process made before."""
    if count <= 0:
        return []
    first = _clock.take(count)
    entropy = struct.unpack(f"={count}Q", os.urandom(8 * count))
    return [
        UUID(_pack((tick >> _TICK_BITS) << 16 | _VERSION | (tick & 0xFFF), _VARIANT | (random & _RANDOM_BITS)))
        for tick, random in enumerate(entropy, first)
    ]


def new_id() -> UUID:
    """One new UUIDv7."""
    return new_ids(1)[0]


def id_from_time(moment: datetime) -> UUID:
    """The smallest id of that millisecond: a bound to filter ids by time with."""
    ms = int(moment.astimezone(UTC).timestamp() * 1000)
    return UUID(_pack(ms << 16 | _VERSION, _VARIANT))


def encode_id(prefix: str, value: UUID) -> str:
    """`ord` and a UUID as `ord_01j9...`."""
    number = int.from_bytes(value.bytes, "big")
    return (
        f"{prefix}_{_PAIRS[number >> 120]}{_PAIRS[number >> 110 & 1023]}{_PAIRS[number >> 100 & 1023]}"
        f"{_PAIRS[number >> 90 & 1023]}{_PAIRS[number >> 80 & 1023]}{_PAIRS[number >> 70 & 1023]}"
        f"{_PAIRS[number >> 60 & 1023]}{_PAIRS[number >> 50 & 1023]}{_PAIRS[number >> 40 & 1023]}"
        f"{_PAIRS[number >> 30 & 1023]}{_PAIRS[number >> 20 & 1023]}{_PAIRS[number >> 10 & 1023]}"
        f"{_PAIRS[number & 1023]}"
    )


def decode_id(prefix: str, text: str) -> UUID:
    """The UUID in a TypeID. Raises `InvalidId` unless the prefix and all 26 characters are right."""
    head, underscore, suffix = text.rpartition("_")
    if underscore and head == prefix and len(suffix) == _SUFFIX_LENGTH and suffix[0] in "01234567":
        try:
            number = 0
            for letter in suffix:
                number = number << 5 | _VALUES[letter]
        except KeyError:
            pass
        else:
            return UUID(number.to_bytes(16, "big"))
    raise InvalidId(f"This is not an id of this kind. Send one that begins with {prefix}_ as the API returned it.")
