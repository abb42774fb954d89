"""The tables of docs/explanation/taxes.md, which are run as tests."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

from orderwright.platform.money import exponent

PAGE = Path(__file__).resolve().parents[3] / "docs" / "explanation" / "taxes.md"
Row = dict[str, str]


def table(*columns: str) -> list[Row]:
    """The rows of the table with exactly these columns. A test over none of them fails."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    starts = [n for n, line in enumerate(lines) if _cells(line) == list(columns)]
    assert len(starts) == 1, f"{len(starts)} tables with the columns {columns}"
    rows = []
    for line in lines[starts[0] + 2 :]:
        if not line.startswith("|"):
            break
        rows.append(dict(zip(columns, _cells(line), strict=True)))
    assert rows
    return rows


def ids(row: object) -> str:
    """A row as the name of a test."""
    return (
        re.sub(r"[^0-9A-Za-z.%]+", "_", " ".join(cell for cell in row.values() if cell))
        if isinstance(row, dict)
        else ""
    )


def minor(text: str, currency: str) -> int:
    """`19.99` in minor units, exactly."""
    amount = Decimal(text).scaleb(exponent(currency))
    assert amount == int(amount), text
    return int(amount)


def amounts(text: str, currency: str) -> list[int]:
    """`0.19 + 0.18` in minor units; nothing for an empty cell."""
    return [minor(part, currency) for part in text.split(" + ")] if text else []


def percent(text: str) -> Decimal:
    """`9.975 %` as a fraction."""
    return Decimal(text.strip().removesuffix("%").strip()).scaleb(-2)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
