"""From an overview to HTML: the fragments that a live page is made of, rendered once for all who look."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from orderwright.console import words
from orderwright.insights import MerchantRow, Minute, Overview, Stages

HERE = Path(__file__).parent
STATIC_DIR = HERE / "static"
FRAGMENTS = ("stages", "alarms", "stuck", "latest", "events")


class _Environment(Environment):
    """Undefined names fail, and everything is escaped."""

    def __init__(self) -> None:
        super().__init__(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True, auto_reload=False,
        )  # fmt: skip
        self.globals.update(static=static_url, words=words)
        self.filters.update(number=words.number, instant=instant, clock=clock)


@cache
def environment() -> Environment:
    """The templates, compiled when first used."""
    return _Environment()


@cache
def static_url(name: str) -> str:
    """The address of a static file, with its content's hash: it may be cached for ever."""
    digest = hashlib.sha256((STATIC_DIR / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def render_parts(merchant: MerchantRow, view: Overview) -> dict[str, str]:
    """Every part of the live page by the name of its event: HTML fragments, and JSON for `charts`.

    A part is the same text as before when nothing in it changed, so that it need not be sent.
    """
    zone = ZoneInfo(merchant.time_zone)
    facts = {"view": view, "merchant": merchant, "zone": zone, "tiles": words.tiles(view.stages)}
    parts = {name: environment().get_template(f"_{name}.html").render(facts) for name in FRAGMENTS}
    parts["charts"] = msgspec.json.encode(chart_data(view.stages, view.minutes, zone)).decode()
    return parts


def render_page(merchant: MerchantRow, parts: dict[str, str], at: datetime, trouble: str | None) -> str:
    """The whole live page. The fragments were escaped when they were rendered."""
    html = {name: Markup(parts[name]) for name in FRAGMENTS}
    charts = msgspec.json.decode(parts["charts"])
    return (
        environment()
        .get_template("live.html")
        .render(
            merchant=merchant, zone=ZoneInfo(merchant.time_zone), parts=html, charts=charts, chart_json=parts["charts"],
            at=at, trouble=trouble,
        )
    )  # fmt: skip


def render_list(name: str, merchant: MerchantRow, at: datetime, **facts: object) -> str:
    """A page with the whole of what the live page shows the worst of: `alarms` or `stuck`."""
    template = environment().get_template(f"list_{name}.html")
    return template.render(merchant=merchant, zone=ZoneInfo(merchant.time_zone), at=at, **facts)


def render_problem(title: str, text: str) -> str:
    """A page that says why there is nothing to see."""
    return environment().get_template("problem.html").render(title=title, text=text)


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


def instant(moment: datetime, zone: ZoneInfo) -> str:
    """An exact instant for people, in the merchant's zone: "Mon 23 Nov 2026, 14:02:31 CST"."""
    return moment.astimezone(zone).strftime("%a %-d %b %Y, %H:%M:%S %Z")


def clock(moment: datetime, zone: ZoneInfo) -> str:
    """The time of day in the merchant's zone: "14:02:31"."""
    return moment.astimezone(zone).strftime("%H:%M:%S")
