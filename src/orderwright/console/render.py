"""From an overview to HTML: the fragments that a live page is made of, rendered once for all who look."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from markupsafe import Markup

from orderwright.console import words
from orderwright.console.frame import templates
from orderwright.insights import MerchantRow, Minute, Overview, Stages

FRAGMENTS = ("stages", "alarms", "stuck", "latest", "events")


def render_parts(merchant: MerchantRow, view: Overview) -> dict[str, str]:
    """Every part of the live page by the name of its event: HTML fragments, and JSON for `charts`.

    A part is the same text as before when nothing in it changed, so that it need not be sent.
    """
    zone = ZoneInfo(merchant.time_zone)
    facts = {
        "view": view, "merchant": merchant, "zone": zone, "tiles": words.tiles(view.stages),
        "base": f"/m/{merchant.code}",
    }  # fmt: skip
    parts = {name: templates().get_template(f"_{name}.html").render(facts) for name in FRAGMENTS}
    parts["charts"] = msgspec.json.encode(chart_data(view.stages, view.minutes, zone)).decode()
    return parts


def parts_as_html(parts: dict[str, str]) -> dict[str, Any]:
    """What the template of the live page takes. The fragments were escaped when they were rendered."""
    html = {name: Markup(parts[name]) for name in FRAGMENTS}
    return {"parts": html, "charts": msgspec.json.decode(parts["charts"]), "chart_json": parts["charts"]}


def chart_data(stages: Stages, minutes: list[Minute], zone: ZoneInfo) -> dict[str, object]:
    """What both charts and their tables show. The running minute is left out, since it would always look like a drop;
    but not the very first, when there is nothing else to see."""
    shown = [tile for tile in words.tiles(stages) if tile.key != "delivered"]
    whole = minutes[:-1] if any(minute.placed or minute.delivered for minute in minutes[:-1]) else minutes[1:]
    return {
        "stages": {
            "title": words.stages_title(stages),
            "rows": [{"word": tile.badge.word, "tone": tile.badge.tone, "orders": tile.orders} for tile in shown],
        },
        "minutes": {
            "title": words.minutes_title(minutes),
            "at": [minute.at.astimezone(zone).strftime("%H:%M") for minute in whole],
            "placed": [minute.placed for minute in whole],
            "delivered": [minute.delivered for minute in whole],
        },
    }
