"""Papers as PDF, by typst. What comes from outside is handed over as data and set as text, never read as markup."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec
import typst

from orderwright.fulfillment.papers.code128 import code128
from orderwright.fulfillment.papers.contents import PackingSlip, PickSheet, PrintedLabel, SlipLine

_TEMPLATES = Path(__file__).parent / "templates"
_LETTER = frozenset({"US", "CA", "MX"})
Format = Literal["pdf", "png"]


async def render_label(label: PrintedLabel, *, form: Format = "pdf") -> bytes:
    """A label of four by six inches, with the tracking number as Code 128. Runs beside the event loop."""
    data = {
        "sender": label.sender.lines(label.to.country),
        "to": label.to.lines(label.sender.country),
        "number": label.tracking_number,
        "bars": code128(label.tracking_number),
        "service": label.service,
        "order": label.order,
        "parcel": f"Parcel {label.n} of {label.parcels}",
        "weight": "" if label.weight_g is None else f"{label.weight_g} g",
    }
    return await asyncio.to_thread(_compile, "label.typ", data, label.packed_at, form)


async def render_slip(slip: PackingSlip, *, form: Format = "pdf") -> bytes:
    """A packing slip. Runs beside the event loop."""
    data = {
        "paper": _paper(slip.sender.country),
        "shop": slip.shop,
        "sender": slip.sender.lines(slip.to.country),
        "to": slip.to.lines(slip.sender.country),
        "order": slip.order,
        "bars": code128(slip.code),
        "placed": slip.placed_at.date().isoformat(),
        "parcels": [{"title": title, "lines": _rows(lines)} for title, lines in slip.parcels],
    }
    return await asyncio.to_thread(_compile, "slip.typ", data, slip.placed_at, form)


async def render_pick_list(
    location: str, country: str, zone: str, sheets: Sequence[PickSheet], at: datetime, *, form: Format = "pdf"
) -> bytes:
    """A location's pick list: an order after the other, by when it is due. Runs beside the event loop."""
    clock = ZoneInfo(zone)
    data = {
        "paper": _paper(country),
        "location": location,
        "made": f"{at.astimezone(clock):%Y-%m-%d %H:%M}",
        "orders": [
            {
                "order": sheet.order, "bars": code128(sheet.code), "method": sheet.method,
                "due": f"{sheet.due_at.astimezone(clock):%Y-%m-%d %H:%M}", "lines": _rows(sheet.lines),
            }
            for sheet in sheets
        ],
    }  # fmt: skip
    return await asyncio.to_thread(_compile, "picks.typ", data, at, form)


def _rows(lines: Sequence[SlipLine]) -> list[list[str]]:
    return [[str(line.quantity), line.name, line.sku, line.gtin or ""] for line in lines]


def _paper(country: str | None) -> str:
    return "us-letter" if country in _LETTER else "a4"


def _compile(template: str, data: Mapping[str, Any], made_at: datetime, form: Format) -> bytes:
    made: bytes | list[bytes] = typst.compile(
        _TEMPLATES / template, root=_TEMPLATES, font_paths=_fonts(), format=form, ppi=200.0,
        sys_inputs={"data": msgspec.json.encode(data).decode()}, timestamp=int(made_at.timestamp()),
    )  # fmt: skip
    return made if isinstance(made, bytes) else made[0]


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True)
