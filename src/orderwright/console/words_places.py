"""What the screens say of closing, opening and moving locations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from orderwright.console.words import plural

NOTHING: Mapping[str, str] = {
    "close": "The location is closed already.",
    "open": "The location is open already.",
}
CHANGED = "Somebody has changed the location since you opened this. Look at what it comes to now, then decide again."
_TITLES = {"close": "What closing does", "open": "What opening does", "move": "What moving does"}


class Came(NamedTuple):
    """What comes of it: sentences, and the SKUs with most units."""

    title: str
    effects: list[tuple[str, str]]
    skus: Sequence[Mapping[str, Any]]
    more: int  # SKUs that are not named
    headings: tuple[str, str]
    short: bool


def came(verb: str, said: Mapping[str, Any]) -> Came:
    """The figures of an operation in words."""
    units, skus = plural(said["units"], "unit"), plural(said["skus"], "SKU")
    rows = [_goods(verb, units, skus, said), *_orders(verb, said)]
    if said["short_units"]:
        owed, of = plural(said["short_units"], "unit"), plural(said["short_skus"], "SKU")
        short = f"{owed} of {of} that were promised. Those orders wait until goods come in or others bring them"
        rows.append(("Becomes short", short))
    if verb != "open" and (coming := _coming(said)):
        rows.append(("Still expected there", coming))
    heading = {"close": "Withheld", "open": "Available again", "move": "Go along"}[verb]
    named: Sequence[Mapping[str, Any]] = said["by_sku"]
    total = max(said["skus"], len(named))
    return Came(
        _TITLES[verb], rows, named, total - len(named), (heading, f"{said['pool']} promises"), bool(said["short_units"])
    )


def _goods(verb: str, units: str, skus: str, said: Mapping[str, Any]) -> tuple[str, str]:
    if not said["units"]:
        return "Goods", "None are available there: nothing changes in what can be promised"
    if verb == "close":
        return "Goods", f"{units} of {skus} are withheld: pool {said['pool']} promises as many less"
    if verb == "open":
        return "Goods", f"{units} of {skus} can be promised by pool {said['pool']} again, first to who waits"
    return "Goods", f"{units} of {skus} can be promised by pool {said['to']}, and no more by pool {said['pool']}"


def _orders(verb: str, said: Mapping[str, Any]) -> list[tuple[str, str]]:
    rows = []
    if said["taken_off"]:
        rows.append(("Work that nobody has begun", f"{plural(said['taken_off'], 'unit')} are sourced from elsewhere"))
    if said["held"]:
        them = "it" if said["held"] == 1 else "them"
        rows.append(("Held", f"{plural(said['held'], 'order')}, since nobody else may bring {them}"))
    if said["finishing"]:
        what = plural(said["finishing"], "begun fulfillment" if verb == "close" else "fulfillment")
        rows.append(("Is finished there", what))
    return rows


def _coming(said: Mapping[str, Any]) -> str:
    parts = []
    if said["expected_returns"]:
        parts.append(plural(said["expected_returns"], "return"))
    if said["in_transit"]:
        parts.append(f"{plural(said['in_transit'], 'unit')} in transit")
    return " and ".join(parts)


def done(verb: str, name: str, said: Mapping[str, Any]) -> str:
    """What is said afterwards."""
    units = plural(int(said.get("units", 0)), "unit")
    if verb == "close":
        return f"{name} is closed: {units} are withheld."
    if verb == "open":
        return f"{name} is open: {units} can be promised again."
    return f"{name} is in pool {said.get('to', '')} now, with {units}."
