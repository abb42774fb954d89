"""What somebody looks at in the list of orders: a view, what they changed of it, and what they typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from orderwright.console.frame import ConsoleScreen
from orderwright.console.order_filters import Params, filters_of, params_in, params_of_view, query_of
from orderwright.saved_views import DEFAULT_VIEWS

FIRST_VIEW = "open"
_TEXT_MAX = 200


class View(NamedTuple):
    """A view as its tab shows it. `id`: how it is named in addresses; those made in code are not `saved`."""

    id: str
    name: str
    filters: Mapping[str, Any]
    saved: bool = False
    shared: bool = True
    view_id: str = ""


class Look(NamedTuple):
    """The list that somebody looks at. `changed`: its filters are not those of the view. `text`: what was typed."""

    views: Sequence[View]
    view: View
    params: Params
    changed: bool
    text: str
    after: str | None

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
    views = await views_of(screen)
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
    return Look(views, view, params, params != own, typed, _first(given, "after") or None)


async def views_of(screen: ConsoleScreen) -> list[View]:
    """The views of orders that somebody sees."""
    if not screen.may("search.read"):
        return [View(one.key, one.name, one.filters) for one in DEFAULT_VIEWS if one.subject == "orders"]
    found = (await screen.ask("list_saved_views", query={"subject": "orders"})).data
    return [
        View(one.key or one.id or "", one.name, one.filters, one.key is None, one.shared, one.id or "") for one in found
    ]


def _first(given: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(given.get(name, ())), "")
