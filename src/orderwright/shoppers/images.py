"""Logos: pictures that every browser shows and that cannot run anything. What the bytes are is read from the bytes."""

from __future__ import annotations

import hashlib
import struct

LOGO_BYTES_MAX = 200_000
SIDE_MAX = 4_000  # pixels
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # markers of JPEG that say how large it is


def picture_type(content: bytes) -> str | None:
    """The media type of a PNG, JPEG or WebP of a sane size, by its first bytes; None for anything else (an SVG among
    it, which may hold scripts)."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) > 24 and content[12:16] == b"IHDR":
        width, height = struct.unpack(">II", content[16:24])
        return "image/png" if 0 < width <= SIDE_MAX and 0 < height <= SIDE_MAX else None
    if content.startswith(b"\xff\xd8\xff") and content.rstrip(b"\0").endswith(b"\xff\xd9"):
        return "image/jpeg" if _is_sane(_jpeg_sides(content)) else None
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp" if _is_sane(_webp_sides(content)) else None
    return None


def _is_sane(sides: tuple[int, int] | None) -> bool:
    return sides is not None and all(0 < side <= SIDE_MAX for side in sides)


def _jpeg_sides(content: bytes) -> tuple[int, int] | None:
    """Height and width in the frame header (ITU-T T.81, B.2.2), the first marker of its kind."""
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", content, at + 5)
            return height, width
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        at += 2 + max(2, int.from_bytes(content[at + 2 : at + 4]))
    return None


def _webp_sides(content: bytes) -> tuple[int, int] | None:
    """Width and height in the first chunk (RFC 9649, sections 2.5 to 2.7)."""
    kind, data = content[12:16], content[20:30]
    if len(data) < 10:
        return None
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[4:7], "little"), 1 + int.from_bytes(data[7:10], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(data[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", data[6:10])
        return width & 0x3FFF, height & 0x3FFF
    return None


def logo_hash(content: bytes) -> bytes:
    """What tells a logo from others: 16 bytes."""
    return hashlib.blake2b(content, digest_size=16).digest()


def may_be_photo(content: bytes) -> bool:
    """Whether a file begins like a JPEG, PNG or WebP. What keeps it looks at all of it, and leaves out what a phone
    puts behind the picture (a film, a depth map)."""
    return content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (
        content.startswith(b"RIFF") and content[8:12] == b"WEBP"
    )
