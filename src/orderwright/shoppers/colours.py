"""Contrast of colours, as WCAG 2.2 computes it (relative luminance and contrast ratio, success criterion 1.4.3)."""

from __future__ import annotations

TEXT_CONTRAST_MIN = 4.5


def contrast(one: str, other: str) -> float:
    """The ratio of two colours `#rrggbb`, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)
