"""Where an order leaves from, by choice: units of its lines go to another location, tried before it is done."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta

from orderwright.api import Answer
from orderwright.console.frame import ConsoleScreen
from orderwright.console.order_dialog import (
    Dialog,
    Field,
    Units,
    done,
    effects,
    no_effects,
    path_of,
    read_order,
    show,
    show_refused,
)
from orderwright.console.stock_common import Place, places
from orderwright.console.words import number, plural
from orderwright.console.words_orders import MOVED_BECAUSE
from orderwright.console.words_refusals import refused
from orderwright.fulfillment import MoveReason
from orderwright.screens import Filled, blank, page

UNBEGUN = frozenset({"open", "released"})
STOCK_SHOWN = 200
SKUS_SAID = 4  # of which it is said what a location has
NOTE = Field("textarea", "note", "Note", "For colleagues. Written on the order, and erased with the customer's data.")
_WAITS = "waits"


class MoveForm(msgspec.Struct, frozen=True, kw_only=True):
    """How many units of what leave from where, by `line-component-fulfillment`, and why. `note` becomes a note
    on the order."""

    units: dict[str, Units] = {}
    to: Annotated[str, Meta(max_length=100)]
    reason: MoveReason | None = None
    note: Annotated[str, Meta(max_length=4_000)] | None = None


class Movable(NamedTuple):
    """Units that may be moved. `key` is `line-component-fulfillment`, or ends in `waits`."""

    key: str
    name: str
    units: int
    sku: str


def movable(order: Any) -> list[Movable]:
    """What nobody has begun to pick, and what waits for a location, by place. A line that names its own stays."""
    found: list[Movable] = []
    lines = {line.n: line for line in order.lines if not line.location}
    parts = {(line.n, part.n): part for line in lines.values() for part in line.components}
    for work in order.fulfillments:
        for row in work.allocations if work.state in UNBEGUN else ():
            if row.quantity and row.line in lines:
                part = parts[row.line, row.component]
                name = f"{_name(lines[row.line], part)}, at {work.location_name}"
                found.append(Movable(f"{row.line}-{row.component}-{work.id}", name, row.quantity, part.sku))
    for (n, c), part in parts.items():
        if part.promised:
            name = f"{_name(lines[n], part)}, waits for a location"
            found.append(Movable(f"{n}-{c}-{_WAITS}", name, part.promised, part.sku or ""))
    return found


def _name(line: Any, part: Any) -> str:
    whole = str(line.name or line.sku)
    return f"{part.name or part.sku} of {whole}" if len(line.components) > 1 else str(line.name or part.sku or whole)


async def _dialog(screen: ConsoleScreen, order: Any) -> Dialog:
    rows = movable(order)
    return Dialog(
        "/move", "Move units to another location", "Move these units", preview=True,
        lead="Choose where units leave from. All of a line is sourced there instead; a part of it splits the line.",
        fields=(
            Field("units", "units", "What is moved", options=[row[:3] for row in rows]),
            Field("select", "to", "Leave from", "Your choice goes past what a location takes a day, and past its no.",
                  await _targets(screen, order, {row.sku for row in rows}), required=True),
            Field("select", "reason", "Why", "Kept with the decision.", list(MOVED_BECAUSE.items())),
            *([NOTE] if screen.may("orders.note") else []),
        ),
    )  # fmt: skip


async def _targets(screen: ConsoleScreen, order: Any, skus: set[str]) -> list[tuple[str, str]]:
    """Open locations of pools that the order's channel sells from, with what they have of these SKUs, those that have
    most first; and what speaks against one."""
    wanted = sorted(skus - {""})
    asked = screen.may("stock.read") and bool(wanted)
    known, stock, channel, decisions = await asyncio.gather(
        places(screen),
        screen.find("list_stock", query={"sku": wanted, "limit": STOCK_SHOWN}) if asked else _nothing(),
        screen.find("read_channel", path={"code": order.channel}) if screen.may("catalog.read") else _nothing(),
        screen.find("read_sourcing", path=path_of(screen)),
    )
    has: dict[str, Counter[str]] = {}
    for row in stock.data if stock is not None else ():
        has.setdefault(row.location, Counter())[row.sku] += row.available
    refused = {one.location for one in decisions.excluded} if decisions is not None else set()
    there = [place for place in known if place.active and (channel is None or place.pool in channel.pools)]
    there.sort(key=lambda place: (-has.get(place.code, Counter()).total(), place.name))
    whole = stock is not None and stock.next is None  # what is not shown then is not there
    return [("", "Choose a location")] + [
        (place.code, _target(place, has.get(place.code, Counter()), wanted if whole else [], place.code in refused))
        for place in there
    ]


def _target(place: Place, has: Counter[str], wanted: Sequence[str], refused: bool) -> str:
    """A location to choose, with what it has and what speaks against it."""
    said = [place.name]
    wanted = wanted or sorted(has)
    if len(wanted) == 1:
        said.append(f"has {plural(has[wanted[0]], 'unit')}")
    elif wanted:
        said.append("has " + " and ".join(f"{number(has[sku])} {sku}" for sku in wanted[:SKUS_SAID]))
    if place.daily_capacity is not None:
        said.append(f"takes {plural(place.daily_capacity, 'order')} a day")
    if refused:
        said.append("said no to this order before")
    return ", ".join(said)


async def _nothing() -> None:
    return None


@page("GET", "/orders/{order_id}/move", needs="orders.edit")
async def move_form(screen: ConsoleScreen) -> Answer:
    """Which units may leave from elsewhere, and from where."""
    order = await read_order(screen)
    return show(screen, order, await _dialog(screen, order), blank())


@page("POST", "/orders/{order_id}/move/preview", needs="orders.edit")
async def preview_move(screen: ConsoleScreen) -> Answer:
    """What a move would come to: the day, the way, the parcels."""
    form = await screen.form(MoveForm)
    body = _body(form)
    if body is None:
        return no_effects(screen, "Type how many units are moved, and choose where they leave from.")
    said = await screen.do("preview_move_units", path=path_of(screen), body=body)
    if said.problem is not None:
        return no_effects(screen, refused(said.problem))
    return effects(screen, _effects(screen, said.value.details))


@page("POST", "/orders/{order_id}/move", needs="orders.edit")
async def move_units(screen: ConsoleScreen) -> Answer:
    """Let units leave from another location."""
    form, order = await screen.form(MoveForm), await read_order(screen)
    body = _body(form)
    if body is None:
        errors = {} if form.errors else {"units": "Type how many units are moved."}
        return show_refused(screen, order, await _dialog(screen, order), form.with_errors(errors))
    said = await screen.do("move_units", path=path_of(screen), body=body)
    if said.problem is not None:
        return show_refused(screen, order, await _dialog(screen, order), form, said)
    units = plural(said.value.details["units"], "unit")
    lost = " The note was not kept: the order has as many as it may." if _note_lost(body, said.value.details) else ""
    return done(screen, f"{order.number_text}: {units} to leave from {body['to']}.{lost}", undo="/move")


def _note_lost(body: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
    return "note" in body and told["note_id"] is None


def _body(form: Filled[MoveForm]) -> dict[str, Any] | None:
    """The move that a form says; None where nothing is chosen, or what no form of ours says."""
    if form.value is None:
        return None
    units = []
    for key, quantity in form.value.units.items():
        line, _, rest = key.removeprefix("L").partition("-")
        component, _, work = rest.partition("-")
        if quantity and line.isdecimal() and component.isdecimal() and max(len(line), len(component)) < 7:
            entry: dict[str, Any] = {"line": int(line), "component": int(component), "quantity": quantity}
            units.append(entry if work == _WAITS else entry | {"fulfillment": work})
    asked = {"reason": form.value.reason, "note": form.value.note}
    said = {name: value for name, value in asked.items() if value}
    return {"to": form.value.to, "units": units, **said} if units else None


def _effects(screen: ConsoleScreen, told: dict[str, Any]) -> list[tuple[str, str]]:
    f = screen.formats
    before, after = told["fulfillments_before"], told["fulfillments"]
    rows = [("Moved", plural(told["units"], "unit")), ("Parcels", f"{plural(after, 'place')} send it, {before} did")]
    if after == before:
        rows[1] = ("Parcels", f"as many as before: {after}")
    day, was = told["promised_on"], told["was_promised_on"]
    if day is not None:
        same = "stays" if day == was else f"was {f.day(date.fromisoformat(was))}" if was else "no day was promised"
        rows.append(("Promised for", f"{f.day(date.fromisoformat(day))}, {same}"))
    if told["distance_km"] is not None:
        rows.append(("Way to the customer, from there", f"{f.number(round(told['distance_km']))} km"))
    rows += [
        (f"Way before, from {one['location']}", f"{f.number(round(one['distance_km']))} km")
        for one in told["left"]
        if one["distance_km"] is not None
    ]
    return [*rows, ("Money", "stays as it is"), ("The customer", "is not told")]


ORDER_MOVE = [move_form, preview_move, move_units]
