"""What a file is, by its content; and names that are safe to give to any computer."""

from __future__ import annotations

import pytest

from orderwright.orders.annotations.file_types import media_type_of, safe_name
from tests.orders.test_pictures import GIF, plain


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (plain("image/jpeg"), "image/jpeg"),
        (plain("image/png"), "image/png"),
        (plain("image/webp"), "image/webp"),
        (GIF, "image/gif"),
        (b"%PDF-1.7\n1 0 obj\n%%EOF\n", "application/pdf"),
        ("Tür defekt, siehe Foto.\r\n\tGruß".encode(), "text/plain"),
        (b"\xef\xbb\xbfwith a mark in front", "text/plain"),
    ],
)
def test_a_file_is_what_it_holds(content: bytes, kind: str) -> None:
    assert media_type_of(content) == kind


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7 that ends early",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"\xef\xbb\xbf \n<!DOCTYPE html><script>alert(1)</script>",
        b"<?xml version='1.0'?><svg/>",
        b"</p><script>",
        b"MZ\x90\x00\x03",
        b"PK\x03\x04",
        b"half a \xc3",
        b"a NUL \x00 in it",
        b"an escape \x1b[31m",
        b" \n ",
        b"RIFF\x00\x00\x00\x00WAVE",
        b"\x00\x00\x00\x20ftypheic",
    ],
)
def test_anything_else_is_refused(content: bytes) -> None:
    assert media_type_of(content) is None


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("crack.jpg", "crack.jpg"),
        ("crack.JPEG", "crack.jpg"),
        ("holiday photo (1).png", "holiday photo (1).png.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\ada\\mug.jpg", "mug.jpg"),
        ("evil.jpg\u202egpj.exe", "evil.jpggpj.exe.jpg"),
        ("a\r\nSet-Cookie: x=1.jpg", "aSet-Cookie x=1.jpg"),
        ('quo"te;%41.jpg', "quo te 41.jpg"),
        ("Tür\u0308 kaputt.jpg", "Tür\u0308 kaputt.jpg"),
        ("con.jpg", "photo.jpg"),
        ("...", "photo.jpg"),
        ("", "photo.jpg"),
        (None, "photo.jpg"),
        ("a" * 300, "a" * 96 + ".jpg"),
    ],
)
def test_a_name_is_made_safe(name: str | None, safe: str) -> None:
    assert safe_name(name, "photo", "image/jpeg") == safe
