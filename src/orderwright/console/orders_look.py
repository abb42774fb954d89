"""What somebody looks at in the list of orders: a view, what they changed of it, and what they typed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from orderwright.console.frame import ConsoleScreen
from orderwright.console.order_filters import Params, filters_of, params_in, params_of_view, query_of
from orderwright.saved_views import DEFAULT_VIEWS

FIRST_VIEW = "open"
LAYOUT = "list_orders"  # the preference
COLUMNS = (
    ("customer", "Customer"), ("place", "Place"), ("channel", "Channel"), ("items", "Items"), ("state", "State"),
    ("promise", "Promise"), ("total", "Total"), ("placed", "Placed"),
)  # fmt: skip
_TEXT_MAX = 200


class View(NamedTuple):
    """A view as its tab shows it. `id`: how it is named in addresses; those made in code are not `saved`."""

    id: str
    name: str
    filters: Mapping[str, Any]
    saved: bool = False
    shared: bool = True
    view_id: str = ""
    columns: Sequence[str] = ()
    density: str = ""
    version: int = 1


class Layout(NamedTuple):
    """Which columns are left out, and how close rows stand. `own`: somebody changed what the view says."""

    hidden: frozenset[str] = frozenset()
    dense: bool = False
    own: bool = False

    def classes(self) -> str:
        """The same as classes of the table, so that nothing moves after the first paint."""
        return " ".join([*(f"hide-{name}" for name in sorted(self.hidden)), *(["is-dense"] if self.dense else [])])

    def said(self) -> dict[str, Any]:
        """The same as a view keeps it: the columns that are shown; none where all are."""
        shown = [name for name, _ in COLUMNS if name not in self.hidden] if self.hidden else []
        return {"columns": shown, "density": "dense" if self.dense else "normal"}


class Look(NamedTuple):
    """The list that somebody looks at. `changed`: its filters are not those of the view. `text`: what was typed."""

    views: Sequence[View]
    view: View
    params: Params
    changed: bool
    text: str
    after: str | None
    layout: Layout

    def filters(self, screen: ConsoleScreen) -> dict[str, Any]:
        """The filters as the interface takes them. Raises InvalidRequest."""
        typed = {"q": self.text} if self.text else {}
        return filters_of(self.params, screen.formats.zone) | typed

    def query(self, **more: str | None) -> str:
        """The query string of this list, without what was typed."""
        if not self.changed:
            return query_of({}, view=self.view.id, **more)
        return query_of(self.params, view=self.view.id, set="1", **more)


async def look(screen: ConsoleScreen, given: Mapping[str, Sequence[str]]) -> Look:
    """What an address or a form asks for: the first view where it says nothing."""
    views, kept = await asyncio.gather(views_of(screen), layouts_of(screen))
    named = _first(given, "view")
    view = next((one for one in views if one.id == named), None)
    if view is None:
        view = next(one for one in views if one.id == ("all" if named or params_in(given) else FIRST_VIEW))
    own = params_of_view(view.filters, screen.formats.zone)
    said = params_in(given)
    params = said if said or _first(given, "set") else own
    typed = _first(given, "q").strip()[:_TEXT_MAX]
    if typed and params == own:  # who types looks among all, unless they chose filters themselves
        view, params, own = next(one for one in views if one.id == "all"), {}, {}
    changed, after = params != own, _first(given, "after") or None
    return Look(views, view, params, changed, typed, after, layout_of(view, kept))


async def layouts_of(screen: ConsoleScreen) -> Mapping[str, Sequence[str]]:
    """What somebody keeps of how the list is shown: `hidden` and `density`, and the same by view where they changed
    what a view says."""
    if not screen.may("search.read"):
        return {}
    found = (await screen.ask("list_preferences")).data
    return next((one.value for one in found if one.name == LAYOUT), {})


def layout_of(view: View, kept: Mapping[str, Sequence[str]]) -> Layout:
    """How a view is shown: as somebody changed it, else as it says, else as they like all lists. Pure."""
    known = {name for name, _ in COLUMNS}
    hidden, dense, own = frozenset(kept.get("hidden", ())) & known, "dense" in kept.get("density", ()), False
    if view.columns:
        hidden = frozenset(known.difference(view.columns))
    if view.density:
        dense = view.density == "dense"
    changed = kept.get(view.id)
    if changed is not None and (view.columns or view.density):
        hidden, dense, own = frozenset(changed) & known, "dense" in changed, True
    return Layout(hidden, dense, own)


async def keep_layout(screen: ConsoleScreen, view: View, layout: Layout | None) -> Any:
    """Keep how somebody shows a view, or (None) forget that they changed it."""
    kept = {name: list(words) for name, words in (await layouts_of(screen)).items()}
    if layout is None:
        if kept.pop(view.id, None) is None:
            return None
    elif view.columns or view.density:
        kept[view.id] = [*sorted(layout.hidden), *(["dense"] if layout.dense else [])]
    else:
        kept |= {"hidden": sorted(layout.hidden), "density": ["dense"] if layout.dense else []}
    return await screen.do("put_preference", body={"name": LAYOUT, "value": dict(list(kept.items())[-100:])})


async def views_of(screen: ConsoleScreen) -> list[View]:
    """The views of orders that somebody sees."""
    if not screen.may("search.read"):
        return [View(one.key, one.name, one.filters) for one in DEFAULT_VIEWS if one.subject == "orders"]
    found = (await screen.ask("list_saved_views", query={"subject": "orders"})).data
    return [
        View(
            one.key or one.id or "",
            one.name,
            one.filters,
            one.key is None,
            one.shared,
            one.id or "",
            tuple(one.columns),
            one.density,
            one.version,
        )
        for one in found
    ]


def _first(given: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(given.get(name, ())), "")
