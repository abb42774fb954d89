"""Statements on saved views, wrapped by type."""

from __future__ import annotations

from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import query, statement


class ViewRow(NamedTuple):
    """A view. `owner` is empty for everybody's; `filters` is JSON."""

    id: UUID
    owner: str
    subject: str
    name: str
    filters: str
    columns: list[str]
    density: str
    position: int
    version: int


class PreferenceRow(NamedTuple):
    """How somebody likes a screen. `value` is JSON."""

    name: str
    value: str


class PutRow(NamedTuple):
    """A view that was written."""

    id: UUID
    owner: str
    subject: str
    name: str


LOCK_SAVING = statement(__package__, "lock_saving")
LOCK_VIEWS = query(__package__, "lock_views", ViewRow)
LOCK_VIEWS_BY_ID = query(__package__, "lock_views_by_id", ViewRow)
LIST_VIEWS = query(__package__, "list_views", ViewRow)
PUT_VIEWS = query(__package__, "put_views", PutRow)
DELETE_VIEWS = statement(__package__, "delete_views")
READ_PREFERENCES = query(__package__, "read_preferences", PreferenceRow)
PUT_PREFERENCES = statement(__package__, "put_preferences")
DELETE_PREFERENCES = statement(__package__, "delete_preferences")
