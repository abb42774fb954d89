"""What may be said of an order beside what was ordered: notes, tags, attachments."""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta, field

from orderwright.platform.fields import NO_NUL, Code
from orderwright.platform.ids import UUID

NOTE_LENGTH_MAX = 4_000
NOTES_MAX = 500  # of an order
TAGS_MAX = 50  # of an order

NoteWords = Annotated[str, Meta(min_length=1, max_length=NOTE_LENGTH_MAX, pattern=NO_NUL)]
Tags = Annotated[list[Code], Meta(max_length=TAGS_MAX)]
AttachmentKind = Literal["photo", "letter", "other"]


class AddNote(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Write a note on an order, for colleagues. It may hold personal data: it is erased with the order's people.
    `pinned` ones stand first."""

    order_id: UUID
    words: NoteWords
    pinned: bool = False


class ChangeNote(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Change a note's words, which its author may, or pin or unpin it, which everyone may. What is left out stays."""

    note_id: UUID
    words: NoteWords | None = None
    pinned: bool | None = None


class RemoveNote(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Remove a note. Its words are gone."""

    note_id: UUID


class TagOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Give an order tags, and take some away. Upper and lower case differ. No personal data belongs in a tag."""

    order_id: UUID
    add: Tags = field(default_factory=list)
    remove: Tags = field(default_factory=list)


class AttachFile(NamedTuple):
    """A file to keep with an order: its bytes, and what it is called. `return_id` and `claim_id` are of the order."""

    order_id: UUID
    content: bytes
    name: str | None = None
    kind: AttachmentKind = "other"
    return_id: UUID | None = None
    claim_id: UUID | None = None


class RemoveAttachment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Remove a file of an order. Its bytes are gone."""

    attachment_id: UUID


class AttachmentLimits(NamedTuple):
    """How large a file may be, and how many and how large all of an order's together."""

    file_bytes_max: int = 10_000_000
    files_max: int = 20
    order_bytes_max: int = 50_000_000
