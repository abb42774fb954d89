"""The text of a PDF that typst made, page after page: enough of ISO 32000 for that, and no more.

Glyphs are shown by `Tj` and `TJ` in two-byte codes of a font, whose ToUnicode map says what they mean.
"""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj\s(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"(.*?)stream\r?\n(.*)\r?\nendstream", re.DOTALL)
# Parentheses may stand in a literal in pairs; three deep is enough here.
_NESTED = rb"\((?:\\.|[^\\()]|\((?:\\.|[^\\()]|\((?:\\.|[^\\()])*\))*\))*\)"
_STEP = re.compile(rb"/(\w+) [\d.]+ Tf|\[?((?:" + _NESTED + rb"|[-\d.\s])+)\]?\s*T[jJ]", re.DOTALL)
_LITERAL = re.compile(_NESTED, re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_NAMED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def text_of(pdf: bytes) -> str:
    """All text, a blank between what is shown in different places."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    streams = {number: _inflated(found) for number, body in objects.items() if (found := _STREAM.match(body))}
    fonts: dict[bytes, dict[int, str]] = {}
    for body in objects.values():
        for named in re.findall(rb"/Font<<(.*?)>>", body, re.DOTALL):
            for name, number in re.findall(rb"/(\w+) (\d+) 0 R", named):
                unicode = re.search(rb"/ToUnicode (\d+) 0 R", objects[int(number)])
                fonts[name] = {} if unicode is None else _meanings(streams[int(unicode[1])])
    shown = " ".join(_shown(stream, fonts) for _, stream in sorted(streams.items()) if b" Tf" in stream)
    return re.sub(r"[\s\u200b]+", lambda found: " " if found[0].strip("\u200b") else "", shown)


def _inflated(found: re.Match[bytes]) -> bytes:
    return zlib.decompress(found[2]) if b"FlateDecode" in found[1] else found[2]


def _meanings(cmap: bytes) -> dict[int, str]:
    """What the codes of a font mean."""
    found: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, text in re.findall(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]*)>", block):
            found[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    return found


def _shown(content: bytes, fonts: dict[bytes, dict[int, str]]) -> str:
    text: list[str] = []
    font: dict[int, str] = {}
    for name, shown in _STEP.findall(content):
        if name:
            font = fonts[name]
        codes = b"".join(_ESCAPE.sub(_unescaped, literal[1:-1]) for literal in _LITERAL.findall(shown))
        text.append("".join(font.get(int.from_bytes(codes[i : i + 2], "big"), "") for i in range(0, len(codes), 2)))
    return " ".join(filter(None, text))


def _unescaped(found: re.Match[bytes]) -> bytes:
    said = found[1]
    return bytes([int(said, 8)]) if said.isdigit() else _NAMED.get(said, said)
