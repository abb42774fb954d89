"""A map without tiles: locations where they are, on a grid of degrees that is as large as they lie apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

WIDTH, HEIGHT, MARGIN = 800, 360, 40
_STEPS = (0.1, 0.5, 1, 2, 5, 10, 20, 30, 60)
_SPAN_MIN = 2.0  # degrees: one place alone is shown with some land around it


class Spot(NamedTuple):
    """A location on the picture."""

    x: float
    y: float
    name: str
    code: str
    works: bool


class Line(NamedTuple):
    """A line of the grid, at so many degrees."""

    at: float
    text: str


class Plot(NamedTuple):
    """What is drawn. `missing`: locations without coordinates."""

    spots: list[Spot]
    meridians: list[Line]
    parallels: list[Line]
    missing: int


def map_of(bodies: Sequence[Mapping[str, Any]]) -> Plot | None:
    """Locations on a plane where degrees are as wide as they are high; None when none has coordinates."""
    placed = [body for body in bodies if body.get("latitude") is not None and body.get("longitude") is not None]
    if not placed:
        return None
    lats, lons = [float(b["latitude"]) for b in placed], [float(b["longitude"]) for b in placed]
    middle_lat, middle_lon = (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2
    wide, high = max(max(lons) - min(lons), _SPAN_MIN), max(max(lats) - min(lats), _SPAN_MIN)
    scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)  # pixels a degree

    def x(lon: float) -> float:
        return round(WIDTH / 2 + (lon - middle_lon) * scale, 1)

    def y(lat: float) -> float:
        return round(HEIGHT / 2 - (lat - middle_lat) * scale, 1)

    step = next((one for one in _STEPS if one * scale >= 90), _STEPS[-1])
    spots = [
        Spot(x(lon), y(lat), str(body["name"]), str(body["code"]), bool(body.get("active", True)))
        for body, lat, lon in zip(placed, lats, lons, strict=True)
    ]
    meridians = [Line(x(lon), _degrees(lon, "E", "W")) for lon in _grid(middle_lon, WIDTH / 2 / scale, step)]
    parallels = [Line(y(lat), _degrees(lat, "N", "S")) for lat in _grid(middle_lat, HEIGHT / 2 / scale, step)]
    return Plot(spots, meridians, parallels, len(bodies) - len(placed))


def _grid(middle: float, half: float, step: float) -> list[float]:
    first, last = int((middle - half) // step) + 1, int((middle + half) // step)
    return [round(n * step, 2) for n in range(first, last + 1)]


def _degrees(value: float, plus: str, minus: str) -> str:
    return f"{abs(value):g}° {plus if value >= 0 else minus}"
