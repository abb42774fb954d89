"""CSV that goes out: cells that no spreadsheet takes for a formula, records after RFC 4180.

Source: OWASP, "CSV Injection": a cell that begins with = + - @ (also in full width), a tab or the end of a line is run
as a formula when the file is opened. An apostrophe before it makes it a text. Numbers of ours are written as they are.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: object) -> str:
    """A value as the text of a cell. Texts that might be formulas get an apostrophe; what is None is empty."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    text = str(value)
    if isinstance(value, (int, float)):
        return text
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_lines(rows: Iterable[Sequence[object]]) -> bytes:
    """Records of a CSV file, UTF-8, each ended with CR LF."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([safe_cell(value) for value in row] for row in rows)
    return out.getvalue().encode()
