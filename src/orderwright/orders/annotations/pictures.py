"""Pictures without what they say of place, device and people: the parts that only show the picture are kept. Pure.

JPEG (ITU-T T.81, annex B; Exif 2.32), PNG (W3C, third edition), WebP (RFC 9649) and GIF (89a) are made of parts with
lengths. What is neither the picture nor its colours is left out: Exif with its position, XMP, IPTC, comments, texts,
times, thumbnails, and whatever stands behind the end. A photo's orientation is kept, since it shows how to hold it.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD hIST pHYs sPLT cICP acTL fcTL fdAT".split()
)
_WEBP_KEPT = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
_WEBP_PICTURES = frozenset((b"VP8 ", b"VP8L", b"ANMF"))
_WEBP_NO_METADATA = 0xFF & ~(0x08 | 0x04)  # the flags of VP8X that say Exif and XMP
_GIF_KEPT = (b"NETSCAPE2.0", b"ANIMEXTS1.0")  # how often an animation is shown
_EXIF = b"Exif\0\0"
_ORIENTATION = 0x0112
_ORIENTATIONS = range(2, 9)  # 1 is upright
_SHORT = 3
_SOI, _EOI, _SOS, _APP0, _APP1, _APP2, _APP14, _APP15, _COM = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
_STANDALONE = frozenset((0x01, *range(0xD0, 0xD8)))  # TEM and restarts: markers without a length
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Of an Exif directory, and of a picture: what is made of more is made to keep the server busy.
_EXIF_ENTRIES_MAX = 500
_PARTS_MAX, _PART_BYTES = 100_000, 64  # or one for so many bytes, where that is more
_DRAWING = frozenset(range(0xC0, 0xE0)) - {_SOI, 0xC8} - _STANDALONE  # markers of JPEG's own, and none that is reserved
# In a scan, a marker that is neither a stuffed zero nor a restart.
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_MISSING = "ends in the middle"


class DamagedPicture(ValueError):
    """A picture is not what it begins like. The message says where, for logs; it holds nothing of the picture."""


def clean(content: bytes, media_type: str) -> bytes:
    """A picture without what it says besides. Raises DamagedPicture."""
    try:
        return {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp, "image/gif": _gif}[media_type](content)
    except (IndexError, struct.error):
        raise DamagedPicture(_MISSING) from None


class _Parts:
    """Counts the parts of a picture, and refuses one that is made of too many."""

    __slots__ = ("_left",)

    def __init__(self, content: bytes) -> None:
        self._left = max(_PARTS_MAX, len(content) // _PART_BYTES)

    def count(self) -> None:
        """One more. Raises DamagedPicture."""
        self._left -= 1
        if self._left < 0:
            raise DamagedPicture("is made of too many parts")


# ---- JPEG ----


def _jpeg(content: bytes) -> bytes:
    kept = [b"\xff\xd8"]
    framed = scanned = False
    for marker, part in _jpeg_parts(content):
        framed = framed or marker in _FRAMES
        scanned = scanned or marker == _SOS
        if _APP0 <= marker <= _APP15 or marker == _COM:
            part = _application(marker, part)  # noqa: PLW2901
        elif marker not in _DRAWING:
            continue
        kept.append(part)
    if not (framed and scanned):
        raise DamagedPicture("has no picture in it")
    return b"".join(kept)


def _jpeg_parts(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The parts behind the start, up to the end of the picture, each with its marker; a scan with what it holds."""
    at, parts = 2, _Parts(content)
    while True:
        parts.count()
        if content[at] != 0xFF:
            raise DamagedPicture("has no marker where one belongs")
        while content[at + 1] == 0xFF:  # fill bytes
            parts.count()
            at += 1
        marker = content[at + 1]
        if marker == _EOI:
            yield marker, b"\xff\xd9"
            return
        if marker in _STANDALONE:
            at += 2
            continue
        if marker in (0x00, _SOI):
            raise DamagedPicture("has a marker that does not belong here")
        [length] = struct.unpack_from(">H", content, at + 2)
        end = at + 2 + length
        if length < 2 or end > len(content):
            raise DamagedPicture(_MISSING)
        if marker == _SOS:
            end = _scan_end(content, end)
        yield marker, content[at:end]
        at = end


def _scan_end(content: bytes, at: int) -> int:
    """Where the compressed data of a scan ends: at a marker that is neither a stuffed zero nor a restart."""
    found = _AFTER_SCAN.search(content, at)
    if found is None:
        raise DamagedPicture(_MISSING)
    return found.start()


def _application(marker: int, part: bytes) -> bytes:
    """What is kept of an application's part or a comment: the format's own, colours, and an orientation."""
    data = part[4:]
    if marker == _APP0 and data.startswith(b"JFIF\0"):
        return b"\xff\xe0\x00\x10" + data[:12] + b"\0\0"  # without its thumbnail
    if (marker == _APP2 and data.startswith(b"ICC_PROFILE\0")) or (marker == _APP14 and data.startswith(b"Adobe")):
        return part
    if marker == _APP1 and data.startswith(_EXIF):
        turned = _orientation(data[len(_EXIF) :])
        return b"" if turned is None else _exif_of(turned)
    return b""


def _orientation(tiff: bytes) -> int | None:
    """The orientation in Exif, where it is none that needs no saying."""
    try:
        order = {b"II": "<", b"MM": ">"}[tiff[:2]]
        magic, first = struct.unpack_from(order + "HI", tiff, 2)
        [entries] = struct.unpack_from(order + "H", tiff, first)
        for n in range(min(entries, _EXIF_ENTRIES_MAX)):
            tag, kind, count, value = struct.unpack_from(order + "HHIH", tiff, first + 2 + 12 * n)
            if (magic, tag, kind, count) == (42, _ORIENTATION, _SHORT, 1):
                return value if value in _ORIENTATIONS else None
    except (KeyError, struct.error):
        pass
    return None


def _exif_of(orientation: int) -> bytes:
    """Exif that says how to hold a picture, and nothing else."""
    tiff = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, _SHORT, 1, orientation, 0, 0)
    data = _EXIF + tiff
    return struct.pack(">BBH", 0xFF, _APP1, 2 + len(data)) + data


# ---- PNG ----


def _png(content: bytes) -> bytes:
    kept = [PNG_START]
    names: list[bytes] = []
    at, parts = len(PNG_START), _Parts(content)
    while True:
        parts.count()
        [length] = struct.unpack_from(">I", content, at)
        name, end = content[at + 4 : at + 8], at + 12 + length
        if end > len(content):
            raise DamagedPicture(_MISSING)
        [said] = struct.unpack_from(">I", content, end - 4)
        if said != zlib.crc32(content[at + 4 : end - 4]):
            raise DamagedPicture("has a part whose checksum is wrong")
        if not name.isalpha() or (name[0] & 0x20 == 0 and name not in _PNG_KEPT):
            raise DamagedPicture("has a part that nobody knows")
        if not names and name != b"IHDR":
            raise DamagedPicture("does not begin with its size")
        if name in _PNG_KEPT:
            kept.append(content[at:end])
        names.append(name)
        if name == b"IEND":
            break
        at = end
    if b"IDAT" not in names:
        raise DamagedPicture("has no picture in it")
    return b"".join(kept)


# ---- WebP ----


def _webp(content: bytes) -> bytes:
    [size] = struct.unpack_from("<I", content, 4)
    if size + 8 > len(content):
        raise DamagedPicture(_MISSING)
    kept, names = [], set()
    at, whole, parts = 12, 8 + size, _Parts(content)
    while at < whole:
        parts.count()
        name = content[at : at + 4]
        [length] = struct.unpack_from("<I", content, at + 4)
        end = at + 8 + length
        if end > whole:
            raise DamagedPicture(_MISSING)
        part = content[at:end] + b"\0" * (length % 2)
        if name == b"VP8X":
            part = part[:8] + bytes([part[8] & _WEBP_NO_METADATA]) + part[9:]
        if name in _WEBP_KEPT:
            kept.append(part)
            names.add(name)
        at = end + length % 2
    if not names & _WEBP_PICTURES:
        raise DamagedPicture("has no picture in it")
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


# ---- GIF ----


def _gif(content: bytes) -> bytes:
    at = 13 + _colours(content[10])
    kept, shown, parts = [content[:at]], False, _Parts(content)
    while content[at] != 0x3B:  # the trailer
        parts.count()
        begin = at
        if content[at] == 0x2C:  # an image
            at = _blocks_end(content, at + 11 + _colours(content[at + 9]), parts)
            shown, keep = True, True
        elif content[at] == 0x21:  # an extension
            label, first = content[at + 1], content[at + 3 : at + 14]
            keep = label == 0xF9 or (label == 0xFF and first in _GIF_KEPT)
            at = _blocks_end(content, at + 2, parts)
        else:
            raise DamagedPicture("has a part that nobody knows")
        if keep:
            kept.append(content[begin:at])
    if not shown:
        raise DamagedPicture("has no picture in it")
    return b"".join(kept) + b"\x3b"


def _colours(flags: int) -> int:
    """How many bytes a table of colours has."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _blocks_end(content: bytes, at: int, parts: _Parts) -> int:
    """Behind a row of blocks, each of which says its length in a byte; one of none is the last."""
    while content[at]:
        parts.count()
        at += 1 + content[at]
    if at >= len(content):
        raise DamagedPicture(_MISSING)
    return at + 1
