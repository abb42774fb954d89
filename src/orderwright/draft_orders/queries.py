"""Statements on draft orders, wrapped by type."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import query, statement


class DraftOrderRow(NamedTuple):
    """A draft order. `body` is JSON text, empty once placed; `order_id` is the order that it became."""

    id: UUID
    external_id: str
    owner: str
    channel_id: UUID | None
    body: str
    note: str | None
    revision: int
    saved_by: str
    order_id: UUID | None
    deleted: bool
    created_at: datetime
    saved_at: datetime
    expires_at: datetime


class IdRow(NamedTuple):
    """A draft order that was written, or is gone."""

    id: UUID


class CountRow(NamedTuple):
    """How many drafts the caller has."""

    drafts: int


class OwnerRow(NamedTuple):
    """Whose draft was erased."""

    owner: UUID


LOCK_DRAFTS = query(__package__, "lock_drafts", DraftOrderRow)
LOCK_NAMED_DRAFTS = query(__package__, "lock_named_drafts", DraftOrderRow)
READ_DRAFT = query(__package__, "read_draft", DraftOrderRow)
LIST_DRAFTS = query(__package__, "list_drafts", DraftOrderRow)
COUNT_DRAFTS = query(__package__, "count_drafts", CountRow)
INSERT_DRAFTS = query(__package__, "insert_drafts", IdRow)
UPDATE_DRAFTS = statement(__package__, "update_drafts")
MARK_DELETED = statement(__package__, "mark_deleted")
MARK_RESTORED = statement(__package__, "mark_restored")
MARK_PLACED = statement(__package__, "mark_placed")
PRUNE_DRAFTS = query(__package__, "prune_drafts", IdRow)
DELETE_OF_PEOPLE = query(__package__, "delete_of_people", OwnerRow)
