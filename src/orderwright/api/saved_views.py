"""Saved views of lists: what is always there, what is shared, and one's own."""

from __future__ import annotations

from typing import Any

import msgspec

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.operations import Operation, operation
from orderwright.api.verbs import VerbRoute, operations_of
from orderwright.platform.fields import Slug
from orderwright.platform.ids import encode_id
from orderwright.saved_views import (
    DEFAULT_VIEWS,
    EVERYBODY,
    VIEW_PREFIX,
    PutView,
    RemoveView,
    list_views,
    put_views,
    remove_views,
)


class SavedView(msgspec.Struct, frozen=True, kw_only=True):
    """A list by a name. `key` names those that are always there, `id` the others. `filters` are those of the list."""

    id: str | None
    key: str | None
    subject: str
    name: str
    shared: bool
    filters: dict[str, Any]
    columns: list[str]
    density: str
    position: int
    version: int


class SavedViews(msgspec.Struct, frozen=True):
    """Those that are always there, then the others by `position` and name; `next` is null."""

    data: list[SavedView]
    next: None = None


class ListViews(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is listed: `orders`, `customers`, `stock` ..."""

    subject: Slug


@operation("GET", "/v1/saved_views", tag="System", scope="search.read", answer=SavedViews)
async def list_saved_views(call: Call, query: ListViews) -> Answer:
    """List the saved views of a list: those that are always there, everybody's and one's own."""
    rows = await call.look(lambda tx: list_views(tx, call.ctx, query.subject))
    views = [
        SavedView(
            id=None, key=view.key, subject=view.subject, name=view.name, shared=True, filters=view.filters, columns=[],
            density="", position=0, version=1,
        )
        for view in DEFAULT_VIEWS
        if view.subject == query.subject
    ]  # fmt: skip
    views += [
        SavedView(
            id=encode_id(VIEW_PREFIX, row.id), key=None, subject=row.subject, name=row.name,
            shared=row.owner == EVERYBODY, filters=msgspec.json.decode(row.filters), columns=row.columns,
            density=row.density, position=row.position, version=row.version,
        )
        for row in rows
    ]  # fmt: skip
    return json_answer(SavedViews(views))


SAVED_VIEWS: list[Operation] = [
    list_saved_views,
    *operations_of(
        VerbRoute(
            id="put_saved_view",
            verb=put_views,
            command=PutView,
            one="/v1/saved_views",
            many="/v1/saved_views/bulk",
            tag="System",
            scope="views.write",
            prefix=VIEW_PREFIX,
            does="Save a view of a list",
            does_many="Save up to 1,000 views of lists",
            more="One of the same list and name is written anew. `shared` ones need the scope `views.share`.",
            natural_key=True,
            example={
                "subject": "orders",
                "name": "Gifts that are late",
                "filters": {"tag": ["gift"], "late": True},
                "columns": ["number", "customer", "promised_on"],
                "shared": True,
            },
        )
    ),
    *operations_of(
        VerbRoute(
            id="remove_saved_view",
            verb=remove_views,
            command=RemoveView,
            one="/v1/saved_views/{view_id}/remove",
            many="/v1/saved_views/remove",
            tag="System",
            scope="views.write",
            prefix=VIEW_PREFIX,
            does="Remove a saved view",
            does_many="Remove up to 1,000 saved views",
            more="One's own, or, with the scope `views.share`, everybody's.",
            subject="view_id",
            natural_key=True,
            example={},
        )
    ),
]
