"""Pictures lose what they say of place, device and people, and show what they showed; what is damaged is refused.

The plain pictures were made by a browser.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from orderwright.orders.annotations.pictures import DamagedPicture, clean

PICTURES = Path(__file__).parent / "pictures"
SECRET = b"48.8584 N 2.2945 E, Ada Lovelace's telephone"
GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff"
    b"\x21\xf9\x04\x01\x00\x00\x00\x00\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b"
)
KINDS = ("image/jpeg", "image/png", "image/webp", "image/gif")


def plain(kind: str) -> bytes:
    """A picture as a browser saved it."""
    return GIF if kind == "image/gif" else (PICTURES / f"plain.{kind.partition('/')[2]}").read_bytes()


def exif(orientation: int, order: str = ">") -> bytes:
    """An Exif part as a telephone writes it: how it was held, a comment, a position."""
    tiff = struct.pack(order + "2sHIH", b"MM" if order == ">" else b"II", 42, 8, 3)
    tiff += struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff += struct.pack(order + "HHII", 0x9286, 7, len(SECRET), 50) + struct.pack(order + "HHII", 0x8825, 4, 1, 50)
    tiff += struct.pack(order + "I", 0) + SECRET
    return b"Exif\0\0" + tiff


def jpeg_part(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, 2 + len(data)) + data


def png_part(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def webp_part(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def telling(kind: str) -> bytes:
    """The plain picture with all that a picture can say besides."""
    content = plain(kind)
    if kind == "image/jpeg":
        parts = [jpeg_part(0xE1, exif(6)), jpeg_part(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET)]
        parts += [
            jpeg_part(0xED, b"Photoshop 3.0\0" + SECRET),
            jpeg_part(0xFE, SECRET),
            jpeg_part(0xE2, b"MPF\0" + SECRET),
        ]
        return content[:2] + b"".join(parts) + content[2:] + SECRET
    if kind == "image/png":
        parts = [
            png_part(b"tEXt", b"Author\0" + SECRET),
            png_part(b"eXIf", exif(1)[6:]),
            png_part(b"tIME", b"\x07\xe9" + b"\1" * 5),
        ]
        parts += [png_part(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + SECRET), png_part(b"prVt", SECRET)]
        return content[:33] + b"".join(parts) + content[33:] + SECRET
    if kind == "image/webp":
        parts = [webp_part(b"EXIF", exif(1)), webp_part(b"XMP ", SECRET), webp_part(b"priv", SECRET)]
        body = content[8:20] + bytes([content[20] | 0x0C]) + content[21:] + b"".join(parts)
        return b"RIFF" + struct.pack("<I", len(body)) + body + SECRET
    comment = b"\x21\xfe" + bytes([len(SECRET)]) + SECRET + b"\0"
    xmp = b"\x21\xff\x0bXMP DataXMP" + bytes([len(SECRET)]) + SECRET + b"\0"
    loop = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
    return content[:19] + comment + xmp + loop + content[19:] + SECRET


@pytest.mark.parametrize("kind", KINDS)
def test_what_says_nothing_besides_stays_as_it_is(kind: str) -> None:
    assert clean(plain(kind), kind) == plain(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_picture_says_besides_is_gone(kind: str) -> None:
    assert SECRET in telling(kind)
    cleaned = clean(telling(kind), kind)
    assert SECRET not in cleaned
    assert clean(cleaned, kind) == cleaned


@pytest.mark.parametrize("kind", ["image/png", "image/webp"])
def test_nothing_but_the_picture_is_left(kind: str) -> None:
    assert clean(telling(kind), kind) == plain(kind)


@pytest.mark.parametrize("order", [">", "<"])
def test_a_photo_keeps_how_to_hold_it(order: str) -> None:
    content = plain("image/jpeg")
    held = content[:2] + jpeg_part(0xE1, exif(6, order)) + content[2:]
    cleaned = clean(held, "image/jpeg")
    tiff = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, 0x0112, 3, 1, 6, 0, 0)
    assert cleaned == content[:2] + jpeg_part(0xE1, b"Exif\0\0" + tiff) + content[2:]


@pytest.mark.parametrize("orientation", [0, 1, 9])
def test_what_needs_no_turning_says_none(orientation: int) -> None:
    content = plain("image/jpeg")
    held = content[:2] + jpeg_part(0xE1, exif(orientation)) + content[2:]
    assert clean(held, "image/jpeg") == content


def test_the_thumbnail_of_a_jpeg_is_gone() -> None:
    content = plain("image/jpeg")
    thumbnail = b"JFIF\0\x01\x01\x00\x00\x01\x00\x01" + b"\x02\x02" + b"\7" * 12
    held = content[:2] + jpeg_part(0xE0, thumbnail) + content[20:]
    assert clean(held, "image/jpeg") == content


def test_an_animation_goes_on_for_ever() -> None:
    loop = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
    assert clean(telling("image/gif"), "image/gif") == GIF[:19] + loop + GIF[19:]


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_ends_early_is_refused_wherever_it_does(kind: str) -> None:
    whole = telling(kind)
    whole = whole[: whole.rindex(SECRET)]
    start = {"image/jpeg": 3, "image/png": 8, "image/webp": 12, "image/gif": 6}[kind]
    for end in range(start, len(whole)):
        with pytest.raises(DamagedPicture):
            clean(whole[:end], kind)


def broken_png(name: bytes) -> bytes:
    content = plain("image/png")
    return content[:33] + png_part(name, b"x") + content[33:]


@pytest.mark.parametrize(
    ("content", "kind", "why"),
    [
        (b"\xff\xd8\xff\xd9", "image/jpeg", "has no picture in it"),
        (b"\xff\xd8\xff\xe0\x00\x01", "image/jpeg", "ends in the middle"),
        (b"\xff\xd8\xff\xd8" + bytes(9), "image/jpeg", "has a marker that does not belong here"),
        (plain("image/jpeg")[:2] + b"??" + plain("image/jpeg")[2:], "image/jpeg", "has no marker where one belongs"),
        (plain("image/png")[:8] + png_part(b"IEND", b""), "image/png", "does not begin with its size"),
        (plain("image/png")[:33] + png_part(b"IEND", b""), "image/png", "has no picture in it"),
        (plain("image/png")[:20] + b"\1" + plain("image/png")[21:], "image/png", "has a part whose checksum is wrong"),
        (broken_png(b"EVIL"), "image/png", "has a part that nobody knows"),
        (b"RIFF\x04\0\0\0WEBP", "image/webp", "has no picture in it"),
        (b"RIFF\x0c\0\0\0WEBPVP8 \xff\xff\xff\x7f", "image/webp", "ends in the middle"),
        (GIF[:19] + b"\x3b", "image/gif", "has no picture in it"),
        (GIF[:19] + b"\x99" + GIF[19:], "image/gif", "has a part that nobody knows"),
    ],
)
def test_what_is_no_such_picture_is_refused(content: bytes, kind: str, why: str) -> None:
    with pytest.raises(DamagedPicture, match=why):
        clean(content, kind)


SMALL_PNG_PART = png_part(b"teXt", b"")
TINY_FRAME = b"\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02"


@pytest.mark.parametrize(
    ("start", "part", "end", "kind"),
    [
        (b"\xff\xd8", b"\xff\xfe\x00\x02", b"\xff\xd9", "image/jpeg"),
        (b"\xff\xd8", b"\xff", b"\xd9", "image/jpeg"),
        (b"\xff\xd8", b"\xff\xd0", b"\xff\xd9", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n" + png_part(b"IHDR", bytes(13)), SMALL_PNG_PART, png_part(b"IEND", b""), "image/png"),
        (b"RIFF" + struct.pack("<I", 4 + 8 * 100_001) + b"WEBP", b"EXIF\0\0\0\0", b"", "image/webp"),
        (GIF[:19] + TINY_FRAME, b"\x01\x00", b"\x00\x3b", "image/gif"),
        (GIF[:19], b"\x21\xfe\x00", b"\x3b", "image/gif"),
    ],
)
def test_a_picture_of_very_many_parts_is_refused(start: bytes, part: bytes, end: bytes, kind: str) -> None:
    """Fault: ten megabytes of tiny parts kept the server, and everybody on it, busy for three seconds."""
    with pytest.raises(DamagedPicture, match="is made of too many parts"):
        clean(start + part * 100_001 + end, kind)


def test_a_scan_of_nothing_but_markers_that_are_none_stays_as_it_is() -> None:
    """However many there are: they are passed over without a step each."""
    content = b"\xff\xd8" + jpeg_part(0xC0, b"") + jpeg_part(0xDA, b"") + b"\xff\x00" * 300_000 + b"\xff\xd9"
    assert clean(content, "image/jpeg") == content


@pytest.mark.parametrize("marker", [0x02, 0xBF, 0xC8, 0xF0, 0xFD])
def test_parts_of_a_jpeg_that_nobody_defined_are_gone(marker: int) -> None:
    content = plain("image/jpeg")
    assert clean(content[:2] + jpeg_part(marker, SECRET) + content[2:], "image/jpeg") == clean(content, "image/jpeg")


def test_many_pieces_of_random_bytes_never_do_worse_than_being_refused() -> None:
    for kind in KINDS:
        whole = telling(kind)
        for n in range(1500):
            at = zlib.crc32(f"{kind}{n}".encode())
            hurt = whole[: at % len(whole)] + bytes([at >> 8 & 255]) + whole[at % len(whole) + 1 :]
            try:
                cleaned = clean(hurt, kind)
            except DamagedPicture:
                continue
            assert len(cleaned) <= len(hurt)
