"""Statements on notes, tags and attachments, wrapped by type."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import append, query, statement


class CountRow(NamedTuple):
    """How many notes an order has."""

    order_id: UUID
    notes: int


class NoteRow(NamedTuple):
    """A note with its words."""

    id: UUID
    order_id: UUID
    author: str
    words: str
    pinned: bool
    version: int
    created_at: datetime
    updated_at: datetime


class OwnerRow(NamedTuple):
    """The order of a note or attachment."""

    id: UUID
    order_id: UUID


class TagRow(NamedTuple):
    """A tag of an order."""

    order_id: UUID
    tag: str


class UsedTag(NamedTuple):
    """A tag in use. `orders`: how many have it, counted up to 1,000."""

    tag: str
    orders: int


class FilesRow(NamedTuple):
    """How many files an order has, and how many bytes."""

    order_id: UUID
    files: int
    byte_count: int


class AttachmentRow(NamedTuple):
    """A file of an order, without its bytes."""

    id: UUID
    order_id: UUID
    kind: str
    return_id: UUID | None
    claim_id: UUID | None
    name: str
    media_type: str
    byte_count: int
    author: str
    created_at: datetime


class ContentRow(NamedTuple):
    """A file's bytes."""

    name: str
    media_type: str
    content: bytes


class SubjectRow(NamedTuple):
    """A return or claim, and the order that it is of."""

    id: UUID
    order_id: UUID
    kind: str


class AnnotatedRow(NamedTuple):
    """How many notes and files an order has."""

    order_id: UUID
    notes: int
    attachments: int


COUNT_NOTES = query(__package__, "count_notes", CountRow)
NOTES_OF_ORDER = query(__package__, "notes_of_order", NoteRow)
READ_NOTES = query(__package__, "read_notes", NoteRow)
APPEND_NOTES = append("order_note", "id order_id author words pinned")
UPDATE_NOTES = statement(__package__, "update_notes")
DELETE_NOTES = statement(__package__, "delete_notes")
TAGS_OF_ORDERS = query(__package__, "tags_of_orders", TagRow)
INSERT_TAGS = statement(__package__, "insert_tags")
DELETE_TAGS = statement(__package__, "delete_tags")
TAGS_IN_USE = query(__package__, "tags_in_use", UsedTag)
FILES_OF_ORDERS = query(__package__, "files_of_orders", FilesRow)
SUBJECTS_OF_ORDERS = query(__package__, "subjects_of_orders", SubjectRow)
APPEND_ATTACHMENTS = append(
    "attachment", "id order_id kind return_id claim_id name media_type byte_count content author"
)
ATTACHMENTS_OF_ORDER = query(__package__, "attachments_of_order", AttachmentRow)
ATTACHMENT_OWNERS = query(__package__, "attachment_owners", OwnerRow)
READ_CONTENT = query(__package__, "read_content", ContentRow)
DELETE_ATTACHMENTS = statement(__package__, "delete_attachments")
COUNT_ANNOTATIONS = query(__package__, "count_annotations", AnnotatedRow)
ERASE_NOTES = statement(__package__, "erase_notes")
ERASE_ATTACHMENTS = statement(__package__, "erase_attachments")
