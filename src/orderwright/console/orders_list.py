"""The list of orders: views, filters, what was typed, counts, totals, and the same as a file."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from orderwright.api import Answer
from orderwright.console import words_order_list as say
from orderwright.console.frame import ConsoleScreen
from orderwright.console.order_filters import chips, filters_of, hidden_fields, params_of_view
from orderwright.console.orders_bulk import actions_for
from orderwright.console.orders_look import COLUMNS, Layout, Look, keep_layout, look
from orderwright.platform.errors import InvalidRequest, OrderwrightError
from orderwright.screens import blank, page

PAGE = 50
COUNTED_UP_TO = 999  # a tab says "999+"
SUMMED_UP_TO = 10_000
CHOICES_MAX = 200
# One click each, for what is asked most.
QUICK = (
    ("Held", {"held": ("true",)}), ("Late", {"late": ("true",)}), ("Needs attention", {"attention": ("true",)}),
    ("Nothing set aside or paid", {"payment": ("unpaid",)}), ("With an open return", {"has": ("open_return",)}),
    ("With a note", {"has": ("note",)}),
)  # fmt: skip


@page("GET", "/orders", needs="orders.read")
async def orders_page(screen: ConsoleScreen) -> Answer:
    """A view of orders, newest first."""
    return await _list(screen, await look(screen, screen.incoming.query))


@page("POST", "/orders", needs="orders.read")
async def search_orders_page(screen: ConsoleScreen) -> Answer:
    """Orders by what was typed, which stands in no address. One that has this very number is opened."""
    asked = await look(screen, (await screen.incoming.form()).fields)
    return await _list(screen, asked, open_it=bool(asked.text) and asked.after is None)


@page("POST", "/orders/more", needs="orders.read")
async def more_orders(screen: ConsoleScreen) -> Answer:
    """The rows that follow."""
    asked = await look(screen, (await screen.incoming.form()).fields)
    found = await screen.ask("search_orders", body=_body(screen, asked))
    return screen.show("orders/list.html", part="rows", alone=True, **_facts(screen, asked, found))


@page("POST", "/orders/totals", needs="orders.read")
async def order_totals(screen: ConsoleScreen) -> Answer:
    """What the list comes to, by currency."""
    asked = await look(screen, (await screen.incoming.form()).fields)
    found = await screen.ask("sum_orders", body=asked.filters(screen) | {"up_to": SUMMED_UP_TO})
    return screen.show("orders/totals.html", totals=found)


@page("GET", "/orders/counts", needs="orders.read")
async def order_counts(screen: ConsoleScreen) -> Answer:
    """How many orders each view has."""
    views = (await look(screen, {})).views
    zone = screen.formats.zone
    lists = [_counted(view.filters, zone) for view in views]
    found = await screen.ask("count_orders", body={"lists": lists, "up_to": COUNTED_UP_TO})
    counts = [
        (view, say.capped(one.count, one.at_least, screen.formats.number))
        for view, one in zip(views, found.data, strict=True)
    ]
    return screen.show("orders/counts.html", counts=counts)


@page("GET", "/orders/filters", needs="orders.read")
async def order_filters_page(screen: ConsoleScreen) -> Answer:
    """All that a list can be asked for."""
    asked = await look(screen, screen.incoming.query)
    channels, locations, tags = await asyncio.gather(
        _choices(screen, "list_channels", "catalog.read"),
        _choices(screen, "list_locations", "catalog.read"),
        screen.ask("list_order_tags", query={"limit": CHOICES_MAX}),
    )
    form = blank(**{name: list(values) for name, values in asked.params.items()})
    tag_choices = [(tag.tag, f"{tag.tag} ({screen.formats.number(tag.orders)})") for tag in tags.data]
    return screen.show(
        "orders/filters.html", form=form, asked=asked, say=say, channels=channels, locations=locations, tags=tag_choices
    )


@page("POST", "/orders/export", needs="orders.read")
async def export_orders_file(screen: ConsoleScreen) -> Answer:
    """The list as a CSV file, with or without people."""
    form = await screen.incoming.form()
    asked = await look(screen, form.fields)
    personal = form.first("personal") == "true"
    ids = list(dict.fromkeys(filter(None, form.first("ids").split(","))))
    which: dict[str, Any] = {"order_ids": ids} if ids else asked.filters(screen)
    said = await screen.do("export_orders", body=which | {"personal": personal})
    return screen.hand_over(said)


@page("POST", "/orders/columns", needs="search.read")
async def keep_columns(screen: ConsoleScreen) -> Answer:
    """Keep which columns somebody wants to see of this view, and how close its rows stand."""
    fields = (await screen.incoming.form()).fields
    asked = await look(screen, fields)
    shown = set(fields.get("column", ()))
    layout = Layout(frozenset(name for name, _ in COLUMNS if name not in shown), "true" in fields.get("dense", ()))
    said = await keep_layout(screen, asked.view, layout)
    if said is not None and said.problem is not None:
        raise InvalidRequest(said.problem.detail)
    return screen.go(f"{screen.url('/orders')}?{asked.query()}", inside=True)


async def _list(screen: ConsoleScreen, asked: Look, *, open_it: bool = False) -> Answer:
    try:
        body = _body(screen, asked)
    except InvalidRequest as error:
        return _wrong(screen, asked, error)
    found = await screen.ask("search_orders", body=body)
    if open_it and len(found.data) == 1 and found.next is None and _is_its_number(asked.text, found.data[0]):
        return screen.go(screen.url(f"/orders/{found.data[0].id}"))
    return screen.show("orders/list.html", wrong=None, **_facts(screen, asked, found))


def _wrong(screen: ConsoleScreen, asked: Look, error: OrderwrightError) -> Answer:
    facts = _facts(screen, asked._replace(params={}, changed=True), None)
    return screen.show("orders/list.html", status=422, wrong=str(error), **facts)


def _body(screen: ConsoleScreen, asked: Look) -> dict[str, Any]:
    body = asked.filters(screen) | {"limit": PAGE}
    return body | {"after": asked.after} if asked.after else body


def _facts(screen: ConsoleScreen, asked: Look, found: Any) -> dict[str, Any]:
    """What the templates of the list show."""
    list_address = screen.url("/orders")
    quick = [
        (word, f"{list_address}?{asked._replace(params=asked.params | more, changed=True).query()}")
        for word, more in QUICK
        if not more.keys() & asked.params.keys()
    ]
    return {
        "asked": asked,
        "found": found,
        "say": say,
        "today": datetime.now(screen.formats.zone).date(),
        "chips": chips(asked.params, list_address, asked.view.id, screen.formats.day) if asked.changed else [],
        "hidden": [("view", asked.view.id), *([("set", "1")] if asked.changed else []), *hidden_fields(asked.params)],
        "quick": quick,
        "columns": COLUMNS,
        "bulk": actions_for(screen),
    }


def _counted(filters: Any, zone: Any) -> dict[str, Any]:
    """A view's filters; of one that a later version does not know, those that it does."""
    return filters_of(params_of_view(filters, zone), zone)


def _is_its_number(typed: str, order: Any) -> bool:
    plain = typed.strip().lower()
    return plain in (str(order.number), order.number_text.lower(), order.id, order.external_id.lower())


async def _choices(screen: ConsoleScreen, operation: str, permission: str) -> list[tuple[str, str]]:
    """Codes and names to choose from."""
    if not screen.may(permission):
        return []
    found = await screen.ask(operation, query={"limit": CHOICES_MAX})
    return [(one.code, one.name) for one in found.data]


ORDER_LIST_PAGES = [
    orders_page,
    search_orders_page,
    more_orders,
    order_totals,
    order_counts,
    order_filters_page,
    keep_columns,
    export_orders_file,
]
