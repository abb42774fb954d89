"""Saved views of the list of orders: saving, changing, renaming, deleting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from orderwright.api import Answer
from orderwright.console.frame import ConsoleScreen
from orderwright.console.order_filters import hidden_fields
from orderwright.console.orders_look import Look, View, keep_layout, layout_of, layouts_of, look, views_of
from orderwright.platform.errors import NotFound
from orderwright.platform.fields import CODE
from orderwright.screens import Filled, blank, page


class ViewForm(msgspec.Struct, frozen=True, kw_only=True):
    """A view's name, and whether it is everybody's."""

    name: Annotated[str, Meta(min_length=1, max_length=60, pattern=CODE)]
    shared: bool = False


class VersionForm(msgspec.Struct, frozen=True, kw_only=True):
    """The version of the view that a form was shown for."""

    version: Annotated[int, Meta(ge=1)] | None = None


_TAKEN = "Another view has this name. Choose a different one."


@page("GET", "/orders/views/new", needs="views.write")
async def new_view_form(screen: ConsoleScreen) -> Answer:
    """The form for a view of the filters that are set."""
    return _form(screen, await look(screen, screen.incoming.query), blank())


@page("POST", "/orders/views/new", needs="views.write")
async def save_view(screen: ConsoleScreen) -> Answer:
    """Keep the filters as a view."""
    asked = await look(screen, (await screen.incoming.form()).fields)
    form = await screen.form(ViewForm)
    if form.value is None:
        return _form(screen, asked, form, status=422)
    body = _view(asked, form.value.name, form.value.shared, screen) | {"version": 0}
    said = await screen.do("put_saved_view", body=body)
    if said.problem is not None:
        return _form(screen, asked, form.with_errors({"name": _why(said.problem)}), status=422)
    screen.say(f"Saved: {'everybody has' if form.value.shared else 'you have'} this view now.")
    return screen.go(screen.url("/orders", view=said.value.id))


@page("GET", "/orders/views/{view_id}/filters", needs="views.write")
async def view_filters_form(screen: ConsoleScreen) -> Answer:
    """Whether a view is to have the filters that are set."""
    view = await _saved(screen)
    asked = await _of_view(screen, view, screen.incoming.query)
    return screen.show("orders/view_change.html", view=view, form=blank(), hidden=_hidden(asked), does="filters")


@page("POST", "/orders/views/{view_id}/filters", needs="views.write")
async def change_view_filters(screen: ConsoleScreen) -> Answer:
    """Give a view the filters that are set."""
    view = await _saved(screen)
    asked = await _of_view(screen, view, (await screen.incoming.form()).fields)
    body = _view(asked, view.name, view.shared, screen) | await _version(screen)
    said = await screen.do("put_saved_view", body=body)
    if said.problem is not None:
        form = blank().with_errors({"": said.problem.detail})
        hidden = _hidden(asked)
        return screen.show("orders/view_change.html", status=422, view=view, form=form, hidden=hidden, does="filters")
    await keep_layout(screen, view, None)
    screen.say("The view has these filters and columns now.")
    return screen.go(screen.url("/orders", view=view.id))


@page("GET", "/orders/views/{view_id}/name", needs="views.write")
async def rename_view_form(screen: ConsoleScreen) -> Answer:
    """The form for another name."""
    view = await _saved(screen)
    return screen.show("orders/view_change.html", view=view, form=blank(name=view.name), hidden=(), does="name")


@page("POST", "/orders/views/{view_id}/name", needs="views.write")
async def rename_view(screen: ConsoleScreen) -> Answer:
    """Keep a view by another name."""
    view = await _saved(screen)
    form = await screen.form(ViewForm)
    if form.value is not None and form.value.name in {one.name for one in await views_of(screen)} - {view.name}:
        form = form.with_errors({"name": _TAKEN})
    if form.value is None:
        return screen.show("orders/view_change.html", status=422, view=view, form=form, hidden=(), does="name")
    name = form.value.name
    if name == view.name:
        return screen.go(screen.url("/orders", view=view.id))
    body = {
        "subject": "orders", "name": name, "filters": dict(view.filters), "shared": view.shared,
        "columns": list(view.columns), "density": view.density, "version": 0,
    }  # fmt: skip
    said = await screen.do("put_saved_view", body=body)
    if said.problem is not None:
        form = form.with_errors({"name": _why(said.problem)})
        return screen.show("orders/view_change.html", status=422, view=view, form=form, hidden=(), does="name")
    gone = await screen.do("remove_saved_view", path={"view_id": view.view_id}, body=await _version(screen))
    if gone.problem is not None:  # somebody changed it meanwhile: it stays as it is, by its old name
        await screen.do("remove_saved_view", path={"view_id": said.value.id})
        form = form.with_errors({"": gone.problem.detail})
        return screen.show("orders/view_change.html", status=422, view=view, form=form, hidden=(), does="name")
    screen.say("Renamed.")
    return screen.go(screen.url("/orders", view=said.value.id))


@page("GET", "/orders/views/{view_id}/remove", needs="views.write")
async def remove_view_form(screen: ConsoleScreen) -> Answer:
    """Whether a view is to go."""
    view = await _saved(screen)
    return screen.show("orders/view_change.html", view=view, form=blank(), hidden=(), does="remove")


@page("POST", "/orders/views/{view_id}/remove", needs="views.write")
async def remove_view(screen: ConsoleScreen) -> Answer:
    """Delete a view; its orders stay as they are."""
    view = await _saved(screen)
    body = await _version(screen)
    said = await screen.do("remove_saved_view", path={"view_id": view.view_id}, body=body)
    if said.problem is not None:
        form = blank().with_errors({"": said.problem.detail})
        return screen.show("orders/view_change.html", status=422, view=view, form=form, hidden=(), does="remove")
    screen.say("The view is deleted. Its orders are where they were.")
    return screen.go(screen.url("/orders"))


def _form(screen: ConsoleScreen, asked: Look, form: Filled[Any], status: int = 200) -> Answer:
    return screen.show("orders/view.html", status=status, asked=asked, form=form, hidden=_hidden(asked))


def _why(problem: Any) -> str:
    """Why a view is not kept by a name, for whoever chose it."""
    return _TAKEN if problem.code == "version_conflict" else str(problem.detail)


async def _of_view(screen: ConsoleScreen, view: View, given: Mapping[str, Sequence[str]]) -> Look:
    """What the list shows, with a view's columns as this person sees them."""
    asked = await look(screen, given)
    return asked._replace(view=view, layout=layout_of(view, await layouts_of(screen)))


def _hidden(asked: Look) -> list[tuple[str, str]]:
    return [("view", asked.view.id), ("set", "1"), *hidden_fields(asked.params)]


def _view(asked: Look, name: str, shared: bool, screen: ConsoleScreen) -> dict[str, Any]:
    """A view of what the list shows now: filters, columns, how close rows stand."""
    filters = asked.filters(screen)
    return {"subject": "orders", "name": name, "filters": filters, "shared": shared, **asked.layout.said()}


async def _version(screen: ConsoleScreen) -> dict[str, int]:
    """The version that the form was shown for: the later of two who change a view is told."""
    form = await screen.form(VersionForm)
    return {} if form.value is None or form.value.version is None else {"version": form.value.version}


async def _saved(screen: ConsoleScreen) -> View:
    """The view that the address names. Raises NotFound for one that is made in code, or of somebody else."""
    for view in await views_of(screen):
        if view.saved and view.id == screen.param("view_id"):
            return view
    raise NotFound("There is no such view any more. Go back to the orders.")


ORDER_VIEW_PAGES = [
    new_view_form,
    save_view,
    view_filters_form,
    change_view_filters,
    rename_view_form,
    rename_view,
    remove_view_form,
    remove_view,
]
