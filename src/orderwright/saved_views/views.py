"""Saved views: lists by a name, of one person or shared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, field

from orderwright.platform.acts import record_act
from orderwright.platform.changes import changed, record_changes
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.fields import CODE, Slug
from orderwright.platform.ids import UUID, new_ids
from orderwright.platform.outcomes import Outcome
from orderwright.platform.wording import what_is_wrong
from orderwright.saved_views.defaults import DEFAULT_VIEWS
from orderwright.saved_views.errors import VIEWS_MAX, refuse
from orderwright.saved_views.queries import (
    DELETE_VIEWS,
    LIST_VIEWS,
    LOCK_SAVING,
    LOCK_VIEWS,
    LOCK_VIEWS_BY_ID,
    PUT_VIEWS,
    ViewRow,
)
from orderwright.search import OrderFilters

VIEW_PREFIX = "viw"
EVERYBODY = ""
# What may hold personal data, in the filters of any list.
PERSONAL = frozenset({"q", "text", "search", "email", "phone", "name"})
FILTERS_BYTES_MAX = 4_000
# The lists whose filters are known, and checked.
_FILTERS: dict[str, type[msgspec.Struct]] = {"orders": OrderFilters}

# Plain values: in what is nested, nobody would look for personal data.
FilterText = Annotated[str, Meta(max_length=100, pattern=CODE)]
FilterValue = bool | int | FilterText | Annotated[list[FilterText], Meta(max_length=250)] | None
Filters = Annotated[dict[Slug, FilterValue], Meta(max_length=40)]
Column = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"\A[a-z_.]+\Z")]


class PutView(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Save a view, or write the one of the same list and name anew. `subject` is what it lists: `orders`, `customers`,
    `stock` ... `shared`: for everybody. `version`: of the view that this was decided on; when it has another by now,
    nothing is changed; 0: of none, so that no other of this name is written over. `filters` are those of the list:
    plain values and lists of texts, without personal data. `columns`: what is shown, in this order; none: as by
    default. `density`: how close its rows stand; none: as the reader likes it."""

    subject: Slug
    name: Annotated[str, Meta(min_length=1, max_length=60, pattern=CODE)]
    filters: Filters = field(default_factory=dict)
    columns: Annotated[list[Column], Meta(max_length=40)] = field(default_factory=list)
    density: Literal["", "normal", "dense"] = ""
    position: Annotated[int, Meta(ge=0, le=1_000)] = 100
    shared: bool = False
    version: Annotated[int, Meta(ge=0, le=2**31 - 1)] | None = None


class RemoveView(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Remove a view. `version`: of the view that this was decided on; when it has another by now, it stays."""

    view_id: UUID
    version: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None


async def list_views(tx: Transaction, ctx: Context, subject: str) -> list[ViewRow]:
    """The views of a list that the caller sees, those made in code aside: their own and everybody's. One statement."""
    return await LIST_VIEWS.fetch(tx, ctx.actor, subject)


async def put_views(tx: Transaction, ctx: Context, commands: Sequence[PutView]) -> list[Outcome]:
    """Save views. One of the same owner, list and name is written anew.

    Permission: `views.write`; `views.share` for those that are everybody's. Locks: saving of views; those of the same
    owners and lists. Outcomes, in precedence: `personal_data`, `filters_refused`, `name_taken`, `too_many_views`,
    `unchanged`, `version_conflict`, `updated`, `created`.
    """
    ctx.require("views.write")
    if any(command.shared for command in commands):
        ctx.require("views.share")
    owners = [EVERYBODY if c.shared else ctx.actor for c in commands]
    lists = sorted({(owner, c.subject) for owner, c in zip(owners, commands, strict=True)})
    await LOCK_SAVING.run(tx)
    stored = await LOCK_VIEWS.fetch(tx, *columns(lists, 2)) if lists else []
    known = {(row.owner, row.subject, row.name): row for row in stored}
    counts = {key: sum((row.owner, row.subject) == key for row in stored) for key in lists}
    outcomes: list[Outcome] = []
    writes: dict[tuple[str, str, str], tuple[UUID, PutView]] = {}
    for command, owner, new in zip(commands, owners, new_ids(len(commands)), strict=True):
        key = (owner, command.subject, command.name)
        was = known.get(key)
        outcome = refusal_of(command)
        if outcome is None and was is None and counts[key[:2]] >= VIEWS_MAX:
            outcome = refuse("too_many_views")
        if outcome is None and was is not None and _says(was) == _said(command):
            outcome = Outcome(code="unchanged", id=was.id)  # also to whoever asks again because an answer was lost
        if outcome is None and command.version is not None and command.version != (was.version if was else 0):
            outcome = refuse("version_conflict", version=was.version if was else None)
        if outcome is None:
            outcome = Outcome(code="created" if was is None else "updated", id=new if was is None else was.id)
            counts[key[:2]] += was is None
            view_id = new if was is None else was.id
            writes[key] = (view_id, command)
            known[key] = ViewRow(
                view_id, owner, command.subject, command.name, _json(command.filters), list(command.columns),
                command.density, command.position, was.version + 1 if was else 1,
            )  # fmt: skip
        outcomes.append(outcome)
    if writes:
        before = {row.id: _says(row) for row in stored}
        act_id = await record_act(tx, ctx, "put_views")
        rows = [
            (view_id, owner, c.subject, c.name, _json(c.filters), "\t".join(c.columns), c.density, c.position)
            for (owner, _, _), (view_id, c) in writes.items()
        ]
        await PUT_VIEWS.fetch(tx, *columns(rows, 8))
        changes = [changed("saved_view", i, before.get(i), _said(c)) for i, c in writes.values()]
        await record_changes(tx, act_id, changes)
    return outcomes


async def remove_views(tx: Transaction, ctx: Context, commands: Sequence[RemoveView]) -> list[Outcome]:
    """Remove views of one's own, and everybody's.

    Permission: `views.write`; `views.share` for those that are everybody's. Locks: the views. Outcomes, in precedence:
    `view_not_found`, `version_conflict`, `removed`.
    """
    ctx.require("views.write")
    found = await LOCK_VIEWS_BY_ID.fetch(tx, [c.view_id for c in commands])
    mine = {row.id: row for row in found if row.owner in (EVERYBODY, ctx.actor)}
    outcomes, going = [], []
    for command in commands:
        row = mine.pop(command.view_id, None)
        if row is None:
            outcomes.append(refuse("view_not_found"))
            continue
        if row.owner == EVERYBODY:
            ctx.require("views.share")
        if command.version is not None and command.version != row.version:
            outcomes.append(refuse("version_conflict", version=row.version))
            continue
        going.append(row)
        outcomes.append(Outcome(code="removed", id=row.id))
    if going:
        act_id = await record_act(tx, ctx, "remove_views")
        await DELETE_VIEWS.run(tx, [row.id for row in going])
        await record_changes(tx, act_id, [changed("saved_view", row.id, _says(row), None) for row in going])
    return outcomes


def refusal_of(command: PutView) -> Outcome | None:
    """Why a view cannot be saved, if so. Pure."""
    personal = sorted(PERSONAL.intersection(command.filters))
    if personal:
        return refuse("personal_data", field=personal[0])
    text = _json(command.filters)
    if len(text.encode()) > FILTERS_BYTES_MAX:
        return refuse("filters_refused", why=f"They are over {FILTERS_BYTES_MAX:,} bytes.")
    if "@" in text:
        return refuse("personal_data")
    kind = _FILTERS.get(command.subject)
    if kind is not None:
        try:
            msgspec.convert(command.filters, kind)
        except msgspec.ValidationError as error:
            wrong = what_is_wrong(error)
            return refuse("filters_refused", field=wrong.path, why=wrong.words)
    names = {view.name.casefold() for view in DEFAULT_VIEWS if view.subject == command.subject}
    return refuse("name_taken") if command.name.casefold() in names else None


def _said(command: PutView) -> dict[str, Any]:
    """What a view says, to compare and to keep."""
    return {
        "subject": command.subject, "name": command.name, "filters": command.filters, "columns": list(command.columns),
        "density": command.density, "position": command.position, "shared": command.shared,
    }  # fmt: skip


def _says(row: ViewRow) -> dict[str, Any]:
    return {
        "subject": row.subject, "name": row.name, "filters": msgspec.json.decode(row.filters),
        "columns": list(row.columns), "density": row.density, "position": row.position,
        "shared": row.owner == EVERYBODY,
    }  # fmt: skip


def _json(filters: dict[str, Any]) -> str:
    return msgspec.json.encode(filters).decode()
