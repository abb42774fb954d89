"""Logos: pictures that every browser shows and that cannot run anything. What the bytes are is read from the bytes."""

from __future__ import annotations

import struct

LOGO_BYTES_MAX = 200_000
SIDE_MAX = 4_000  # pixels


def picture_type(content: bytes) -> str | None:
    """The media type of a PNG, JPEG or WebP of a sane size, by its first bytes; None for anything else (an SVG among
    it, which may hold scripts)."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) > 24 and content[12:16] == b"IHDR":
        width, height = struct.unpack(">II", content[16:24])
        return "image/png" if 0 < width <= SIDE_MAX and 0 < height <= SIDE_MAX else None
    if content.startswith(b"\xff\xd8\xff") and content.rstrip(b"\0").endswith(b"\xff\xd9"):
        return "image/jpeg"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP" and content[12:15] == b"VP8":
        return "image/webp"
    return None
