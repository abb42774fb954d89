"""Numbers of documents: patterns such as `INV-{year}-{n:06}`, and what they come to. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

_N = re.compile(r"\{n(?::0(?P<width>[1-9]))?\}")
_YEAR = "{year}"
_FIXED = re.compile(r"[A-Za-z0-9/._-]*")
_HEAD = re.compile(r"[A-Za-z/._-]*")


def is_pattern(text: str) -> bool:
    """Whether a text is a pattern of numbers: `{n}` once, `{year}` at most once, no digit before the first of them.

    So a number tells by what it begins with of which kind it is, and two kinds never have the same.
    """
    if len(_N.findall(text)) != 1 or text.count(_YEAR) > 1:
        return False
    fixed = _N.sub("", text).replace(_YEAR, "")
    return _FIXED.fullmatch(fixed) is not None and _HEAD.fullmatch(head_of(text)) is not None


def head_of(pattern: str) -> str:
    """What all numbers of a pattern begin with."""
    return pattern.partition("{")[0]


def are_apart(patterns: Iterable[str]) -> bool:
    """Whether no two of these patterns can give the same number."""
    heads = [head_of(pattern) for pattern in patterns]
    return len(set(heads)) == len(heads)


def series_year(pattern: str, year: int) -> int:
    """The year whose series a number is of: 0 where the pattern counts on over the years."""
    return year if _YEAR in pattern else 0


def number_of(pattern: str, year: int, n: int) -> str:
    """The n-th number of a series."""

    def digits(found: re.Match[str]) -> str:
        return str(n).zfill(int(found["width"] or 1))

    return _N.sub(digits, pattern).replace(_YEAR, str(year))
