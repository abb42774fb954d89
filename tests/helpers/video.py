"""A film that a browser's made-up camera shows: bar codes, as YUV4MPEG2."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from orderwright.fulfillment import code128

_WIDTH, _HEIGHT = 640, 480
_WHITE, _BLACK, _GREY = 235, 16, b"\x80"


def film(path: Path, frames: Sequence[str | None]) -> Path:
    """Write a film of five frames a second that is shown again and again: a Code 128 a frame, or nothing."""
    chroma = _GREY * (_WIDTH * _HEIGHT // 2)
    with path.open("wb") as out:
        out.write(f"YUV4MPEG2 W{_WIDTH} H{_HEIGHT} F5:1 Ip A1:1 C420jpeg\n".encode())
        for text in frames:
            out.write(b"FRAME\n" + _picture(text) + chroma)
    return path


def _picture(text: str | None) -> bytes:
    """The brightness of a picture, row by row."""
    blank = bytes([_WHITE]) * _WIDTH
    if text is None:
        return blank * _HEIGHT
    runs = code128(text)
    module = min(4, (_WIDTH - 40) // sum(runs))
    row = b"".join(bytes([_WHITE if i % 2 else _BLACK]) * (run * module) for i, run in enumerate(runs))
    left = (_WIDTH - len(row)) // 2
    row = bytes([_WHITE]) * left + row + bytes([_WHITE]) * (_WIDTH - left - len(row))
    return blank * 120 + row * 240 + blank * 120
